"""The convention of names: ``{project}-{environment}-{role}-{suffix}``, within the limits of every AWS type.

The suffix is the first eight hex digits of the UUID in ``AWS::StackId``, so no two stacks share a name, whatever
account or region they are in. Lengths are judged by the longest value that can be bound at upload. Where a type's
limit is too short for that, the project is left out: the suffix alone keeps the name unique.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, Ref, Select, Split, Sub, encode_to_dict

from tap_templates.data.names import NameRule, name_rule
from tap_templates.data.pseudo_parameters import pseudo_parameters
from tap_templates.errors import NamingError
from tap_templates.settings import REVISION, SETTING, Settings

SUFFIX_LENGTH = 8
SHORT_LIMIT = 40  # A type that allows no more than this gets names without the project.
FIFO = ".fifo"  # How the name of a FIFO queue or topic ends: SQS and SNS API references.
ROLE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SUFFIX = re.compile(r"[0-9a-f]{8}")


class NameParts(NamedTuple):
    """What a physical name says; ``project`` is None in the short form."""

    project: str | None
    environment: str
    role: str
    suffix: str
    revision: int = 1


def role_of(title: str) -> str:
    """Role of a logical id: ``DataBucket`` is ``data-bucket``, ``HTTPListener`` is ``http-listener``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", title).lower()


def logical_id(name: str) -> str:
    """Logical id of a name from the settings: ``read-only`` is ``ReadOnly``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def suffix() -> AWSHelperFn:
    """First eight hex digits of the UUID in ``AWS::StackId``.

    Source: CloudFormation user guide, pseudo parameters: ``arn:…:stack/NAME/UUID``.
    """
    return Select(0, Split("-", Select(2, Split("/", Ref("AWS::StackId")))))


class Convention:
    """Forms and reads the names of one stack's resources."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def text(self, key: str) -> str:
        """A setting as it stands in a ``Fn::Sub`` string: its value, or ``${Parameter}``."""
        value = self.settings.get(key)
        return f"${{{SETTING[key].parameter}}}" if value is None else str(value)

    def longest(self, key: str) -> int:
        """Length of a setting's value, or of the longest that can be bound at upload."""
        value = self.settings.get(key)
        return SETTING[key].longest if value is None else len(str(value))

    def sub(self, text: str) -> Any:
        """A text with ``{project}``, ``{environment}``, ``{prefix}`` (both), ``{suffix}`` and ``{path}`` filled in.

        ``Fn::Sub`` where something in it is known only at upload or in AWS, otherwise plain text.
        """
        words = {
            "{path}": "{project}/{environment}/{suffix}",
            "{prefix}": "{project}-{environment}",
            "{project}": self.text("project"),
            "{environment}": self.text("environment"),
            "{suffix}": "${Suffix}",
        }
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        if "${Suffix}" in text:
            return Sub(text, Suffix=suffix())
        return Sub(text) if "${" in text else text

    def physical_name(self, role: str, resource_type: str, *, revision: int = 1, ending: str = "") -> Any:
        """Unique name of a resource, as an intrinsic; ``ending`` is what AWS asks for after it, such as ``.fifo``.

        Raises:
            NamingError: The role is not lower-case words with hyphens, the type is not in the table of names, or
                the longest name that could come out is over the type's limit.

        Source: ``data/names.json``, a row for each type.
        """
        rule = self._rule(resource_type)
        self._check_role(role, resource_type)
        if revision > 1:
            role = f"{role}-r{revision}"
        longest = self.longest_name(role, rule) + len(ending)
        if longest > rule.maximum:
            raise NamingError(
                f"{resource_type}.{rule.property}",
                found=f"up to {longest} characters for role {role!r}",
                remedy=f"shorten the role by {longest - rule.maximum}; this type allows {rule.maximum}",
            )
        prefix = "{environment}" if _is_short(rule) else "{prefix}"
        return self.sub(f"{rule.prefix}{prefix}-{role}-{{suffix}}{ending}")

    def longest_name(self, role: str, rule: NameRule) -> int:
        """Characters of the longest name that a role can get."""
        project = 0 if _is_short(rule) else self.longest("project") + 1
        return len(rule.prefix) + project + self.longest("environment") + 1 + len(role) + 1 + SUFFIX_LENGTH

    def display_name(self, role: str) -> Any:
        """What the Name tag says: the name without its suffix."""
        return self.sub(f"{{prefix}}-{role}")

    def path(self) -> Any:
        """IAM path that holds this stack's users, groups, roles and policies, and nothing else."""
        return self.sub("/{path}/")

    def _rule(self, resource_type: str) -> NameRule:
        rule = name_rule(resource_type)
        if rule is None:
            remedy = (
                "leave the name to CloudFormation (the Name tag has the convention), or add a row to data/names.json"
            )
            raise NamingError(resource_type, found="no rule for names of this type", remedy=remedy)
        return rule

    @staticmethod
    def _check_role(role: str, resource_type: str) -> None:
        if not ROLE.fullmatch(role) or REVISION.search(role):
            remedy = "use lower-case words joined by hyphens, without an ending such as -r2 (see revision)"
            raise NamingError(f"{resource_type} role", found=role, remedy=remedy)


def decode(name: str, resource_type: str) -> NameParts:
    """The parts of a physical name that the convention formed.

    Raises:
        NamingError: The convention did not form this name.
    """
    rule = name_rule(resource_type)
    bare = name.removeprefix(rule.prefix).removesuffix(FIFO) if rule else name
    parts = bare.split("-")
    short = rule is not None and _is_short(rule)
    fewest = 3 if short else 4
    if len(parts) < fewest or not SUFFIX.fullmatch(parts[-1]) or not ROLE.fullmatch("-".join(parts[:-1])):
        raise NamingError(name, found="not a name of the convention", remedy="expected project-environment-role-suffix")
    first = 0 if short else 1
    role = "-".join(parts[first + 1 : -1])
    revision = REVISION.search(role)
    return NameParts(
        None if short else parts[0],
        parts[first],
        REVISION.sub("", role),
        parts[-1],
        int(revision.group(1)) if revision else 1,
    )


def worst_case_length(value: Any) -> int:
    """Characters of the longest text that an encoded value can become, intrinsics included.

    A reference to something unknown counts as the longest ARN without a path that the services here give, and a
    function as long as all that it chooses from or joins.
    """
    if value == ENCODED_SUFFIX:
        return SUFFIX_LENGTH
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return _reference_length(str(value["Ref"]))
        if set(value) == {"Fn::GetAtt"}:
            return LONGEST_ARN
        if set(value) == {"Fn::Sub"}:
            return _sub_length(value["Fn::Sub"])
        if set(value) == {"Fn::Select"}:
            return LONGEST_ARN
        return sum(len(str(key)) + 6 + worst_case_length(item) for key, item in value.items()) + 2
    if isinstance(value, list):
        return sum(worst_case_length(item) + 3 for item in value) + 2
    return len(json.dumps(str(value), ensure_ascii=False)) - 2  # With escapes, without quotes.


ENCODED_SUFFIX = encode_to_dict(suffix())
LONGEST_ARN = 200
_BY_PARAMETER = {setting.parameter: setting for setting in SETTING.values()}


def _reference_length(name: str) -> int:
    if name in pseudo_parameters():
        return pseudo_parameters()[name].longest
    return _BY_PARAMETER[name].longest if name in _BY_PARAMETER else LONGEST_ARN


def _sub_length(value: Any) -> int:
    text, variables = value if isinstance(value, list) else (value, {})
    lengths = {name: worst_case_length(item) for name, item in variables.items()}
    placeholders = re.findall(r"\$\{([^!}]+)\}", text)
    fixed = len(re.sub(r"\$\{[^!}]+\}", "", text))
    return fixed + sum(lengths.get(name) or _reference_length(name) for name in placeholders)


def _is_short(rule: NameRule) -> bool:
    return rule.maximum <= SHORT_LIMIT
