"""What pydantic finds wrong, in sentences: where, what was found, and what to use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic

from tap_templates.errors import SettingsError, did_you_mean
from tap_templates.settings import SETTING
from tap_templates.settings.models import FILE_VERSION
from tap_templates.settings.named import Locate
from tap_templates.settings.network import FORMS_OF_TIERS
from tap_templates.settings.words import short, words


def validate(model: Any, data: Mapping[str, Any], locate: Locate, source: str) -> None:
    """Refuses ``data`` that has not the shape of a model.

    Raises:
        SettingsError: Every fault, each with its place, what was found and what to use.
    """
    problems = sentences(model, faults_of(model, data), locate)
    if problems:
        raise SettingsError(source, problems=problems, remedy="mend the lines above")


def faults_of(model: Any, data: Mapping[str, Any]) -> list[Any]:
    """All that pydantic finds wrong."""
    try:
        model.model_validate(data)
    except pydantic.ValidationError as error:
        return list(error.errors(include_url=False))
    return []


def sentences(model: Any, faults: Sequence[Any], locate: Locate) -> list[str]:
    """Each fault in a sentence, said once."""
    return list(dict.fromkeys(_problem(model, fault, locate) for fault in faults))


def _problem(model: Any, fault: Any, locate: Locate) -> str:
    path = [part for part in fault["loc"] if part not in ("[key]", *FORMS_OF_TIERS)]
    where, found, kind, context = locate(path), fault["input"], fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        wanted = f"use one of {words(known)}{did_you_mean(path[-1], known)}"
        return f"{where}: found an unknown key {short(path[-1])}; {wanted}"
    if kind == "missing":
        return f"{where}: found nothing; {_wanted(path, 'say it')}"
    return f"{where}: found {short(found)}; {_wanted(path, _instruction(kind, context, found))}"


def _instruction(kind: str, context: Mapping[str, Any], found: Any) -> str:
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", context["expected"]) or re.findall(r"\w+", context["expected"])
        wanted = f"use {context['expected'].replace(chr(39), '')}"
        if isinstance(found, str):
            return wanted + did_you_mean(found, known)
        return f"{wanted}, in quotes" if short(found) in known else wanted
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
