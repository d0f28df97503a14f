"""A template with its parameters settled, and names in the place of what only a deployed stack knows.

The names are those of ``Fn::Sub``: ``${DataBucket}`` is a physical id, ``${DataBucket.Arn}`` an attribute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tap_templates.data.attribute_forms import attribute_of
from tap_templates.deployment.verification.implied import with_implied
from tap_templates.deployment.verification.resolution import Resolver
from tap_templates.deployment.verification.values import Unknown, first_unknown
from tap_templates.testing.bindings import bindings_of
from tap_templates.testing.templates import TemplateSource, template_of

PSEUDO = ("AccountId", "Partition", "Region", "StackName", "URLSuffix")
STACK_ID = (
    "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/${AWS::StackName}/"
    "${Suffix}-${StackId.1}-${StackId.2}-${StackId.3}-${StackId.4}"
)
"""In parts, so that a template which takes it apart gets a name for what it takes: ``${Suffix}``."""

DOCUMENTS = ("AssumeRolePolicyDocument", "KeyPolicy", "PolicyDocument")
POLICY_VERSION = "2012-10-17"
ATTRIBUTE = re.compile(r"\$\{([A-Za-z0-9]+)\.([A-Za-z.]+)\}")
REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+)(\.[A-Za-z.]+)?\}")


@dataclass
class Symbolic:
    """A template as a suite of tests sees it: properties by logical id, attributes and outputs.

    ``untested`` collects what no test can be written for, with the reason.
    """

    template: Mapping[str, Any]
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    untested: list[str] = field(default_factory=list)

    def type_of(self, title: str) -> str:
        """Type of a resource."""
        return str(self.template["Resources"][title]["Type"])

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of a type that are made with these parameters, with their properties."""
        return {title: found for title, found in self.properties.items() if self.type_of(title) == kind}

    def stating(self, kind: str, name: str) -> dict[str, Any]:
        """A property of all resources of a type that state it."""
        return {title: found[name] for title, found in self.of(kind).items() if name in found}

    def titled(self, reference: Any) -> str | None:
        """The logical id that a text such as ``${DataBucket}`` or ``${DataBucket.Arn}`` stands for."""
        found = REFERENCE.fullmatch(str(reference))
        return found.group(1) if found and found.group(1) in self.properties else None


def symbolic(source: TemplateSource, parameters: Mapping[str, Any]) -> Symbolic:
    """The template with these parameters.

    Raises:
        UsageError: Not a template, or parameters that it does not take or that are missing.
    """
    template = template_of(source)
    known = bindings_of(template, parameters, region="us-east-1", account="0" * 12, stack_name="stack").values
    bindings: dict[str, Any] = {f"AWS::{name}": f"${{AWS::{name}}}" for name in PSEUDO}
    bindings |= {"AWS::StackId": STACK_ID, "AWS::NotificationARNs": []}
    for name, said in template.get("Parameters", {}).items():
        hidden = name not in known or str(said.get("NoEcho", "")).lower() == "true"
        bindings[name] = Unknown(f"parameter {name} is not written into tests") if hidden else known[name]
    made = Symbolic(template)
    _resolve(made, Resolver(template, bindings, lambda title, attribute: _named(template, title, attribute)))
    return made


def _named(template: Mapping[str, Any], title: str, attribute: str | None) -> Any:
    if title not in template["Resources"]:
        return Unknown(f"{title} is neither a parameter nor a resource")
    return f"${{{title}.{attribute}}}" if attribute else f"${{{title}}}"


def _resolve(made: Symbolic, resolver: Resolver) -> None:
    stated: dict[str, tuple[str, str | None, Mapping[str, Any]]] = {}
    for title, body in made.template["Resources"].items():
        if "Condition" not in body or resolver.holds(body["Condition"]) is not False:
            found = resolver.value(body.get("Properties", {}))
            stated[title] = (body["Type"], f"${{{title}}}", found if isinstance(found, Mapping) else {})
    for title in stated:
        made.properties[title] = _known(made, title, with_implied(title, stated))
    for key, output in made.template.get("Outputs", {}).items():
        if "Condition" not in output or resolver.holds(output["Condition"]) is not False:
            value = resolver.value(output["Value"])
            made.outputs[key] = None if first_unknown(value) else value
    for title, name in sorted(set(_attributes([made.properties, made.outputs]))):
        found = _attribute(made, title, name) if title in made.properties else None
        if found:
            made.attributes[f"{title}.{name}"] = found
    _forget_what_nothing_tells(made)


def _known(made: Symbolic, title: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of which everything is known; the others are remembered as untested."""
    known = {}
    for name, stated in properties.items():
        value = _document(stated) if name in DOCUMENTS else stated
        unknown = first_unknown(value)
        if unknown:
            made.untested.append(f"{title}.{name}: {unknown.reason}")
        elif _is_old_policy(value):
            made.untested.append(f"{title}.{name}: a policy that is not of version {POLICY_VERSION}")
        else:
            known[name] = _with_listed_statements(value)
    return known


def _document(stated: Any) -> Any:
    """A policy that is written as text, as data."""
    try:
        return json.loads(stated) if isinstance(stated, str) else stated
    except ValueError:
        return Unknown("a policy that is not JSON")


def _is_old_policy(value: Any) -> bool:
    return isinstance(value, Mapping) and "Statement" in value and value.get("Version") != POLICY_VERSION


def _with_listed_statements(value: Any) -> Any:
    """The same value; the one statement of a policy is a list of one."""
    if isinstance(value, list):
        return [_with_listed_statements(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    form = {key: _with_listed_statements(item) for key, item in value.items()}
    if isinstance(form.get("Statement"), Mapping):
        form["Statement"] = [form["Statement"]]
    return form


def _attributes(value: Any) -> Iterator[tuple[str, str]]:
    """Every attribute that is named in a value."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _attributes(item)
    elif isinstance(value, str):
        yield from ATTRIBUTE.findall(value)


def _attribute(made: Symbolic, title: str, name: str) -> str | None:
    """Where a test finds an attribute: in its form, or in the output that tells it."""
    said = made.properties[title]
    place = {"partition": "${AWS::Partition}", "region": "${AWS::Region}", "account": "${AWS::AccountId}"}
    named = f"${{{title}}}" if name == "QueueUrl" else str(said.get("QueueName", f"${{{title}}}"))
    form = attribute_of(made.type_of(title), name, id=named, path=str(said.get("Path", "/")), **place)
    if form:
        return form
    told = [key for key, value in made.outputs.items() if value == f"${{{title}.{name}}}"]
    return f"${{outputs.{told[0]}}}" if told else None


def _forget_what_nothing_tells(made: Symbolic) -> None:
    """Properties with an attribute that no form and no output tells; and outputs that only they themselves prove."""
    for title, properties in made.properties.items():
        for name in list(properties):
            missing = [
                ".".join(pair) for pair in _attributes(properties[name]) if ".".join(pair) not in made.attributes
            ]
            if missing:
                del properties[name]
                made.untested.append(f"{title}.{name}: {missing[0]} is not known outside AWS")
    for key, value in made.outputs.items():
        for pair in _attributes(value):
            if made.attributes.get(".".join(pair)) in (None, f"${{outputs.{key}}}"):
                made.outputs[key] = None
