"""Counting which Conditions and AllowedValues were seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tap_templates.testing import resolve
from tap_templates.testing.condition_coverage import ConditionCoverage
from tap_templates.testing.observation import observed_by

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Days": {"Type": "Number", "AllowedValues": [1, 3, 5, 7, 14, 30, 60, 90], "Default": 7},
        "Email": {"Type": "String", "AllowedValues": ["", "a@b.c"], "Default": ""},
        "Zones": {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b", "c"], "Default": "a, b"},
        "Free": {"Type": "String", "Default": "x"},
    },
    "Conditions": {"HasEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]}},
    "Resources": {"Q": {"Type": "AWS::SQS::Queue"}},
}


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The template above, as a file."""
    path = tmp_path / "t.json"
    path.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    return str(path)


def test_what_was_seen_is_counted_and_the_rest_named(file: str) -> None:
    """Both sides of a Condition and each allowed value count; items of a list count each."""
    coverage = ConditionCoverage([file])
    with observed_by(coverage.saw):
        resolve(TEMPLATE)
        resolve(file, {"Days": 30})
    resolve(file, {"Email": "a@b.c"})

    assert coverage.report() == [
        file,
        "  HasEmail    1 of 2    never true",
        "  Days        2 of 8    never 1, 3, 5, 14, 60, 90",
        "  Email       1 of 2    never a@b.c",
        "  Zones       2 of 3    never c",
        "",
        "condition coverage: 40.0 %",
    ]


def test_what_another_process_saw_is_added(file: str) -> None:
    """Seen twice counts once; what is no value of the template does not count."""
    coverage = ConditionCoverage([file])

    coverage.add({file: {"HasEmail": ["true", "maybe"], "Days": ["1"]}})
    coverage.add({file: {"HasEmail": ["true", "false"]}})

    assert coverage.seen[file] == {"HasEmail": ["true", "false"], "Days": ["1"]}
    assert "  HasEmail    2 of 2" in coverage.report()
    assert "  Days        1 of 8    never 3, 5, 7, 14, 30, 60 and 1 more" in coverage.report()


def test_template_that_no_test_resolved_is_not_covered(file: str) -> None:
    """Another template, even a similar one, does not count."""
    coverage = ConditionCoverage([file])
    with observed_by(coverage.saw):
        resolve({**TEMPLATE, "Description": "another"})

    assert coverage.percent == 0
    assert "  Email       0 of 2    never (empty), a@b.c" in coverage.report()


def test_nothing_to_cover_is_covered(tmp_path: Path) -> None:
    """A template without Conditions and AllowedValues is no reason to fail."""
    (tmp_path / "t.json").write_text('{"Resources": {}}', encoding="utf-8")
    coverage = ConditionCoverage([str(tmp_path / "t.json")])

    assert coverage.percent == 100
    assert "  no Conditions and no AllowedValues: nothing to cover" in coverage.report()


def test_coverage_is_rounded_down(file: str) -> None:
    """One of three is 33.3, not 33.4; all but one of many is not 100."""
    coverage = ConditionCoverage([file])
    coverage.add({file: {"Email": ["", "a@b.c"], "HasEmail": ["true"], "Zones": ["a", "b"]}})

    assert coverage.percent == 33.3
