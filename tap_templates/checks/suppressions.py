"""Findings that are accepted for a time: each says which, why, who answers for it, and until when.

They stand in a template's Metadata, below ``tap_templates.suppressions`` of the template or of one resource, or in
``tap.yaml``. One that lacks a part, or whose last day is past, suppresses nothing and is itself a finding; so is one
that nothing needs any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from tap_templates.checks.view import Path, View
from tap_templates.settings import Suppression

SECTION = "tap_templates"
PARTS = Suppression._fields
COMPLETE = {  # An example of one.
    "rule": "E9204",
    "resource": "Logs",
    "reason": "It is the destination of another template's logs",
    "owner": "platform@example.com",
    "expires": "2999-12-31",
}


class Placed(NamedTuple):
    """A suppression and where it is written."""

    suppression: Suppression
    path: Path
    source: str = ""  # The settings file; empty for the template's own Metadata.

    def covers(self, rule: str, logical_id: str) -> bool:
        """Whether it is about a finding of a rule in a resource."""
        return (self.suppression.rule, self.suppression.resource) == (rule, logical_id)


def written(view: View) -> list[Placed]:
    """The suppressions in a template's Metadata."""
    placed = list(_listed(view.section("Metadata"), ("Metadata",), {}))
    for resource in view.resources:
        metadata = resource.attribute("Metadata")
        if isinstance(metadata, Mapping):
            own = {"resource": resource.logical_id}
            placed += _listed(metadata, resource.at("Metadata"), own)
    return placed


def missing_parts(suppression: Suppression) -> list[str]:
    """Names of the parts that it lacks; a day that is none counts as missing."""
    missing = [part for part in PARTS if not getattr(suppression, part).strip()]
    return missing if "expires" in missing or _last_day(suppression) else [*missing, "expires"]


def is_past(suppression: Suppression, today: date) -> bool:
    """Whether its last day is over."""
    last = _last_day(suppression)
    return last is not None and last < today


def in_force(placed: list[Placed], today: date) -> list[Placed]:
    """Those that are complete and not past."""
    return [each for each in placed if not missing_parts(each.suppression) and not is_past(each.suppression, today)]


def _last_day(suppression: Suppression) -> date | None:
    try:
        return date.fromisoformat(suppression.expires)
    except ValueError:
        return None


def _listed(metadata: Mapping[str, Any], path: Path, given: Mapping[str, str]) -> Iterator[Placed]:
    section = metadata.get(SECTION)
    rows = section.get("suppressions") if isinstance(section, Mapping) else None
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        parts = {**row, **given} if isinstance(row, Mapping) else given
        words = {part: str(parts.get(part) or "") for part in PARTS}
        yield Placed(Suppression(**words), (*path, SECTION, "suppressions", index))
