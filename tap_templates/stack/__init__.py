"""One template while it is being built: resources by the convention, outputs for all of them, limits kept.

Nothing is decided twice: parameters come from the settings' table when something refers to them, tags and default
outputs are laid on the encoded template, and the same input gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from troposphere import AWSHelperFn, AWSObject, Equals, FindInMap, Or, Parameter, Ref, Template, encode_to_dict, iam

from tap_templates import policies
from tap_templates.errors import StackError, did_you_mean
from tap_templates.naming import Convention, logical_id, role_of
from tap_templates.requirements import DELETE, Requirements
from tap_templates.settings import SETTING, SETTINGS, Setting, Settings
from tap_templates.stack import limits, outputs
from tap_templates.stack.assets import Asset
from tap_templates.tagging import required_tags, tag_resource

Resource = TypeVar("Resource", bound=AWSObject)
Encoded = dict[str, Any]
MAPPING = "Environments"
POLICY_TYPES = tuple(f"AWS::IAM::{kind}Policy" for kind in ("Managed", "", "Role", "User", "Group"))
INTERFACE = "AWS::CloudFormation::Interface"
SECTIONS = ("AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Mappings", "Conditions", "Resources")
RESOURCE_KEYS = ("Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata", "Properties")
_BY_PARAMETER = {setting.parameter: setting for setting in SETTINGS}


class Stack:
    """One template being built from settings; components add to it."""

    def __init__(self, settings: Settings | None = None, *, description: str = "") -> None:
        self.settings = settings or Settings()
        self.convention = Convention(self.settings)
        self.template = Template(Description=description or None)
        self._stated: dict[str, str] = {}
        self._exempt: dict[str, str] = {}
        self.sizes: dict[str, dict[str, int]] = {}  # Amounts that something asked for, with their values by profile.
        self.machines: dict[str, dict[str, str]] = {}  # Likewise, the machine of a workload: standard_database.
        self.assets: dict[str, Asset] = {}  # Archives that must be in the assets bucket, by what runs them.
        self._last_steps: list[Callable[[Encoded], None]] = []

    @property
    def requirements(self) -> Requirements:
        """What the organisation demands of this stack."""
        return self.settings.requirements

    @property
    def retention(self) -> dict[str, str]:
        """DeletionPolicy and UpdateReplacePolicy of whatever holds data, as required; kept where either is allowed."""
        word = "Delete" if self.requirements.data_retention == DELETE else "Retain"
        return {"DeletionPolicy": word, "UpdateReplacePolicy": word}

    def add(self, resource: Resource, *, says: str | None = None) -> Resource:
        """Adds a resource; ``says`` completes "Name of the …" in the descriptions of its outputs.

        Raises:
            StackError: The logical id is taken.
        """
        title = str(resource.title)
        self.check_free(title)
        if says:
            self._stated[title] = says
        self.template.resources[title] = resource  # Without add_resource, whose own limit is no StackError.
        return resource

    def name(self, title: str, resource_class: type[AWSObject], *, revision: int = 1, ending: str = "") -> AWSHelperFn:
        """Physical name by the convention for a resource of this class; the role is the title in lower case.

        Raises:
            NamingError: No name within the limits of the type can be formed.
        """
        resource_type = str(resource_class.resource_type)
        return self.convention.physical_name(role_of(title), resource_type, revision=revision, ending=ending)

    def setting(self, key: str) -> Any:
        """A setting's value, or a ``Ref`` to the Parameter that asks for it."""
        value = self.settings.get(key)
        return Ref(SETTING[key].parameter) if value is None else value

    def per_environment(self, amount: str) -> Any:
        """An amount of the environment's profile: plain when it is fixed, from a Mapping when it is asked for.

        Args:
            amount: A row of ``data/profiles.json``, for example ``transition_days``.

        Raises:
            UsageError: There is no such amount.
        """
        sizes = self.sizes[amount] = self.settings.size(amount)
        return self.by_environment(amount, sizes)

    def machine(self, workload: str, kind: str) -> Any:
        """The instance type or DB instance class for a workload: plain, or from a Mapping.

        Args:
            workload: ``small``, ``standard``, ``memory`` or ``burst``.
            kind: ``instance``, ``database`` or ``aurora``.

        Raises:
            UsageError: There is no such workload, or no such kind.
        """
        key = f"{workload}_{kind}"
        machines = self.machines[key] = self.settings.machine(workload, kind)
        return self.by_environment(key, machines)

    def by_environment(self, name: str, values: Mapping[str, Any]) -> Any:
        """One of the values of the profiles: plain where they are all the same, else from a Mapping.

        Args:
            name: In words with underscores, what they are of: the key in the Mapping.
        """
        if len(set(values.values())) == 1:
            return next(iter(values.values()))
        key = logical_id(name.replace("_", "-"))
        for profile, value in values.items():
            self.template.mappings.setdefault(MAPPING, {}).setdefault(profile, {})[key] = value
        return FindInMap(MAPPING, Ref(SETTING["environment"].parameter), key)

    def at_least(self, amount: str, value: int) -> bool | str:
        """Whether an amount reaches ``value``: known when the environment is fixed, else the name of a condition.

        Raises:
            UsageError: There is no such amount.
        """
        sizes = self.sizes[amount] = self.settings.size(amount)
        name = f"{logical_id(amount.replace('_', '-'))}AtLeast{value}"
        return self.where(name, {profile: size >= value for profile, size in sizes.items()})

    def where(self, name: str, profiles: Mapping[str, bool]) -> bool | str:
        """Whether something is so: known where it is alike in all profiles, else the condition ``name``."""
        chosen = [Equals(Ref(SETTING["environment"].parameter), profile) for profile, so in profiles.items() if so]
        if len(chosen) in (0, len(profiles)):
            return bool(chosen)
        return self.condition(name, Or(*chosen) if len(chosen) > 1 else chosen[0])

    def parameter(self, parameter: Parameter, *, group: str, label: str) -> Ref:
        """Adds a parameter of the caller's own, with its place in the console's form.

        Raises:
            StackError: The name is taken, by a setting or another parameter.
        """
        title = str(parameter.title)
        if title in self.template.parameters or title in _BY_PARAMETER:
            raise StackError(title, found="a second parameter with this name", remedy="give it another title")
        self.template.parameters[title] = parameter
        self.template.add_parameter_to_group(parameter, group)
        self.template.set_parameter_label(parameter, label)
        return Ref(parameter)

    def condition(self, name: str, expression: AWSHelperFn) -> str:
        """Adds a condition and returns its name; the same condition may be added again.

        Raises:
            StackError: The name stands for another expression.
        """
        known = self.template.conditions.get(name)
        if known is not None and encode_to_dict(known) != encode_to_dict(expression):
            raise StackError(name, found="another condition with this name", remedy="give it another name")
        return str(self.template.add_condition(name, expression))

    def mapping(self, name: str, rows: Mapping[str, Mapping[str, Any]]) -> str:
        """Adds a mapping and returns its name.

        Raises:
            StackError: The name is taken.
        """
        if name in self.template.mappings or name == MAPPING:
            raise StackError(name, found="a second mapping with this name", remedy="give it another name")
        self.template.mappings[name] = {key: dict(row) for key, row in rows.items()}
        return name

    def check_free(self, title: str) -> None:
        """Raises a StackError when a resource has this logical id already."""
        if title in self.template.resources:
            raise StackError(title, found="a second resource with this logical id", remedy="give it another title")

    def output(
        self, key: str, value: Any, description: str, *, condition: str | None = None, export: bool = False
    ) -> None:
        """Adds an output; ``export`` gives it to other stacks under a name of the convention.

        Raises:
            StackError: The key is taken.
        """
        if key in self.template.outputs:
            raise StackError(key, found="a second output with this key", remedy="give it another key")
        encoded: Encoded = {"Description": description, "Value": value}
        if condition:
            encoded = {"Condition": condition, **encoded}
        if export:
            name = self.convention.sub(f"{{prefix}}-{role_of(key)}-{{suffix}}")
            encoded["Export"] = {"Name": name}
        self.template.outputs[key] = encoded

    def exempt(self, title: str, reason: str) -> None:
        """Says why a resource has no output of its own."""
        self._exempt[title] = reason

    def last(self, step: Callable[[Encoded], None]) -> None:
        """Registers a step that amends the encoded template once every resource is in it."""
        self._last_steps.append(step)

    def managed_policy(
        self,
        title: str,
        statements: Sequence[Any],
        *,
        description: str,
        roles: Sequence[iam.Role] = (),
        groups: Sequence[iam.Group] = (),
    ) -> list[iam.ManagedPolicy]:
        """Adds a customer managed policy, or several (``Title2``, …) where the statements are too long for one.

        Raises:
            PolicyError: A single statement is longer than a managed policy may be.
        """
        added = []
        for number, part in enumerate(policies.split(statements), start=1):
            logical = title if number == 1 else f"{title}{number}"
            attached = {
                key: [Ref(principal) for principal in principals]
                for key, principals in (("Roles", roles), ("Groups", groups))
                if principals
            }
            policy = iam.ManagedPolicy(
                logical,
                ManagedPolicyName=self.name(logical, iam.ManagedPolicy),
                Path=self.convention.path(),
                Description=description,
                PolicyDocument=policies.document(part),
                **attached,
            )
            added.append(self.add(policy, says=f"policy: {description[:1].lower()}{description[1:]}"))
        return added

    def to_dict(self) -> Encoded:
        """The finished template as plain data, in the order of its sections.

        Raises:
            StackError: Something refers to what is not there, or a limit of CloudFormation's is passed.
            TaggingError, PolicyError: What was added by hand breaks the convention.
        """
        encoded = self.template.to_dict()
        for step in self._last_steps:
            step(encoded)
        self._tag(encoded)
        outputs.complete(encoded, self._stated, self._exempt)
        self.wildcards(encoded)
        self._add_asked_parameters(encoded)
        _check_references(encoded)
        limits.check(encoded)
        return _in_order(encoded)

    def to_json(self, *, compact: bool = False) -> str:
        """The template as JSON text with a final line break; ``compact`` leaves white space out.

        Raises:
            StackError: As ``to_dict``; also when the text is over CloudFormation's limit.
        """
        text = to_json(self.to_dict(), compact=compact)
        limits.check_size(text)
        return text

    def wildcards(self, encoded: Encoded | None = None) -> list[policies.Wildcard]:
        """The ledger: every statement of an identity's policy that allows something on ``*``, and why it must.

        Raises:
            PolicyError: One that need not.
        """
        entries = []
        for title, resource in (encoded or self.template.to_dict())["Resources"].items():
            for policy in _identity_policies(resource):
                entries.extend(policies.wildcards(title, policy))
        return entries

    def coverage(self) -> outputs.Coverage:
        """Which resources have outputs, which are exempt and why."""
        return outputs.coverage(self.to_dict(), self._exempt)

    def _tag(self, encoded: Encoded) -> None:
        tags = required_tags(self.convention)
        for title, resource in encoded["Resources"].items():
            tag_resource(title, resource, tags, self.convention)

    def _add_asked_parameters(self, encoded: Encoded) -> None:
        """Declares the Parameter of every setting that something refers to, and its place in the form."""
        used = {name for name, _ in references(encoded)}
        parameters = encoded.setdefault("Parameters", {})
        interface = encoded.setdefault("Metadata", {}).setdefault(INTERFACE, {})
        asked = [
            setting for setting in SETTINGS if setting.parameter in used and self.settings.get(setting.key) is None
        ]
        own_groups, interface["ParameterGroups"] = interface.get("ParameterGroups", []), []
        labels = interface.setdefault("ParameterLabels", {})
        for setting in asked:
            narrowed = setting.bounded_by(self.requirements)
            parameters[setting.parameter] = encode_to_dict(_parameter(narrowed).to_dict())
            _into_group(interface["ParameterGroups"], setting.group, setting.parameter)
            labels[setting.parameter] = {"default": setting.label}
        for group in own_groups:
            for parameter in group["Parameters"]:
                _into_group(interface["ParameterGroups"], group["Label"]["default"], parameter)
        if not parameters:
            del encoded["Parameters"], encoded["Metadata"][INTERFACE]
            if not encoded["Metadata"]:
                del encoded["Metadata"]


def to_json(encoded: Encoded, *, compact: bool = False) -> str:
    """A template as JSON text with a final line break."""
    if compact:
        return json.dumps(encoded, separators=(",", ":"), ensure_ascii=False) + "\n"
    return json.dumps(encoded, indent=2, ensure_ascii=False) + "\n"


def references(encoded: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every name that ``Ref``, ``Fn::GetAtt`` or ``Fn::Sub`` refer to, with its place, depth first."""
    if isinstance(encoded, dict):
        for key, value in encoded.items():
            if key == "Ref" and isinstance(value, str) and len(encoded) == 1:
                yield value, at
            elif key == "Fn::GetAtt":
                yield (value if isinstance(value, list) else value.split("."))[0], at
            elif key == "Fn::Sub":
                yield from _sub_references(value, at)
            else:
                yield from references(value, f"{at}.{key}" if at else key)
    elif isinstance(encoded, list):
        for index, item in enumerate(encoded):
            yield from references(item, f"{at}.{index}")


def _sub_references(value: Any, at: str) -> Iterator[tuple[str, str]]:
    text, variables = value if isinstance(value, list) else (value, {})
    for name in outputs.PLACEHOLDER.findall(text):
        if name not in variables:
            yield name.split(".")[0], at
    yield from references(variables, at)


def _check_references(encoded: Encoded) -> None:
    parameters = encoded.get("Parameters", {})
    known = {**encoded["Resources"], **parameters}
    for title in encoded["Resources"]:
        if title in parameters:
            raise StackError(title, found="a resource and a parameter of this name", remedy="give one another title")
    sections = {key: encoded[key] for key in ("Conditions", "Resources", "Outputs") if key in encoded}
    for name, place in references(sections):
        if name not in known and not name.startswith("AWS::"):
            remedy = f"refer to a resource or parameter of this template{did_you_mean(name, known)}"
            raise StackError(place, found=name, remedy=remedy)
    _check_attributes(encoded)


def _check_attributes(encoded: Encoded) -> None:
    """``DependsOn`` names resources, and ``Condition`` of a resource or output names a condition."""
    conditions = encoded.get("Conditions", {})
    for section in ("Resources", "Outputs"):
        for title, entry in encoded.get(section, {}).items():
            depends = entry.get("DependsOn", [])
            for name in depends if isinstance(depends, list) else [depends]:
                if name not in encoded["Resources"]:
                    remedy = f"name a resource of this template{did_you_mean(name, encoded['Resources'])}"
                    raise StackError(f"{section}.{title}.DependsOn", found=name, remedy=remedy)
            if "Condition" in entry and entry["Condition"] not in conditions:
                remedy = f"name a condition of this template{did_you_mean(entry['Condition'], conditions)}"
                raise StackError(f"{section}.{title}.Condition", found=entry["Condition"], remedy=remedy)


def _parameter(setting: Setting) -> Parameter:
    constraints: Encoded = {}
    if setting.kind is bool:
        constraints = {"AllowedValues": ["true", "false"]}
    elif setting.offered or setting.allowed:
        constraints = {"AllowedValues": list(setting.offered or setting.allowed)}
    elif setting.kind is int:
        constraints = {"MinValue": setting.minimum, "MaxValue": setting.maximum}
    else:
        constraints = {
            "AllowedPattern": f"^{setting.pattern}$",
            "MinLength": setting.minimum,
            "MaxLength": setting.maximum,
            "ConstraintDescription": setting.hint,
        }
    if setting.default is not None:
        constraints["Default"] = str(setting.default).lower() if setting.kind is bool else setting.default
    kind = "Number" if setting.kind is int else "String"
    return Parameter(setting.parameter, Type=kind, Description=setting.description, **constraints)


def _into_group(groups: list[Encoded], label: str, parameter: str) -> None:
    for group in groups:
        if group["Label"]["default"] == label:
            group["Parameters"].append(parameter)
            return
    groups.append({"Label": {"default": label}, "Parameters": [parameter]})


def _identity_policies(resource: Encoded) -> Iterator[Encoded]:
    """Documents of what an identity may do; in a resource's own policy ``*`` is the resource itself."""
    properties = resource.get("Properties", {})
    if resource["Type"] in POLICY_TYPES:
        yield properties.get("PolicyDocument")
    elif resource["Type"] in ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"):
        for policy in properties.get("Policies", []):
            yield policy.get("PolicyDocument")


def _in_order(encoded: Encoded) -> Encoded:
    ordered: Encoded = {"AWSTemplateFormatVersion": "2010-09-09"}
    ordered.update({key: encoded[key] for key in (*SECTIONS, *encoded) if encoded.get(key)})
    ordered["Resources"] = {
        title: {key: resource[key] for key in (*RESOURCE_KEYS, *resource) if key in resource}
        for title, resource in encoded["Resources"].items()
    }
    if "Outputs" in ordered:
        ordered["Outputs"] = dict(sorted(encoded["Outputs"].items()))
    return ordered
