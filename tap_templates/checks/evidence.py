"""The proof: which requirement was judged at which property of which resource, with what result, for which controls.

One row for each verdict, also where a rule holds; then each control of the frameworks that are named, with the result
of its checks, what lies outside of what a template can show, and what is excluded with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tap_templates.checks.engine import Checker, Report, read
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS
from tap_templates.checks.suppressions import in_force, written
from tap_templates.checks.view import MISSING
from tap_templates.data.controls import Control, controls, controls_of
from tap_templates.report.rendering import render, words

ALWAYS = "always"  # What a rule demands whatever the requirements say.
SUPPRESSED = "suppressed"
OUTSIDE = "outside"
EXCLUDED = "excluded"
NOTHING = "nothing to judge"


class Row(NamedTuple):
    """One verdict."""

    file: str
    requirement: str  # "bucket_encryption: AES256", or "always"
    rule: str
    must_hold: str
    resource: str
    property: str
    value: Any
    result: str
    controls: tuple[str, ...]  # "cis-aws 2.1.1"


class ControlResult(NamedTuple):
    """One control of a framework, and what the checks say of it."""

    control: str
    title: str
    result: str
    rules: tuple[str, ...]
    reason: str


def rows(report: Report) -> list[Row]:
    """Every verdict of this library's rules on the files of a report, in the order of files, rules and templates."""
    return [row for file in report.files for row in _of_file(report.checker, file)]


def control_results(checker: Checker, matrix: Sequence[Row]) -> list[ControlResult]:
    """Every control of the frameworks that the requirements name."""
    results = _by_rule(matrix)
    demanded = checker.requirements
    return [
        _control_result(control, results, demanded.excluded_controls.get(control.name))
        for framework, version in demanded.frameworks.items()
        for control in controls(framework, version)
    ]


def as_data(report: Report) -> dict[str, Any]:
    """The whole evidence as plain data, for JSON."""
    matrix = rows(report)
    counts = {word: sum(row.result == word for row in matrix) for word in (HOLDS, FAILS, CANNOT_TELL, SUPPRESSED)}
    return {
        "checked": report.checker.today.isoformat(),
        "files": list(report.files),
        "counts": counts,
        "matrix": [{**row._asdict(), "controls": list(row.controls)} for row in matrix],
        "controls": [{**each._asdict(), "rules": list(each.rules)} for each in control_results(report.checker, matrix)],
        "suppressions": [each._asdict() for each in report.in_force],
    }


def as_markdown(data: dict[str, Any]) -> str:
    """The same for people."""
    return render("evidence.md.j2", data)


def _of_file(checker: Checker, file: str) -> Iterator[Row]:
    view = read(file)
    accepted = in_force([*written(view), *checker.accepted], checker.today)
    for rule in checker.rules:
        names = tuple(control.name for control in controls_of(rule.id))
        demanded = ", ".join(f"{key}: {words(rule.demand(key))}" for key in rule.demands) or ALWAYS
        for verdict in rule.judge(view):
            reported = rule.reported_as(verdict)
            silent = verdict.result != HOLDS and any(each.covers(reported, verdict.logical_id) for each in accepted)
            yield Row(
                file,
                demanded,
                rule.id,
                rule.shortdesc,
                verdict.logical_id,
                verdict.property,
                _plain(verdict.found),
                SUPPRESSED if silent else verdict.result,
                names,
            )


def _by_rule(matrix: Sequence[Row]) -> dict[str, set[str]]:
    results: dict[str, set[str]] = {}
    for row in matrix:
        results.setdefault(row.rule, set()).add(row.result)
    return results


def _control_result(control: Control, results: dict[str, set[str]], excluded: str | None) -> ControlResult:
    said = {word for rule in control.rules for word in results.get(rule, ())}
    if excluded is not None:
        word = EXCLUDED
    elif control.outside:
        word = OUTSIDE
    else:
        word = next((each for each in (FAILS, CANNOT_TELL, SUPPRESSED, HOLDS) if each in said), NOTHING)
    return ControlResult(control.name, control.title, word, control.rules, excluded or control.outside)


def _plain(value: Any) -> Any:
    """A value as JSON has it; what is missing is null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value is MISSING:
        return None
    return value if isinstance(value, (bool, int, float)) or value is None else str(value)
