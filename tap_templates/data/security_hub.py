"""Controls of AWS Security Hub: the checks that show each, and what none shows. Source: ``security_hub.json``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from tap_templates.data import load


class Proof(NamedTuple):
    """A check that shows a control, by its verdicts on some types and properties alone where these are named."""

    rule: str
    types: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    by: str = ""  # Name under which it can be excluded: "fsbp S3.8"

    def covers(self, rule: str, type_name: str, property_name: str) -> bool:
        """Whether a verdict of a rule on a property (dotted) of a resource says something of the control.

        Where a property is missing the verdict is on the resource as a whole, and counts.
        """
        if rule != self.rule or (self.types and type_name not in self.types):
            return False
        if not (self.properties and property_name):
            return True
        return any(f"{property_name}.".startswith(f"{name}.") for name in self.properties)


class HubControl(NamedTuple):
    """One control of Security Hub, which frameworks refer to."""

    id: str  # S3.8
    title: str
    fsbp: bool  # Whether it is part of AWS Foundational Security Best Practices.
    nist: tuple[str, ...]  # Related controls of NIST SP 800-53 Rev. 5.
    proofs: tuple[Proof, ...]
    demands: dict[str, Any]  # What the requirements must say: a value, or bounds such as {"at_least": 365}.
    part: str  # What the checks leave open, or nothing.
    outside: str  # Why no template can show it, or nothing.
    uncovered: str  # Why no check shows it yet, or nothing.
    source: str  # URL


@cache
def hub_controls() -> dict[str, HubControl]:
    """Every control of the table, by its id."""
    table = load("security_hub.json")
    return {name: _control(name, row, table["pages"]) for name, row in table["controls"].items()}


def proofs(rules: Mapping[str, Mapping[str, Any]], by: str = "") -> tuple[Proof, ...]:
    """``{"E9208": {"types": [...]}}`` as it is used."""
    return tuple(
        Proof(rule, tuple(only.get("types", ())), tuple(only.get("properties", ())), by) for rule, only in rules.items()
    )


def _control(name: str, row: Mapping[str, Any], pages: str) -> HubControl:
    service, _, number = name.lower().partition(".")
    return HubControl(
        name,
        row["title"],
        row.get("fsbp", False),
        tuple(row.get("nist", "").split()),
        proofs(row.get("rules", {})),
        row.get("demands", {}),
        row.get("part", ""),
        row.get("outside", ""),
        row.get("uncovered", ""),
        pages.format(service=service, anchor=f"{service}-{number}"),
    )
