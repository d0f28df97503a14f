"""Checking files: what is found, what is suppressed and for how long, and what is no template."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tap_templates import Requirements
from tap_templates.checks.engine import Checker, Finding
from tap_templates.errors import UsageError
from tap_templates.settings import Suppression

Write = Callable[..., str]
TODAY = date(2026, 11, 26)
ABOUT = ("E9001", "E9002", "E9607", "W9000", "W9003")
LOG = {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
LONG = {**LOG, "Properties": {"RetentionInDays": 400}}
SHORT = {**LOG, "Properties": {"RetentionInDays": 30}}
ACCEPTED = {"rule": "E9607", "resource": "Log", "reason": "a trial", "owner": "team", "expires": "2026-11-26"}
pytestmark = pytest.mark.slow  # Each case runs cfn-lint as a whole.


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a template and returns its path."""

    def written(resources: Any, name: str = "t.json", **sections: Any) -> str:
        path = tmp_path / name
        path.write_text(json.dumps({**sections, "Resources": resources}), encoding="utf-8")
        return str(path)

    return written


def own(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Rule and resource of what is found of retention and suppressions."""
    return [(finding.rule, finding.logical_id) for finding in findings if finding.rule in ABOUT]


def check(file: str, *accepted: Suppression, demanded: Requirements | None = None) -> Any:
    """The report on one file."""
    return Checker(demanded, accepted=accepted, today=TODAY).check([file])


def test_finding_says_where(write: Write) -> None:
    """A finding has its file, rule, resource, property and requirement."""
    file = write({"Log": SHORT})
    report = check(file)
    [finding] = [each for each in report.findings if each.rule == "E9607"]

    assert (finding.file, finding.logical_id, finding.severity) == (file, "Log", "error")
    assert finding.path == ("Resources", "Log", "Properties", "RetentionInDays")
    assert finding.message.startswith("Log.RetentionInDays: found 30;")
    assert "log_retention_days" in finding.message
    assert not report.passes


def test_demand_decides(write: Write) -> None:
    """The same template passes where less is demanded."""
    file = write({"Log": SHORT})

    assert own(check(file, demanded=Requirements(log_retention_days=30)).findings) == []


def test_both_polarities_of_bucket_encryption() -> None:
    """Where KMS is mandated, SSE-S3 is the violation; the bucket for access logs alone cannot have a key."""
    template = Path(__file__).parents[2] / "templates" / "secure-enterprise.json"
    demanded = Requirements(bucket_encryption="aws:kms")
    found = [each for each in check(str(template), demanded=demanded).findings if each.rule == "E9101"]

    assert [each.logical_id for each in found] == ["DataBucket", "TrailBucket"]
    assert all(each.message.endswith("use aws:kms (requirement bucket_encryption: aws:kms)") for each in found)


def test_own_template_passes() -> None:
    """Neither cfn-lint nor this library finds anything in the committed template."""
    template = Path(__file__).parents[2] / "templates" / "secure-enterprise.json"
    report = check(str(template))

    assert report.findings == ()
    assert report.passes


def test_rules_of_cfn_lint_run_too(write: Write) -> None:
    """A property that does not exist is found by cfn-lint's own rule."""
    file = write({"Log": {**LONG, "Properties": {"RetentionInDay": 400}}})

    assert "E3002" in {finding.rule for finding in check(file).findings}


@pytest.mark.parametrize("where", ["template", "resource", "settings"])
def test_suppression_in_force_silences_its_finding(write: Write, where: str) -> None:
    """It may stand in the template, in the resource, or in the settings, and holds on its last day."""
    log: Any = dict(SHORT)
    sections: dict[str, Any] = {}
    accepted = []
    if where == "template":
        sections["Metadata"] = {"tap_templates": {"suppressions": [ACCEPTED]}}
    elif where == "resource":
        row = {key: value for key, value in ACCEPTED.items() if key != "resource"}
        log["Metadata"] = {"tap_templates": {"suppressions": [row]}}
    else:
        accepted = [Suppression(**ACCEPTED)]
    report = check(write({"Log": log}, **sections), *accepted)

    assert own(report.findings) == []
    assert own(report.suppressed) == [("E9607", "Log")]
    assert report.in_force == (Suppression(**ACCEPTED),)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"expires": "2020-01-01"}, [("E9002", "Metadata"), ("E9607", "Log")]),
        ({"expires": "soon"}, [("E9001", "Metadata"), ("E9607", "Log")]),
        ({"owner": ""}, [("E9001", "Metadata"), ("E9607", "Log")]),
        ({"reason": " "}, [("E9001", "Metadata"), ("E9607", "Log")]),
        ({"resource": "Other"}, [("E9607", "Log"), ("W9003", "Metadata")]),
    ],
)
def test_suppression_that_does_not_hold_is_a_finding(
    write: Write, change: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    """One that is past, lacks a part or fits nothing suppresses nothing and is found itself, wherever it stands."""
    row = {**ACCEPTED, **change}
    report = check(write({"Log": SHORT}, Metadata={"tap_templates": {"suppressions": [row]}}))
    by_settings = check(write({"Log": SHORT}, "u.json"), Suppression(**row))

    assert sorted(own(report.findings)) == expected
    assert sorted(rule for rule, _ in own(by_settings.findings)) == sorted(rule for rule, _ in expected)
    assert report.in_force == ()


def test_names_of_two_templates_collide(write: Write) -> None:
    """A literal name in two files is found at the second; each of them alone says nothing of the other."""
    named = {**LONG, "Properties": {"LogGroupName": "jobs", "RetentionInDays": 400}}
    first, second = write({"Log": named}), write({"Other": named}, "u.json")
    found = [each for each in Checker(today=TODAY).check([first, second]).findings if each.rule == "E9516"]

    assert [(each.file, each.logical_id) for each in found] == [(second, "Other")]
    assert f"Log in {first}" in found[0].message
    assert "E9516" not in [each.rule for each in check(first).findings]


def test_what_the_engine_finds_has_its_line(tmp_path: Path) -> None:
    """A colliding name, and suppressions that nothing needs, in the template and in the settings."""
    first, second, settings = (tmp_path / name for name in ("a.yaml", "b.yaml", "tap.yaml"))
    log = "Resources:\n  Jobs:\n    Type: AWS::Logs::LogGroup\n    Properties:\n      LogGroupName: jobs\n"
    row = "{rule: E9607, resource: Other, reason: a trial, owner: team, expires: 2999-01-01}"
    first.write_text(log, encoding="utf-8")
    second.write_text(f"Metadata:\n  tap_templates:\n    suppressions:\n      - {row}\n{log}", encoding="utf-8")
    settings.write_text(f"version: 1\nsuppressions:\n\n  - {row}\n", encoding="utf-8")
    accepted = [Suppression("E9607", "Other", "a trial", "team", "2999-01-01")]
    report = Checker(accepted=accepted, source=str(settings), today=TODAY).check([str(first), str(second)])

    assert [
        (Path(each.file).name, each.rule, each.line, each.column, each.match.linenumber)
        for each in report.findings
        if each.rule in ("E9516", "W9003")
    ] == [("b.yaml", "W9003", 4, 9, 4), ("b.yaml", "E9516", 9, 7, 9), ("tap.yaml", "W9003", 4, 5, 4)]


def test_undecided_is_a_finding_of_its_own(write: Write) -> None:
    """What a rule cannot tell is found under W9000, with the rule that asked."""
    log = {**LOG, "Properties": {"RetentionInDays": {"Ref": "Days"}}}
    report = check(write({"Log": log}, Parameters={"Days": {"Type": "Number"}}))
    [finding] = [each for each in report.findings if each.is_undecided]

    assert finding.rule == "W9000"
    assert finding.message.startswith("E9607 Log.RetentionInDays: cannot tell what {'Ref': 'Days'} becomes;")
    assert not report.passes


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "found 'an empty file'"),
        ("[1, 2]", "no Resources"),
        ("{}", "no Resources"),
        ("just words", "no Resources"),
        ("a: [1", "write a CloudFormation template in JSON or YAML"),
        ('{"Resources": {"A": 1', "write a CloudFormation template in JSON or YAML"),
        ("x" * 1_000_001, "1,000,001 bytes"),
    ],
    ids=["empty", "list", "no resources", "words", "half YAML", "half JSON", "large"],
)
def test_file_that_is_no_template_is_refused(tmp_path: Path, content: str, found: str) -> None:
    """What is no template is said at once, with the file."""
    path = tmp_path / "t.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        check(str(path))

    assert str(caught.value).startswith(str(path))
    assert found in str(caught.value)


def test_folder_missing_and_binary_files_are_refused(tmp_path: Path) -> None:
    """A folder, a file that is not there, and bytes that are no text."""
    binary = tmp_path / "b.json"
    binary.write_bytes(b"\xff\xfe\x00")
    said = []
    for path in (tmp_path, tmp_path / "none.json", binary):
        with pytest.raises(UsageError) as caught:
            check(str(path))
        said.append(caught.value.found)

    assert said == ["is a directory", "no such file or directory", "bytes that are not UTF-8"]


def test_rules_run_in_plain_cfn_lint(write: Write) -> None:
    """A team that appends the rules to its own cfn-lint gets the findings, demands, and suppressions of Metadata."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner

    quiet = {**ACCEPTED, "resource": "Quiet", "expires": "2999-01-01"}
    template = {"Metadata": {"tap_templates": {"suppressions": [quiet]}}, "Resources": {"Log": SHORT, "Quiet": SHORT}}

    def found(days: int) -> list[str]:
        demanded = {"E9607": {"log_retention_days": days}}
        rules = ["tap_templates.checks.rules"]
        config = ConfigMixIn([], append_rules=rules, regions=["us-east-1"], configure_rules=demanded)
        matches = Runner(config).validate_template(template)
        return [match.path[1] for match in matches if match.rule.id == "E9607"]

    assert found(365) == ["Log"]
    assert found(30) == []
