"""SARIF output: valid by the schema of SARIF 2.1.0, whatever is found and wherever."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tap_templates.checks.engine import Checker
from tap_templates.checks.presentation import sarif
from tap_templates.settings import Suppression

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tests" / "data_files" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
CLEAN = ROOT / "templates" / "secure-enterprise.json"
LOG = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "jobs", "RetentionInDays": 30}}
ACCEPTED = Suppression("E9607", "Log", "a trial", "team", "2999-01-01")
TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def checker() -> Checker:
    """Every rule, and one suppression in the settings."""
    return Checker(accepted=[ACCEPTED], today=TODAY)


def shown(checker: Checker, *files: Path | str) -> dict[str, Any]:
    """What is found in some files, as SARIF that is valid."""
    data: dict[str, Any] = json.loads(sarif(checker.check([str(file) for file in files])))
    problems = [
        f"{list(error.absolute_path)}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(data)
    ]
    assert problems == []
    return data


def places(data: dict[str, Any]) -> list[tuple[str, str | None, str, int]]:
    """File, base, rule and line of each result."""
    [run] = data["runs"]
    found = []
    for result in run["results"]:
        [place] = result["locations"]
        artifact = place["physicalLocation"]["artifactLocation"]
        line = place["physicalLocation"]["region"]["startLine"]
        found.append((artifact["uri"], artifact.get("uriBaseId"), result["ruleId"], line))
    return found


def test_schema_is_one(checker: Checker) -> None:
    """It is valid itself, and refuses what is not SARIF."""
    Draft202012Validator.check_schema(SCHEMA)
    data = json.loads(sarif(checker.check([str(CLEAN)])))
    data["runs"][0]["tool"] = {}

    assert not Draft202012Validator(SCHEMA).is_valid(data)
    assert not Draft202012Validator(SCHEMA).is_valid({"version": "2.0.0", "runs": []})


def test_nothing_found_is_valid() -> None:
    """A run without results and without rules."""
    data = shown(Checker(today=TODAY), CLEAN)

    assert data["version"] == "2.1.0"
    assert data["runs"][0]["results"] == []
    assert data["runs"][0]["tool"]["driver"]["rules"] == []


def test_findings_are_valid(checker: Checker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors and warnings of cfn-lint and of this library, what cannot be told, in a file named relatively."""
    monkeypatch.chdir(tmp_path)
    broken = {**LOG, "Properties": {"RetentionInDays": {"Ref": "Days"}, "Nonsense": 1}}
    template = {"Parameters": {"Days": {"Type": "Number"}}, "Resources": {"Jobs": broken}}
    Path("my template.json").write_text(json.dumps(template, indent=1), encoding="utf-8")
    data = shown(checker, "my template.json")

    found = places(data)
    assert {"E3002", "W9000", "E9601"} <= {rule for _, _, rule, _ in found}
    assert {(file, base) for file, base, rule, _ in found if rule != "W9003"} == {
        ("my%20template.json", "EXECUTIONROOT")
    }
    rules = [rule["id"] for rule in data["runs"][0]["tool"]["driver"]["rules"]]
    assert rules == sorted({rule for _, _, rule, _ in found})


def test_suppressed_findings_are_left_out(checker: Checker, tmp_path: Path) -> None:
    """And one that nothing needs is a result with its line."""
    row = {**ACCEPTED._asdict(), "resource": "Other"}
    template = {"Metadata": {"tap_templates": {"suppressions": [row]}}, "Resources": {"Log": LOG}}
    file = tmp_path / "t.json"
    file.write_text(json.dumps(template, indent=1), encoding="utf-8")
    found = places(shown(checker, file))

    assert "E9607" not in [rule for _, _, rule, _ in found]
    assert (file.as_uri(), None, "W9003", 5) in found


def test_several_files_are_valid(checker: Checker, tmp_path: Path) -> None:
    """Each result has its own file, as an absolute URI, also that of a name that both want."""
    files = [tmp_path / name for name in ("a.json", "b ä.json")]
    for file in files:
        file.write_text(json.dumps({"Resources": {"Log": LOG}}, indent=1), encoding="utf-8")
    found = places(shown(checker, *files, CLEAN))

    assert {file for file, _, _, _ in found} == {file.as_uri() for file in files}
    assert (files[1].as_uri(), None, "E9516", 6) in found
