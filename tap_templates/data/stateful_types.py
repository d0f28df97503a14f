"""Resource types that hold what is lost with them, and those that only seem to. Source: ``stateful_types.json``."""

from __future__ import annotations

from typing import NamedTuple

from tap_templates.data import load


class StatefulType(NamedTuple):
    """What resources of a type hold."""

    holds: str
    snapshot: bool  # Whether CloudFormation can keep a snapshot of it.
    unless: str | None  # A property with which it holds nothing of its own.


def stateful_type(resource_type: str) -> StatefulType | None:
    """What resources of a type hold; None where nothing is lost with them, or the type is not in the table."""
    row = load("stateful_types.json")["types"].get(resource_type)
    return StatefulType(row["holds"], row["snapshot"], row.get("unless")) if row else None


def passing() -> dict[str, str]:
    """Kinds of resources that are not judged although they look as if they held data, each with the reason."""
    return dict(load("stateful_types.json")["passing"])
