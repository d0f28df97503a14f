"""What settings may be: every fault in one run, each with its place and what to do.

Imported only when there is something to validate: pydantic costs more than building a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

import pydantic
from pydantic_core import PydanticCustomError

from tap_templates.data.instance_classes import EC2, classes, sellers
from tap_templates.data.profiles import Amount, amounts, profiles
from tap_templates.data.sizes import Choice, choices
from tap_templates.errors import SettingsError, UsageError, did_you_mean
from tap_templates.requirements import (
    REQUIRED_TAGS,
    REQUIREMENTS,
    ContradictionError,
    Requirement,
    Requirements,
)
from tap_templates.settings import (
    DEFAULT_GROUPS,
    EMAIL_PATTERN,
    SETTING,
    SETTINGS,
    TAG_VALUE_PATTERN,
    Group,
    NetworkSettings,
    Setting,
    Suppression,
    User,
)
from tap_templates.settings.named import Locate, alike, entries, names
from tap_templates.settings.network import FORMS_OF_TIERS, NetworkModel, network_settings
from tap_templates.settings.sections import PipelineSettings, SecretSettings, StoreSettings, TableSettings
from tap_templates.settings.stores import PipelineModel, StoreModel, alike_in_store, contradictions, sections

FILE_VERSION = 1
VERSION_SCHEMA = {"type": ["string", "number", "null"]}  # As _version takes it.
NAME_PATTERN = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
ROWS = (Group, NetworkSettings, PipelineSettings, SecretSettings, StoreSettings, Suppression, TableSettings, User)

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


def accept(given: Mapping[str, Any]) -> dict[str, Any]:
    """Validated settings of a Python call: ``values`` by dotted key, and the structured rest.

    Raises:
        SettingsError: All that cannot be accepted, each as ``Settings.path: found …; use …``.
    """
    data = {key: _plain(value) for key, value in given.items()}

    def locate(path: Sequence[str | int]) -> str:
        return f"Settings.{dotted(path)}"

    return accept_data(data, locate, "Settings")


def json_schema() -> dict[str, Any]:
    """JSON Schema of the settings file, for editors."""
    schema: dict[str, Any] = FileModel.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "tap.yaml"}


def _plain(value: Any) -> Any:
    if isinstance(value, Requirements):
        return {row.key: _plain(getattr(value, row.key)) for row in REQUIREMENTS}
    if isinstance(value, ROWS):
        return {key: _plain(item) for key, item in value._asdict().items() if item is not None}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def accept_data(data: Mapping[str, Any], locate: Locate, source: str) -> dict[str, Any]:
    """Settings, validated by shape and against what the values demand of each other, in one run.

    Raises:
        SettingsError: Every fault of both kinds.
    """
    model, faulty, problems = _sound_part(data, locate)
    demands = model.get("requirements", {})
    requirements = None if "requirements" in faulty else _requirements(demands, locate, problems)
    values: dict[str, Any] = {}
    for key in SETTING:
        section, _, name = key.rpartition(".")
        holder = model.get(section, {}) if section else model
        if name in holder:
            values[key] = holder[name]
    if requirements:
        problems += _outside_requirements(values, requirements, locate)
        problems += _sizes_below_requirements(model.get("sizes", {}), requirements, locate)
    problems += _unknown_machines(model.get("sizes", {}), locate)
    if "profile" not in faulty:
        problems += _unknown_profile(values.get("environment"), model.get("profile"), locate)
    problems += [*_people_problems(data, locate), *alike_in_store(data, locate)]
    problems += _tag_problems(data, requirements, locate)
    problems += [f"{locate(path)}: found {short(found)}; {remedy}" for path, found, remedy in contradictions(model)]
    if problems:
        raise SettingsError(source, problems=problems, remedy="mend the lines above")
    accepted = {
        "values": values,
        "requirements": requirements,
        "tags": model.get("tags", {}),
        "sizes": model.get("sizes", {}),
        "profile": model.get("profile"),
        "suppressions": tuple(Suppression(**row) for row in model.get("suppressions", [])),
        "users": tuple(User(**{**user, "groups": tuple(user["groups"])}) for user in model.get("users", [])),
    }
    if "groups" in model:
        accepted["groups"] = tuple(Group(**group) for group in model["groups"])
    if "network" in model:
        accepted["network"] = network_settings(model["network"])
    return {**accepted, **sections(model)}


def _sound_part(data: Mapping[str, Any], locate: Locate) -> tuple[dict[str, Any], set[Any], list[str]]:
    """What has the right shape, which of the outermost keys have not, and why."""
    faults = _faults(SettingsModel, data)
    faulty = {fault["loc"][0] for fault in faults}
    sound = {key: value for key, value in data.items() if key not in faulty}
    model: dict[str, Any] = SettingsModel.model_validate(sound).model_dump(exclude_none=True)
    return model, faulty, _problems(SettingsModel, faults, locate)


def _requirements(demands: Mapping[str, Any], locate: Locate, problems: list[str]) -> Requirements | None:
    try:
        return Requirements(**demands)
    except UsageError as error:
        every = error.problems if isinstance(error, ContradictionError) else (error,)
        problems += [f"{locate(each.where.split('.', 2))}: found {each.found!r}; {each.remedy}" for each in every]
        return None


def _outside_requirements(values: Mapping[str, Any], requirements: Requirements, locate: Locate) -> list[str]:
    problems = []
    for key, value in values.items():
        narrowed = SETTING[key].bounded_by(requirements)
        too_much = narrowed.kind is int and narrowed.maximum is not None and value > narrowed.maximum
        if too_much or (narrowed.allowed and value not in narrowed.allowed):
            limit = f"at most {narrowed.maximum}" if too_much else f"one of {_words(narrowed.allowed)}"
            problems.append(f"{locate(key.split('.'))}: found {value!r}; the requirements ask for {limit}")
    return problems


def _sizes_below_requirements(sizes: Mapping[str, Any], requirements: Requirements, locate: Locate) -> list[str]:
    problems = []
    for key, value in sizes.items():
        requirement = amounts()[key].requirement if key in amounts() else None
        floor = int(getattr(requirements, requirement)) if requirement else value
        if value < floor:
            problems.append(
                f"{locate(['sizes', key])}: found {value}; requirements.{requirement} asks for at least {floor}"
            )
    return problems


def _unknown_machines(sizes: Mapping[str, Any], locate: Locate) -> list[str]:
    """Instance types that EC2 does not have, and DB instance classes that no engine of the kind has."""
    problems = []
    for key, choice in choices().items():
        if key not in sizes:
            continue
        by_kind = {
            "instance": [EC2],
            "aurora": [name for name in sellers() if name.startswith("aurora-")],
            "database": [name for name in sellers() if name != EC2 and not name.startswith("aurora-")],
        }
        known = [name for seller in by_kind[choice.kind] for name in classes(seller)]
        if sizes[key] not in known:
            remedy = f"use what AWS has, such as {choice.values['prod']}{did_you_mean(sizes[key], known)}"
            problems.append(f"{locate(['sizes', key])}: found {short(sizes[key])}; {remedy}")
    return problems


def _unknown_profile(environment: str | None, profile: str | None, locate: Locate) -> list[str]:
    if not environment or environment in profiles() or profile:
        return []
    remedy = f"use one of {_words(profiles())}, or say with profile: which of them it resembles"
    return [f"{locate(['environment'])}: found {environment!r}; {remedy}"]


def _people_problems(data: Mapping[str, Any], locate: Locate) -> list[str]:
    """Names that come twice or cannot be told apart, and groups of users that are not there."""
    problems = []
    for kind in ("groups", "users"):
        problems += alike([([kind, index, "name"], name) for index, name in names(data, kind)], locate)
    return problems + _unknown_groups(data, locate)


def _unknown_groups(data: Mapping[str, Any], locate: Locate) -> list[str]:
    groups = [group.name for group in DEFAULT_GROUPS]
    if data.get("groups") is not None:
        groups = [name for _, name in names(data, "groups")]
        if not isinstance(data["groups"], list) or len(groups) < len(data["groups"]):
            return []  # A group has no name that can be read: any could be meant.
    problems = []
    for index, user in entries(data, "users"):
        wanted = user.get("groups")
        for position, name in enumerate(wanted if isinstance(wanted, list) else []):
            if isinstance(name, str) and name not in groups:
                place = locate(["users", index, "groups", position])
                problems.append(
                    f"{place}: found {short(name)}; use one of {_words(groups)}{did_you_mean(name, groups)}"
                )
    return problems


def _tag_problems(data: Mapping[str, Any], requirements: Requirements | None, locate: Locate) -> list[str]:
    """Tags that the convention makes itself or AWS keeps for itself, values not allowed, required tags without one."""
    problems = []
    tags = data.get("tags") or {}
    keys = [key for key in tags if isinstance(key, str)] if isinstance(tags, dict) else []
    required = requirements.required_tags if requirements else ()
    for key in keys:
        if key == "Name" or key in REQUIRED_TAGS:
            problems.append(f"{locate(['tags', key])}: found {key!r}; this tag is made from the settings: leave it out")
    allowed = requirements.allowed_tag_values if requirements else {}
    for key in keys:
        if key in allowed and tags[key] not in allowed[key]:
            words = _words(allowed[key])
            problems.append(
                f"{locate(['tags', key])}: found {short(tags[key])}; the requirements ask for one of {words}"
            )
    for path in (*(["tags", key] for key in keys), *(["requirements", "required_tags", key] for key in required)):
        if path[-1].lower().startswith("aws:"):
            problems.append(f"{locate(path)}: found {path[-1]!r}; use a key that does not begin with aws:")
    missing = [key for key in required if key not in keys and key not in REQUIRED_TAGS]
    if missing:
        problems.append(f"{locate(['tags'])}: found no {_words(missing)}; requirements.required_tags asks for it")
    return problems


def validate(model: Any, data: Mapping[str, Any], locate: Locate, source: str) -> None:
    """Refuses ``data`` that has not the shape of a model.

    Raises:
        SettingsError: Every fault, each with its place, what was found and what to use.
    """
    problems = _problems(model, _faults(model, data), locate)
    if problems:
        raise SettingsError(source, problems=problems, remedy="mend the lines above")


def _faults(model: Any, data: Mapping[str, Any]) -> list[Any]:
    try:
        model.model_validate(data)
    except pydantic.ValidationError as error:
        return list(error.errors(include_url=False))
    return []


def _problems(model: Any, faults: Sequence[Any], locate: Locate) -> list[str]:
    return list(dict.fromkeys(_problem(model, fault, locate) for fault in faults))


def _problem(model: Any, fault: Any, locate: Locate) -> str:
    path = [part for part in fault["loc"] if part not in ("[key]", *FORMS_OF_TIERS)]
    where, found, kind, context = locate(path), fault["input"], fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        wanted = f"use one of {_words(known)}{did_you_mean(path[-1], known)}"
        return f"{where}: found an unknown key {short(path[-1])}; {wanted}"
    if kind == "missing":
        return f"{where}: found nothing; {_wanted(path, 'say it')}"
    return f"{where}: found {short(found)}; {_wanted(path, _instruction(kind, context, found))}"


def _instruction(kind: str, context: Mapping[str, Any], found: Any) -> str:
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"]) or re.findall(r"\w+", context["expected"])
        wanted = f"use {context['expected'].replace(chr(39), '')}"
        if isinstance(found, str):
            return wanted + did_you_mean(found, words)
        return f"{wanted}, in quotes" if short(found) in words else wanted
    if kind.startswith("string_type"):
        return "use text; put it in quotes"
    if kind.startswith("int_"):
        return "use a whole number"
    if kind == "greater_than_equal":
        return f"use a whole number of at least {context['ge']}"
    if kind == "less_than_equal":
        return f"use a whole number of at most {context['le']}"
    if kind == "bool_type":
        return "use true or false"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return "use a mapping of keys to values"
    if kind in ("list_type", "too_short"):
        return "use a list with at least one entry" if kind == "too_short" else "use a list"
    if kind == "string_pattern_mismatch":
        return f"use text that matches {context['pattern']}"
    if kind == "string_too_long":
        return f"use at most {context['max_length']} characters"
    return f"use at least {context.get('min_length', 1)} character(s)"


def _wanted(path: Sequence[str | int], instruction: str) -> str:
    names = [part for part in path if isinstance(part, str)]
    if names[:1] == ["environments"]:
        names = names[2:]
    setting = SETTING.get(".".join(names))
    if names == ["version"]:
        return f"use version: {FILE_VERSION}"
    if setting is None:
        return instruction
    if setting.kind is int and setting.minimum is not None and not setting.allowed:
        return f"use a whole number from {setting.minimum} to {setting.maximum}"
    return f"use {setting.hint}" if setting.hint and not instruction.startswith("use text;") else instruction


def _known_keys(model: Any, path: Sequence[str | int]) -> list[str]:
    """Keys that the mapping at ``path`` may have."""
    for part in path:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        model = _model_inside(model.model_fields[part].annotation)
    return list(model.model_fields)


def _model_inside(annotation: Any) -> Any:
    for inner in getattr(annotation, "__args__", ()):
        found = _model_inside(inner)
        if found is not None:
            return found
    return annotation if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel) else None


def dotted(path: Sequence[str | int]) -> str:
    """A place in a file as people write it: ``users.0.name``."""
    return ".".join(str(part) for part in path)


def _words(words: Any) -> str:
    return ", ".join(str(word) for word in words)


def short(value: Any) -> str:
    """A value as it was found, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits.
        return "a number with thousands of digits"
    return text if len(text) <= 80 else f"{text[:77]}..."
