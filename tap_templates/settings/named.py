"""Names that the settings give to what comes in lists, and whether they can be told apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tap_templates.settings import REVISION

Locate = Callable[[Sequence[str | int]], str]


def alike(names: Sequence[tuple[list[str | int], str]], locate: Locate) -> list[str]:
    """Names, each with its path, that would give one logical id, or that end as a replaced resource's name does."""
    problems = []
    seen: dict[str, str] = {}
    for path, name in names:
        title = re.sub("-(?=[0-9])", "", name)  # In a logical id, a-1 and a1 are both A1.
        if REVISION.search(name):
            problems.append(f"{locate(path)}: found {name!r}; use a name without an ending such as -r2")
        elif title in seen:
            beside = "twice" if seen[title] == name else f"beside {seen[title]!r}"
            problems.append(f"{locate(path)}: found {name!r} {beside}; use names that differ in more than hyphens")
        seen.setdefault(title, name)
    return problems


def names(data: Mapping[str, Any], kind: str) -> list[tuple[int, str]]:
    """The names in a list of mappings, with their places."""
    return [(index, entry["name"]) for index, entry in entries(data, kind) if isinstance(entry.get("name"), str)]


def entries(data: Mapping[str, Any], kind: str) -> list[tuple[int, dict[str, Any]]]:
    """The mappings of a list, with their places, whatever else is wrong with it."""
    entries = data.get(kind)
    listed = entries if isinstance(entries, list) else []
    return [(index, entry) for index, entry in enumerate(listed) if isinstance(entry, dict)]
