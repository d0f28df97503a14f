"""The shape of a settings file, as pydantic models: which keys there are, and what each may be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import pydantic
from pydantic_core import PydanticCustomError

from tap_templates.data.profiles import Amount, amounts, profiles
from tap_templates.data.sizes import Choice, choices
from tap_templates.requirements import REQUIREMENTS, Requirement
from tap_templates.settings import EMAIL_PATTERN, SETTINGS, TAG_VALUE_PATTERN, Setting
from tap_templates.settings.network import NetworkModel
from tap_templates.settings.stores import PipelineModel, StoreModel

FILE_VERSION = 1
VERSION_SCHEMA = {"type": ["string", "number", "null"]}  # As _version takes it.
NAME_PATTERN = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"

STRICT = pydantic.ConfigDict(strict=True, extra="forbid")
Name = Annotated[str, pydantic.StringConstraints(pattern=f"^{NAME_PATTERN}$", max_length=16)]
TagValue = Annotated[str, pydantic.StringConstraints(pattern=f"^{TAG_VALUE_PATTERN}$", max_length=256)]
TagKey = Annotated[str, pydantic.StringConstraints(pattern=f"^{TAG_VALUE_PATTERN}$", min_length=1, max_length=128)]


def _whole(value: Any) -> Any:
    """To Python, ``True`` and ``1.0`` are equal to 1."""
    if isinstance(value, (bool, float)):
        raise PydanticCustomError("int_type", "a whole number is wanted")
    return value


class GroupModel(pydantic.BaseModel):
    """A group of people and what its members may do in the data bucket."""

    model_config = STRICT
    name: Name
    data: Literal["none", "read", "write"] = "none"


class UserModel(pydantic.BaseModel):
    """A person who gets an IAM user of the stack's own, with rights through groups alone."""

    model_config = STRICT
    name: Name
    groups: list[Name] = pydantic.Field(min_length=1)
    email: Annotated[str, pydantic.StringConstraints(pattern=f"^{EMAIL_PATTERN}$")] | None = None


def _day(value: Any) -> Any:
    """YAML reads 2027-01-31 as a date."""
    return value.isoformat() if isinstance(value, date) else value


class SuppressionModel(pydantic.BaseModel):
    """A finding of `check` that is accepted for a time; what is missing here is itself a finding."""

    model_config = STRICT
    rule: str
    resource: str
    reason: str = ""
    owner: str = ""
    expires: Annotated[str, pydantic.BeforeValidator(_day)] = ""


def _scalar(setting: Setting) -> Any:
    if setting.kind is bool:
        kind: Any = bool
    elif setting.allowed:
        kind = Literal[setting.allowed]
        kind = Annotated[kind, pydantic.BeforeValidator(_whole)] if setting.kind is int else kind
    elif setting.kind is int:
        kind = Annotated[int, pydantic.Field(ge=setting.minimum, le=setting.maximum)]
    else:
        kind = Annotated[
            str,
            pydantic.StringConstraints(
                pattern=f"^{setting.pattern}$", min_length=setting.minimum, max_length=setting.maximum
            ),
        ]
    return (kind | None, pydantic.Field(default=None, description=setting.description))


def _requirement(row: Requirement) -> Any:
    default = list(row.default) if isinstance(row.default, tuple) else row.default
    return (_demanded(row), pydantic.Field(default=default, description=row.description))


def _demanded(row: Requirement) -> Any:
    if row.key == "allowed_tag_values":
        return dict[TagKey, Annotated[list[TagValue], pydantic.Field(min_length=1)]]
    if row.key == "frameworks":
        return dict[str, Annotated[str, pydantic.BeforeValidator(_version), pydantic.WithJsonSchema(VERSION_SCHEMA)]]
    if isinstance(row.default, Mapping):
        return dict[str, Annotated[str, pydantic.BeforeValidator(_version)]]
    if row.key == "required_tags":
        return list[TagKey]
    if isinstance(row.default, bool):
        return bool
    if row.allowed:
        kind: Any = Literal[row.allowed]
    elif row.minimum is not None:
        kind = Annotated[int, pydantic.Field(ge=row.minimum, le=row.maximum)]
    else:
        kind = str
    return list[kind] if isinstance(row.default, tuple) else kind


def _version(value: Any) -> Any:
    """YAML reads the version 5.0 as a number, and one that is left out as null."""
    if value is None:
        return ""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _amount(row: Amount) -> Any:
    kind = Annotated[int, pydantic.Field(ge=row.minimum, le=row.maximum)]
    return (kind | None, pydantic.Field(default=None, description=row.means))


def _machine(row: Choice) -> Any:
    sort = "instance type" if row.kind == "instance" else "DB instance class"
    description = f"{sort.capitalize()} of {row.kind} for the workload {row.workload}."
    return (str | None, pydantic.Field(default=None, description=description))


def _section(name: str) -> Any:
    rows = {
        setting.key.partition(".")[2]: _scalar(setting) for setting in SETTINGS if setting.key.startswith(f"{name}.")
    }
    return pydantic.create_model(f"{name.title().replace('_', '')}Model", __config__=STRICT, **rows)


RequirementsModel: Any = pydantic.create_model(
    "RequirementsModel", __config__=STRICT, **{row.key: _requirement(row) for row in REQUIREMENTS}
)
SizesModel: Any = pydantic.create_model(
    "SizesModel",
    __config__=STRICT,
    **{row.key: _amount(row) for row in amounts().values()},
    **{row.key: _machine(row) for row in choices().values()},
)
SECTIONS = sorted({setting.key.partition(".")[0] for setting in SETTINGS if "." in setting.key})
FIELDS: dict[str, Any] = {
    **{setting.key: _scalar(setting) for setting in SETTINGS if "." not in setting.key},
    **{name: (_section(name) | None, pydantic.Field(default=None)) for name in SECTIONS},
    "profile": (
        Literal[profiles()] | None,
        pydantic.Field(default=None, description="Amounts to use, where the environment's name does not say."),
    ),
    "groups": (list[GroupModel], pydantic.Field(default=None, description="Groups of people.")),
    "users": (list[UserModel], pydantic.Field(default=None, description="Users of the stack's own.")),
    "tags": (dict[TagKey, TagValue], pydantic.Field(default=None, description="Further tags on every resource.")),
    "network": (
        NetworkModel | None,
        pydantic.Field(default=None, description="A network beside what the blueprint always has; none by default."),
    ),
    "pipeline": (
        PipelineModel | None,
        pydantic.Field(default=None, description="Of event-pipeline: where its events come from."),
    ),
    "data_store": (
        StoreModel | None,
        pydantic.Field(default=None, description="Of data-store: all that it keeps; one of each by default."),
    ),
    "sizes": (
        SizesModel | None,
        pydantic.Field(default=None, description="Amounts and machines, in place of the profile's."),
    ),
    "suppressions": (
        list[SuppressionModel],
        pydantic.Field(default=None, description="Findings of check that are accepted for a time."),
    ),
    "requirements": (RequirementsModel, pydantic.Field(default=None, description="What the organisation demands.")),
}
SettingsModel: Any = pydantic.create_model("SettingsModel", __config__=STRICT, **FIELDS)
FileModel: Any = pydantic.create_model(
    "FileModel",
    __config__=STRICT,
    version=(
        Annotated[Literal[1], pydantic.BeforeValidator(_whole)],
        pydantic.Field(description="Version of this file's format."),
    ),
    **FIELDS,
    environments=(
        dict[str, SettingsModel | None],
        pydantic.Field(default=None, description="Settings that differ, by name of environment."),
    ),
)


def json_schema() -> dict[str, Any]:
    """JSON Schema of the settings file, for editors."""
    schema: dict[str, Any] = FileModel.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "tap.yaml"}
