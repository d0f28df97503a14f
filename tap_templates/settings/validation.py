"""What settings may be: every fault in one run, each with its place and what to do.

Imported only when there is something to validate: pydantic costs more than building a template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tap_templates.errors import SettingsError
from tap_templates.requirements import REQUIREMENTS, Requirements
from tap_templates.settings import SETTING, Group, NetworkSettings, Suppression, User
from tap_templates.settings.demands import (
    demanded,
    outside_requirements,
    people_problems,
    sizes_below_requirements,
    tag_problems,
    unknown_machines,
    unknown_profile,
)
from tap_templates.settings.faults import faults_of, sentences
from tap_templates.settings.models import SettingsModel
from tap_templates.settings.named import Locate
from tap_templates.settings.network import network_settings
from tap_templates.settings.sections import PipelineSettings, SecretSettings, StoreSettings, TableSettings
from tap_templates.settings.stores import alike_in_store, contradictions, sections
from tap_templates.settings.words import dotted, short

ROWS = (Group, NetworkSettings, PipelineSettings, SecretSettings, StoreSettings, Suppression, TableSettings, User)


def accept(given: Mapping[str, Any]) -> dict[str, Any]:
    """Validated settings of a Python call: ``values`` by dotted key, and the structured rest.

    Raises:
        SettingsError: All that cannot be accepted, each as ``Settings.path: found …; use …``.
    """
    data = {key: _plain(value) for key, value in given.items()}

    def locate(path: Sequence[str | int]) -> str:
        return f"Settings.{dotted(path)}"

    return accept_data(data, locate, "Settings")


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
    requirements = None if "requirements" in faulty else demanded(demands, locate, problems)
    values: dict[str, Any] = {}
    for key in SETTING:
        section, _, name = key.rpartition(".")
        holder = model.get(section, {}) if section else model
        if name in holder:
            values[key] = holder[name]
    if requirements:
        problems += outside_requirements(values, requirements, locate)
        problems += sizes_below_requirements(model.get("sizes", {}), requirements, locate)
    problems += unknown_machines(model.get("sizes", {}), locate)
    if "profile" not in faulty:
        problems += unknown_profile(values.get("environment"), model.get("profile"), locate)
    problems += [*people_problems(data, locate), *alike_in_store(data, locate)]
    problems += tag_problems(data, requirements, locate)
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
    faults = faults_of(SettingsModel, data)
    faulty = {fault["loc"][0] for fault in faults}
    sound = {key: value for key, value in data.items() if key not in faulty}
    model: dict[str, Any] = SettingsModel.model_validate(sound).model_dump(exclude_none=True)
    return model, faulty, sentences(SettingsModel, faults, locate)
