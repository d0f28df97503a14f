"""The proof: which requirement was judged at which property of which resource, with what result, for which controls.

One row for each verdict, also where a rule holds; then each control of the frameworks that are named, with what
``control_results`` makes of the rows.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tap_templates.checks.control_results import (
    EXCLUDED,
    NOTHING,
    RESULTS,
    SUPPRESSED,
    WITH_VERDICTS,
    ControlResult,
    control_results,
    proven,
)
from tap_templates.checks.engine import Checker, Report, read
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS
from tap_templates.checks.suppressions import in_force, written
from tap_templates.checks.view import MISSING
from tap_templates.data.controls import NOT_COVERED, OUTSIDE, Control, controls, edition, frameworks, versions
from tap_templates.report.rendering import render, words

# How the controls are told apart for people: title, results, what the results mean.
SECTIONS = (
    (
        "Controls that were judged",
        WITH_VERDICTS,
        "In part: every check holds, and none shows what the last column names or the framework asks besides.",
    ),
    ("Controls about what these templates do not have", (NOTHING,), ""),
    ("Controls that no check covers yet", (NOT_COVERED,), "Neither passed nor failed: show them in another way."),
    ("Controls that are excluded", (EXCLUDED,), "The organisation does not follow them, for the reason it gives."),
    (
        "Controls outside of what a template can show",
        (OUTSIDE,),
        "Neither passed nor failed: settings of the account, states of things in use, and the work of people.",
    ),
)
ALWAYS = "always"  # What a rule demands whatever the requirements say.


class Row(NamedTuple):
    """One verdict."""

    file: str
    requirement: str  # "bucket_encryption: AES256", or "always"
    rule: str
    must_hold: str
    resource: str
    type: str  # AWS::S3::Bucket, or nothing where it is no resource.
    property: str
    value: Any
    result: str
    controls: tuple[str, ...]  # "cis-aws 2.1.1"


def rows(report: Report) -> list[Row]:
    """Every verdict of this library's rules on the files of a report, in the order of files, rules and templates."""
    return [row for file in report.files for row in _of_file(report.checker, file)]


def as_data(report: Report) -> dict[str, Any]:
    """The whole evidence as plain data, for JSON."""
    matrix = rows(report)
    counts = {word: sum(row.result == word for row in matrix) for word in (HOLDS, FAILS, CANNOT_TELL, SUPPRESSED)}
    demanded = report.checker.requirements
    said: dict[str, set[str]] = {}
    for row in matrix:
        for name in row.controls:
            said.setdefault(name, set()).add(row.result)
    ran = {rule.id for rule in report.checker.rules}
    results = [
        result
        for framework, version in demanded.frameworks.items()
        for result in control_results(controls(framework, version), said, demanded.excluded_controls, ran)
    ]
    return {
        "checked": report.checker.today.isoformat(),
        "files": list(report.files),
        "sha256": {file: _digest(file) for file in report.files},
        "counts": counts,
        "matrix": [{**row._asdict(), "controls": list(row.controls)} for row in matrix],
        "frameworks": [_framework(name, version, results) for name, version in demanded.frameworks.items()],
        "controls": [each.as_data() for each in results],
        "suppressions": [each._asdict() for each in report.in_force],
    }


def as_markdown(data: dict[str, Any]) -> str:
    """The same for people."""
    return render("evidence.md.j2", {**data, "control_sections": SECTIONS})


def _framework(name: str, version: str, results: Sequence[ControlResult]) -> dict[str, Any]:
    """What the table has of a framework, and how many of its controls have each result."""
    counts = Counter(each.result for each in results if each.framework == name)
    return {**edition(name, version)._asdict(), "counts": {word: counts[word] for word in RESULTS}}


def _of_file(checker: Checker, file: str) -> Iterator[Row]:
    view = read(file)
    accepted = in_force([*written(view), *checker.accepted], checker.today)
    excluded = checker.requirements.excluded_controls
    followed = [*_followed(checker)]
    for rule in checker.rules:
        about = [control for control in followed if rule.id in control.rules]
        demanded = ", ".join(f"{key}: {words(rule.demand(key))}" for key in rule.demands) or ALWAYS
        for verdict in rule.judge(view):
            reported = rule.reported_as(verdict)
            silent = verdict.result != HOLDS and any(each.covers(reported, verdict.logical_id) for each in accepted)
            resource = view.resource(verdict.logical_id) if verdict.path[:1] == ("Resources",) else None
            type_name = resource.type if resource else ""
            yield Row(
                file,
                demanded,
                rule.id,
                rule.shortdesc,
                verdict.logical_id,
                type_name,
                verdict.property,
                _plain(verdict.found),
                SUPPRESSED if silent else verdict.result,
                tuple(proven(about, excluded, rule.id, type_name, verdict.property)),
            )


def _followed(checker: Checker) -> Iterator[Control]:
    """Controls of the frameworks that are demanded; of all where none is."""
    demanded = checker.requirements.frameworks or {name: versions(name)[-1] for name in frameworks()}
    for framework, version in demanded.items():
        yield from controls(framework, version)


def _digest(file: str) -> str:
    with open(file, "rb") as opened:
        return hashlib.sha256(opened.read()).hexdigest()


def _plain(value: Any) -> Any:
    """A value as JSON has it; what is missing is null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value is MISSING:
        return None
    return value if isinstance(value, (bool, int, float)) or value is None else str(value)
