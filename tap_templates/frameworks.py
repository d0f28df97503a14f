"""What frameworks ask of the requirements, as their controls say it, and where the two do not agree."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tap_templates.data.controls import Control, Demand, controls, frameworks, versions
from tap_templates.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from tap_templates.requirements import Requirements

BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "within": lambda said, bound: set(said) <= set(bound),
    "without": lambda said, bound: set(said).isdisjoint(bound),
}
NAMED = 3  # Controls that a problem names; the others it counts.


def version_of(framework: str, version: str) -> str:
    """The version that is meant: the one that the table has, where none is said and there is one alone."""
    known = versions(framework) if framework in frameworks() else ()
    return known[0] if not version and len(known) == 1 else version


def problems(requirements: Requirements) -> Iterator[UsageError]:
    """Frameworks and controls that are not known, and what controls ask that the requirements do not say."""
    followed: list[Control] = []
    for name, version in requirements.frameworks.items():
        where = f"requirements.frameworks.{name}"
        if name not in frameworks():
            words = frameworks()
            yield UsageError(where, found=name, remedy=f"use one of {', '.join(words)}{did_you_mean(name, words)}")
        elif version not in versions(name):
            yield UsageError(where, found=version, remedy=f"use one of {', '.join(versions(name))}")
        else:
            followed += controls(name, version)
    yield from _unmet(requirements, followed)
    yield from _exclusions(requirements, followed)


def asked(control: Control, excluded: Mapping[str, str]) -> Iterator[Demand]:
    """What a control asks for, without what is excluded, as a whole or by the control that it is shown by."""
    if control.name not in excluded:
        yield from (demand for demand in control.demands if demand.by not in excluded)


def in_words(wanted: Any) -> str:
    """What a control asks for, as people say it: ``at least 365``, ``aws:kms``, ``only 80, 443``."""
    if not isinstance(wanted, Mapping):
        return str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
    bounds = {"within": "only", "without": "none of"}
    return " and ".join(f"{bounds.get(word, word.replace('_', ' '))} {_listed(at)}" for word, at in wanted.items())


def _listed(bound: Any) -> str:
    return ", ".join(str(item) for item in bound) if isinstance(bound, list) else str(bound)


def _unmet(requirements: Requirements, followed: list[Control]) -> Iterator[UsageError]:
    """One problem for each value that is asked for and not said, whichever controls ask for it."""
    askers: dict[tuple[str, str], dict[str, Control]] = {}
    for control in followed:
        for demand in asked(control, requirements.excluded_controls):
            if not _meets(getattr(requirements, demand.key), demand.wanted):
                askers.setdefault((demand.key, in_words(demand.wanted)), {})[demand.by] = control
    for (key, wanted), by in askers.items():
        several = len(by) > 1
        remedy = (
            f"{_askers(by)} {'ask' if several else 'asks'} for {wanted}; say so, or give the "
            f"{'reasons' if several else 'reason'} not to below excluded_controls: {', '.join(by)}"
        )
        yield UsageError(f"requirements.{key}", found=getattr(requirements, key), remedy=remedy)


def _askers(by: Mapping[str, Control]) -> str:
    """``cis-aws 5.0 control 3.5 and fsbp 1.0.0 control CloudTrail.2``"""
    ids: dict[str, list[str]] = {}
    for name, control in by.items():
        ids.setdefault(f"{control.framework} {control.version}", []).append(name.partition(" ")[2])
    return " and ".join(
        f"{framework} control{'s' if len(each) > 1 else ''} {', '.join(each[:NAMED])}"
        f"{f' and {len(each) - NAMED} more' if len(each) > NAMED else ''}"
        for framework, each in ids.items()
    )


def _meets(said: Any, wanted: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return bool(said == wanted)
    return all(BOUNDS[word](said, bound) for word, bound in wanted.items())


def _exclusions(requirements: Requirements, followed: list[Control]) -> Iterator[UsageError]:
    known = dict.fromkeys(control.name for control in followed)
    for control in followed:
        known.update(dict.fromkeys(source.by for source in control.demands))
        known.update(dict.fromkeys(source.by for source in control.proofs))
    for name, reason in requirements.excluded_controls.items():
        where = f"requirements.excluded_controls.{name}"
        if name not in known:
            remedy = f"name a control of the frameworks above{did_you_mean(name, known)}"
            yield UsageError(where, found=name, remedy=remedy)
        elif not reason.strip():
            yield UsageError(where, found=reason, remedy="say why it is not followed")
