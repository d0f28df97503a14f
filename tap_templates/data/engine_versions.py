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


def releases(engine: str) -> tuple[str, ...]:
    """Versions of an engine that RDS takes, the oldest first: ``17``, ``17.6``, ``8.4.mysql_aurora.8.4.7``.

    Source: ``engine_releases.json``.
    """
    found: str = load("engine_releases.json")["engines"].get(engine, "")
    return tuple(found.split())


def newest_release(engine: str) -> str:
    """The newest major version alone, which RDS completes and keeps up to date; its last release where it wants one."""
    major = newest_version(engine)
    known = releases(engine)
    return major if major in known else [one for one in known if one.startswith(f"{major}.")][-1]


def known_on() -> date:
    """The day of the table of support."""
    return date.fromisoformat(load("engine_versions.json")["date"])
