"""Evidence: every verdict with its requirement and controls, and every control with its result."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tap_templates import Requirements
from tap_templates.checks.engine import Checker
from tap_templates.checks.evidence import as_data, as_markdown
from tap_templates.settings import Suppression

TRAIL = {"Type": "AWS::CloudTrail::Trail", "Properties": {"KMSKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}}
KEY = {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": False}}
CIS = {"frameworks": {"cis-aws": "5.0"}, "bucket_encryption": "any", "trail_encryption": "aws:kms"}
pytestmark = pytest.mark.slow  # Each case runs cfn-lint as a whole.


def evidence(tmp_path: Path, resources: Any, *accepted: Suppression, **demands: Any) -> dict[str, Any]:
    """The evidence on one template."""
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    checker = Checker(Requirements(**demands), accepted=accepted, today=date(2026, 11, 26))
    return as_data(checker.check([str(path)]))


def row(data: dict[str, Any], rule: str) -> dict[str, Any]:
    """The only row of a rule."""
    [found] = [each for each in data["matrix"] if each["rule"] == rule]
    return found


def test_row_has_requirement_place_value_result_and_controls(tmp_path: Path) -> None:
    """A verdict that holds is evidence too."""
    found = row(evidence(tmp_path, {"Trail": TRAIL, "Key": KEY}, **CIS), "E9102")

    assert {key: found[key] for key in ("requirement", "resource", "type", "property", "result", "controls")} == {
        "requirement": "trail_encryption: aws:kms",
        "resource": "Trail",
        "property": "KMSKeyId",
        "result": "holds",
        "type": "AWS::CloudTrail::Trail",
        "controls": ["cis-aws 3.5"],
    }


def test_missing_value_is_null_and_rule_without_requirement_says_always(tmp_path: Path) -> None:
    """What is not there is null in JSON."""
    data = evidence(tmp_path, {"Trail": TRAIL, "Key": KEY, "Bucket": {"Type": "AWS::S3::Bucket"}})

    assert row(data, "E9101")["value"] is None
    assert row(data, "E9111")["requirement"] == "always"
    assert row(data, "E9111")["result"] == "fails"
    assert data["counts"]["fails"] == sum(each["result"] == "fails" for each in data["matrix"])


def test_control_has_the_result_of_its_checks(tmp_path: Path) -> None:
    """Held, failed, excluded with its reason, or with nothing to judge."""
    failing = {**TRAIL, "Properties": {}}
    excluded = {**CIS, "excluded_controls": {"cis-aws 3.5": "AES-256 is mandated"}}

    def result(resources: Any, demands: Any) -> tuple[str, str]:
        [control] = [
            each for each in evidence(tmp_path, resources, **demands)["controls"] if each["control"] == "cis-aws 3.5"
        ]
        return control["result"], control["reason"]

    assert result({"Trail": TRAIL, "Key": KEY}, CIS) == ("holds", "")
    assert result({"Trail": failing}, CIS) == ("fails", "")
    assert result({"Key": KEY}, CIS) == ("nothing to judge", "")
    assert result({"Key": KEY}, excluded) == ("excluded", "AES-256 is mandated")


def test_suppressed_verdict_is_no_pass(tmp_path: Path) -> None:
    """What is suppressed is listed as such, and the suppression with its owner and last day."""
    accepted = Suppression("E9111", "Key", "imported key", "team", "2027-01-01")
    data = evidence(tmp_path, {"Key": KEY}, accepted)

    assert row(data, "E9111")["result"] == "suppressed"
    assert data["suppressions"] == [accepted._asdict()]


def test_markdown_shows_the_same(tmp_path: Path) -> None:
    """Every row of the matrix is a row of a table, below its requirement."""
    accepted = Suppression("E9111", "Key", "imported key", "team", "2027-01-01")
    data = evidence(tmp_path, {"Trail": TRAIL, "Key": KEY}, accepted, **CIS)
    lines = as_markdown(data).splitlines()

    assert "### trail_encryption: aws:kms" in lines
    assert "| E9111 | Key | imported key | team | 2027-01-01 |" in lines
    assert any(line.startswith("| cis-aws 3.5 |") and "| holds |" in line for line in lines)
    assert sum(line.startswith("| Trail |") for line in lines) == sum(
        each["resource"] == "Trail" for each in data["matrix"]
    )
