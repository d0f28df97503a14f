"""Database engines of RDS and Aurora: until when AWS supports each major version. Source: ``engine_versions.json``."""

from __future__ import annotations

from datetime import date

from tap_templates.data import load


def engines() -> tuple[str, ...]:
    """Engines in the table, as the property Engine names them."""
    return tuple(load("engine_versions.json")["engines"])


def supported_until(engine: str, version: str) -> date | None:
    """Last day of standard support of a version, minor parts and all; None when the table does not have it.

    Args:
        version: ``"15.4"``, ``"8.0.35"``, ``"8.0.mysql_aurora.3.05.2"``
    """
    versions = load("engine_versions.json")["engines"].get(engine, {}).get("supported_until", {})
    parts = version.split(".")
    for count in (2, 1):
        last = versions.get(".".join(parts[:count]))
        if last:
            return date.fromisoformat(last)
    return None


def newest_version(engine: str) -> str:
    """The major version of an engine that is supported longest."""
    versions: dict[str, str] = load("engine_versions.json")["engines"][engine]["supported_until"]
    return max(versions, key=lambda version: versions[version])
