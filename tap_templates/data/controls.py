"""Controls of security frameworks: which checks prove each, and what no template can do. Source: ``controls.json``."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from tap_templates.data import load


class Control(NamedTuple):
    """One control of one version of a framework."""

    framework: str  # cis-aws
    version: str  # 5.0
    id: str  # 3.5
    title: str
    rules: tuple[str, ...]  # Checks of this library that prove it; none where it lies outside.
    demands: dict[str, Any]  # What the requirements must say: a value, or {"at_least": …}, {"at_most": …}.
    outside: str  # Why no template can show it, or nothing.

    @property
    def name(self) -> str:
        """Framework and id, as in ``excluded_controls``."""
        return f"{self.framework} {self.id}"


def frameworks() -> tuple[str, ...]:
    """``("cis-aws", "fsbp", ...)``"""
    return tuple(load("controls.json")["frameworks"])


def versions(framework: str) -> tuple[str, ...]:
    """Versions of a framework that the table has."""
    return tuple(load("controls.json")["frameworks"][framework]["versions"])


@cache
def controls(framework: str, version: str) -> tuple[Control, ...]:
    """Every control of one version of a framework that the table has, in its order."""
    rows = load("controls.json")["frameworks"][framework]["versions"][version]["controls"]
    return tuple(
        Control(
            framework,
            version,
            number,
            row["title"],
            tuple(row.get("rules", ())),
            row.get("demands", {}),
            row.get("outside", ""),
        )
        for number, row in rows.items()
    )


def controls_of(rule: str) -> tuple[Control, ...]:
    """Controls, of the newest version of each framework, that a check proves."""
    return tuple(
        control
        for framework in frameworks()
        for control in controls(framework, versions(framework)[-1])
        if rule in control.rules
    )
