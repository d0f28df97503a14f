"""Outputs that hold a secret: nobody writes them into a file.

A value is sensitive when it is, or contains, a NoEcho parameter, an attribute that is a secret, a property or name into
which one of these was put, or a dynamic reference to a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tap_templates.data.names import name_rule
from tap_templates.data.secret_attributes import is_secret_attribute
from tap_templates.stack.outputs import PLACEHOLDER

SECURE_REFERENCES = ("{{resolve:secretsmanager:", "{{resolve:ssm-secure:")
NESTED_STACK, NESTED_OUTPUT = "AWS::CloudFormation::Stack", "Outputs."
Nested = Callable[[str], Mapping[str, Any] | None]
"""The template of a nested stack by its logical id; None where it is not known."""


def sensitive_outputs(
    template: Mapping[str, Any], *, nested: Nested | None = None, hidden: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Each output that holds a secret, with the reason; outputs that the template may leave out are among them.

    Args:
        hidden: further parameters that hold a secret, each with the reason.

    Returns:
        ``{"DatabaseUrl": "parameter Password is NoEcho"}``
    """
    judge = _Judge(template, nested or (lambda title: None), hidden or {})
    reasons = {key: judge.reason(output.get("Value")) for key, output in template.get("Outputs", {}).items()}
    return {key: reason for key, reason in reasons.items() if reason}


def references(value: Any) -> Iterator[tuple[str, str | None]]:
    """Whatever a value refers to: logical id or parameter, and attribute."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key == "Ref" and isinstance(item, str):
                yield item, None
            elif key == "Fn::GetAtt":
                title, attribute = item.split(".", 1) if isinstance(item, str) else item
                yield title, str(attribute)
            elif key == "Fn::Sub":
                yield from _substituted(item)
            else:
                yield from references(item)


def _substituted(argument: Any) -> Iterator[tuple[str, str | None]]:
    text, variables = argument if isinstance(argument, list) else (argument, {})
    for name in map(str.strip, PLACEHOLDER.findall(text)):
        if name not in variables:
            title, _, attribute = name.partition(".")
            yield title, attribute or None
    yield from references(variables)


class _Judge:
    """Looks behind the references of one template."""

    def __init__(self, template: Mapping[str, Any], nested: Nested, hidden: Mapping[str, str]) -> None:
        self._parameters: Mapping[str, Any] = template.get("Parameters", {})
        self._resources: Mapping[str, Any] = template.get("Resources", {})
        self._nested, self._hidden = nested, hidden

    def reason(self, value: Any, behind: frozenset[str] = frozenset()) -> str | None:
        """Why a value is a secret, or holds one; None when it does not. ``behind`` are resources already looked at."""
        text = json.dumps(value, default=str)
        found = next((reference for reference in SECURE_REFERENCES if reference in text), None)
        if found:
            return f"it holds a dynamic reference {found}…}}}}"
        reasons = (self._of(title, attribute, behind) for title, attribute in references(value))
        return next((reason for reason in reasons if reason), None)

    def _of(self, title: str, attribute: str | None, behind: frozenset[str]) -> str | None:
        if title in self._hidden:
            return self._hidden[title]
        if title in self._parameters:
            hidden = str(self._parameters[title].get("NoEcho", "")).lower() == "true"
            return f"parameter {title} is NoEcho" if hidden else None
        if title not in self._resources or title in behind:
            return None
        resource = self._resources[title]
        kind, properties = str(resource.get("Type")), resource.get("Properties", {})
        if attribute and is_secret_attribute(kind, attribute):
            return f"{title}.{attribute} is a secret"
        if kind == NESTED_STACK and attribute and attribute.startswith(NESTED_OUTPUT):
            return self._of_nested(title, attribute.removeprefix(NESTED_OUTPUT), properties, behind | {title})
        rule = name_rule(kind)
        shown = {(attribute or "").split(".")[0], rule.property.split(".")[0] if rule else ""}
        return self.reason([properties[name] for name in sorted(shown) if name in properties], behind | {title})

    def _of_nested(self, title: str, key: str, properties: Mapping[str, Any], behind: frozenset[str]) -> str | None:
        template = self._nested(title)
        if template is None:
            return None
        given = {name: self.reason(value, behind) for name, value in properties.get("Parameters", {}).items()}
        hidden = {name: reason for name, reason in given.items() if reason}
        found = sensitive_outputs(template, hidden=hidden).get(key)
        return f"in nested stack {title}: {found}" if found else None
