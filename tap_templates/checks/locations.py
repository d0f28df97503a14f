"""Where a path stands in a file, by the marks that cfn-lint's decoder leaves on keys and values."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cfnlint.decode import decode

from tap_templates.checks.suppressions import PARTS
from tap_templates.checks.view import Path
from tap_templates.settings import Suppression


class Location(NamedTuple):
    """A line and a column, counted from 1."""

    line: int = 1
    column: int = 1


START = Location()  # Of a file in which nothing is found.


def location(decoded: Any, path: Path) -> Location:
    """Place of the key or item at the end of a path, or of the deepest one on the way that has a place."""
    found, value = START, decoded
    for part in path:
        if isinstance(value, Mapping) and part in value:
            marked = next(key for key in value if key == part)
        elif isinstance(value, list) and isinstance(part, int) and -1 < part < len(value):
            marked = value[part]
        else:
            return found
        found = _mark(marked) or found
        value = value[part]
    return found


def location_in_settings(file: str, accepted: Suppression) -> Location:
    """Place of a suppression in a settings file, in its common part or in an environment's."""
    if not os.path.isfile(file):
        return START
    decoded, problems = decode(file)
    rows = () if problems else _rows(decoded)
    wanted = accepted._asdict()
    return next(
        (_mark(row) or START for row in rows if all(str(row.get(key, "")) == wanted[key] for key in PARTS)), START
    )


def _rows(decoded: Any) -> Iterator[Mapping[str, Any]]:
    holders = [decoded]
    environments = decoded.get("environments") if isinstance(decoded, Mapping) else None
    holders += environments.values() if isinstance(environments, Mapping) else []
    for holder in holders:
        rows = holder.get("suppressions") if isinstance(holder, Mapping) else None
        yield from (row for row in (rows if isinstance(rows, list) else []) if isinstance(row, Mapping))


def _mark(node: Any) -> Location | None:
    mark = getattr(node, "start_mark", None)
    return None if mark is None else Location(mark.line + 1, mark.column + 1)
