"""Which sides of each Condition, and which AllowedValues of each parameter, the tests of a run have seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tap_templates.testing.bindings import as_text
from tap_templates.testing.templates import template_of

Seen = dict[str, dict[str, list[str]]]
"""What was seen, by file and by name: ``{"t.json": {"IsProd": ["true"], "Environment": ["dev", "prod"]}}``."""
BOTH_SIDES = ("true", "false")
MISSING_SHOWN = 6


@dataclass(frozen=True)
class Row:
    """A Condition, or a parameter with AllowedValues: its possible values, and those that no test has seen."""

    name: str
    values: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def covered(self) -> int:
        """How many of the values were seen."""
        return len(self.values) - len(self.missing)


class ConditionCoverage:
    """Counts what ``resolve``, ``conditions`` and ``deployed_stack`` do with templates of these files.

    A template is known by its content, so that a test may build it, read it or be given it.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._possible: dict[str, dict[str, tuple[str, ...]]] = {}
        self._files: dict[str, list[str]] = {}
        self.seen: Seen = {}
        for file in files:
            template = template_of(file)
            self._possible[file] = _possible(template)
            self._files.setdefault(_fingerprint(template), []).append(file)
            self.seen[file] = {}

    def saw(self, template: Mapping[str, Any], conditions: Mapping[str, bool], parameters: Mapping[str, str]) -> None:
        """Counts one resolution; nothing when the template is of none of the files."""
        for file in self._files.get(_fingerprint(template), ()):
            found = {name: [as_text(holds)] for name, holds in conditions.items()}
            for name, text in parameters.items():
                found.setdefault(name, []).extend([text, *(item.strip() for item in text.split(","))])
            self.add({file: found})

    def add(self, seen: Seen) -> None:
        """Counts what another process has seen."""
        for file, names in seen.items():
            for name, values in names.items():
                known = self.seen[file].setdefault(name, [])
                possible = self._possible[file].get(name, ())
                known += [value for value in dict.fromkeys(values) if value in possible and value not in known]

    def rows(self, file: str) -> list[Row]:
        """Conditions, then parameters, in the order of the template."""
        return [
            Row(name, values, tuple(value for value in values if value not in self.seen[file].get(name, ())))
            for name, values in self._possible[file].items()
        ]

    @property
    def percent(self) -> float:
        """Share of all values of all files that were seen, rounded down to a tenth; 100 when there are none."""
        rows = [row for file in self._possible for row in self.rows(file)]
        total = sum(len(row.values) for row in rows)
        return 100.0 if not total else 1000 * sum(row.covered for row in rows) // total / 10

    def report(self) -> list[str]:
        """The tables as text, a line each."""
        lines = []
        for file in self._possible:
            lines += [file, *_table(self.rows(file)), ""]
        return [*lines, f"condition coverage: {self.percent:.1f} %"]


def _table(rows: list[Row]) -> list[str]:
    if not rows:
        return ["  no Conditions and no AllowedValues: nothing to cover"]
    width = max(len(row.name) for row in rows)
    return [
        f"  {row.name:{width}}  {row.covered:>3} of {len(row.values):<3}  {_shown(row.missing)}".rstrip()
        for row in rows
    ]


def _shown(missing: tuple[str, ...]) -> str:
    if not missing:
        return ""
    more = f" and {len(missing) - MISSING_SHOWN} more" if len(missing) > MISSING_SHOWN else ""
    return f"never {', '.join(value or '(empty)' for value in missing[:MISSING_SHOWN])}{more}"


def _possible(template: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    sides = dict.fromkeys(template.get("Conditions", {}), BOTH_SIDES)
    allowed = {
        name: tuple(map(as_text, row["AllowedValues"]))
        for name, row in template.get("Parameters", {}).items()
        if "AllowedValues" in row
    }
    return {**sides, **allowed}


def _fingerprint(template: Mapping[str, Any]) -> str:
    return json.dumps(template, sort_keys=True, default=str)
