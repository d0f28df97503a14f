"""Controls of security frameworks: which checks show each, and what no template can do. Source: ``controls.json``.

CIS and NIST controls are shown by those of Security Hub that relate to them: a fact about a check stands there once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from tap_templates.data import load
from tap_templates.data.security_hub import HubControl, Proof, hub_controls, proofs

CHECKED = "checked"
IN_PART = "checked in part"
NOT_COVERED = "not covered yet"
OUTSIDE = "outside"
STATES = (CHECKED, IN_PART, NOT_COVERED, OUTSIDE)
NO_CHECK = "No check is about it yet."
FEW = 2  # Related controls whose reasons are told in full.


class Demand(NamedTuple):
    """What a control asks of the requirements."""

    key: str
    wanted: Any  # A value, or bounds: {"at_least": 365}, {"at_most": 90}, {"within": [80, 443]}, {"without": [22]}
    by: str  # Name under which it can be excluded: "cis-aws 3.5"


class Control(NamedTuple):
    """One control of one version of a framework."""

    framework: str  # cis-aws
    version: str  # 5.0
    id: str  # 3.5
    title: str
    proofs: tuple[Proof, ...]  # Checks of this library that show it, and by which of their verdicts.
    demands: tuple[Demand, ...]
    state: str  # One of the four words above.
    reason: str  # Why it is outside or not covered, or what the checks leave open; nothing where they show all of it.
    related: tuple[str, ...]  # Controls of Security Hub that relate to it.
    source: str  # URL

    @property
    def name(self) -> str:
        """Framework and id, as in ``excluded_controls``."""
        return f"{self.framework} {self.id}"

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of its checks."""
        return tuple(sorted({proof.rule for proof in self.proofs}))


class Edition(NamedTuple):
    """One version of a framework, and how much of it the table has."""

    framework: str
    version: str
    title: str
    scope: str
    source: str  # URL
    date: str  # Day on which the source was read.
    in_part: bool  # Whether checks show each of its controls in part at best.


def frameworks() -> tuple[str, ...]:
    """``("cis-aws", "fsbp", ...)``"""
    return tuple(load("controls.json")["frameworks"])


def versions(framework: str) -> tuple[str, ...]:
    """Versions of a framework that the table has."""
    return tuple(load("controls.json")["frameworks"][framework]["versions"])


def edition(framework: str, version: str) -> Edition:
    """What the table has of one version of a framework."""
    table = load("controls.json")
    row = table["frameworks"][framework]["versions"][version]
    title = f"{table['frameworks'][framework]['title']} {version}"
    return Edition(framework, version, title, row["scope"], row["source"], table["date"], row.get("in_part", False))


@cache
def controls(framework: str, version: str) -> tuple[Control, ...]:
    """Every control of one version of a framework that the table has, in its order."""
    edition_row = load("controls.json")["frameworks"][framework]["versions"][version]
    if "security_hub" in edition_row:
        every = [(hub.id, {"title": hub.title}, [hub], hub.source) for hub in hub_controls().values() if hub.fsbp]
    else:
        every = [
            (number, row, list(_related(number, row)), edition_row["source"])
            for number, row in edition_row["controls"].items()
        ]
    in_part = edition(framework, version).in_part
    return tuple(_control(framework, version, *each, in_part=in_part) for each in every)


def controls_of(rule: str) -> tuple[Control, ...]:
    """Controls, of the newest version of each framework, that a check shows."""
    return tuple(
        control
        for framework in frameworks()
        for control in controls(framework, versions(framework)[-1])
        if rule in control.rules
    )


def _related(number: str, row: Mapping[str, Any]) -> Iterator[HubControl]:
    """Controls of Security Hub that a row names, or that name it as their NIST control."""
    named = row.get("security_hub", ())
    for hub in hub_controls().values():
        if hub.id in named or number in hub.nist:
            yield hub


def _control(
    framework: str,
    version: str,
    number: str,
    row: Mapping[str, Any],
    hubs: list[HubControl],
    source: str,
    *,
    in_part: bool,
) -> Control:
    def by(hub: HubControl) -> str:
        """Where many controls share a related one, that one is what can be excluded."""
        return f"{framework} {number if 'security_hub' in row else hub.id}"

    shown = (
        *proofs(row.get("rules", {}), f"{framework} {number}"),
        *(proof._replace(by=by(hub)) for hub in hubs for proof in hub.proofs),
    )
    gaps = [*(row[word] for word in ("outside", "uncovered") if word in row), *_gaps(hubs)]
    if shown:
        state = IN_PART if gaps or in_part else CHECKED
    else:
        state = OUTSIDE if "outside" in row or (hubs and all(hub.outside for hub in hubs)) else NOT_COVERED
    return Control(
        framework,
        version,
        number,
        row["title"],
        shown,
        tuple(Demand(key, wanted, by(hub)) for hub in hubs for key, wanted in hub.demands.items()),
        state,
        " ".join(gaps),
        tuple(hub.id for hub in hubs),
        source,
    )


def _gaps(hubs: list[HubControl]) -> Iterator[str]:
    """What the checks of related controls leave open: a sentence each, or their ids where they are many."""
    if len(hubs) <= FEW:
        for hub in hubs:
            text = hub.part or hub.outside or hub.uncovered or ("" if hub.proofs else NO_CHECK)
            if text:
                yield text if len(hubs) == 1 else f"{hub.id}: {text}"
        return
    for word, chosen in (
        ("Shown in part", [hub.id for hub in hubs if hub.proofs and hub.part]),
        ("Not covered yet", [hub.id for hub in hubs if not hub.proofs and not hub.outside]),
        ("Outside", [hub.id for hub in hubs if hub.outside]),
    ):
        if chosen:
            yield f"{word}: {', '.join(chosen)}."
