"""Evidence on frameworks: what holds, what no check covers, and what lies outside of a template."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tap_templates import Requirements
from tap_templates.checks.engine import Checker, Report
from tap_templates.checks.evidence import as_data, as_markdown
from tap_templates.data.controls import controls

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": True}}
STATEMENT = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
POLICY = {
    "Type": "AWS::SQS::QueuePolicy",
    "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": [STATEMENT]}},
}
TRAIL = {
    "Type": "AWS::CloudTrail::Trail",
    "Properties": {
        "IsLogging": True,
        "IsMultiRegionTrail": True,
        "EnableLogFileValidation": False,
        "CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-central-1:111122223333:log-group:audit:*",
        "CloudWatchLogsRoleArn": "arn:aws:iam::111122223333:role/audit",
    },
}
ALL = {"cis-aws": "5.0", "fsbp": None, "nist-800-53": 5}
EXCLUDED = dict.fromkeys(
    ("cis-aws 3.5", "fsbp CloudTrail.2", "nist-800-53 CloudTrail.2", "nist-800-53 S3.17"), "AES-256 is mandated"
)


def evidence(path: Path, **demands: Any) -> dict[str, Any]:
    """The evidence on one template; cfn-lint's own rules do not run."""
    path.write_text(json.dumps({"Resources": {"Queue": QUEUE, "QueuePolicy": POLICY, "Trail": TRAIL}}), "utf-8")
    checker = Checker(Requirements(**demands), today=date(2026, 11, 26))
    return as_data(Report((str(path),), (), (), (), checker))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The evidence for all frameworks."""
    return evidence(tmp_path_factory.mktemp("evidence") / "t.json", frameworks=ALL, excluded_controls=EXCLUDED)


@pytest.fixture(scope="module")
def markdown(data: dict[str, Any]) -> list[str]:
    """The same for people, line by line."""
    return as_markdown(data).splitlines()


def control(data: dict[str, Any], name: str) -> dict[str, Any]:
    """One control of the evidence."""
    [found] = [each for each in data["controls"] if each["control"] == name]
    return found


def section(markdown: list[str], title: str) -> Iterator[str]:
    """Rows of the tables of one section."""
    start = markdown.index(f"## {title}")
    for line in markdown[start + 1 :]:
        if line.startswith("## "):
            return
        if line.startswith("| "):
            yield line


def test_every_control_of_the_frameworks_has_a_result(data: dict[str, Any]) -> None:
    """Once each, and the counts of the frameworks are theirs."""
    every = [
        each.name
        for name, version in (("cis-aws", "5.0"), ("fsbp", "1.0.0"), ("nist-800-53", "5"))
        for each in controls(name, version)
    ]

    assert [each["control"] for each in data["controls"]] == every
    assert [sum(framework["counts"].values()) for framework in data["frameworks"]] == [63, 158, 120]
    assert data["frameworks"][0]["title"] == "CIS AWS Foundations Benchmark 5.0"


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("fsbp SQS.1", "holds"),
        ("fsbp SQS.3", "holds"),
        ("fsbp SNS.4", "nothing to judge"),
        ("fsbp CloudTrail.1", "holds in part"),
        ("fsbp CloudTrail.4", "fails"),
        ("fsbp CloudTrail.2", "excluded"),
        ("fsbp S3.1", "outside"),
        ("fsbp RDS.6", "not covered yet"),
        ("cis-aws 3.2", "fails"),
        ("cis-aws 1.5", "outside"),
        ("cis-aws 3.5", "excluded"),
        ("nist-800-53 SC-28", "holds in part"),
        ("nist-800-53 IA-2(1)", "outside"),
    ],
)
def test_result_of_a_control(data: dict[str, Any], name: str, result: str) -> None:
    """A queue's policy says nothing of topics, and one switch of a trail nothing of another."""
    assert control(data, name)["result"] == result


def test_what_lies_outside_is_never_shown_as_passed(data: dict[str, Any], markdown: list[str]) -> None:
    """It has a section of its own, with the reason, and no row among what was judged."""
    outside = [each for each in data["controls"] if each["result"] == "outside"]
    rows = [*section(markdown, "Controls outside of what a template can show")]

    assert len(rows) == len(outside) + 1
    assert (
        "| cis-aws 1.5 | The root user's MFA is a hardware device "
        "| The root user's credentials and devices are the account's, and only its owner can set them. |"
    ) in rows
    judged = {line.split("|")[1].strip() for line in section(markdown, "Controls that were judged")}
    assert judged.isdisjoint(each["control"] for each in outside)
    assert all(each["reason"] for each in outside)


def test_sections_tell_apart_what_was_not_judged(markdown: list[str]) -> None:
    """What no check covers, what the templates do not have, and what is excluded with its reason."""
    uncovered = [*section(markdown, "Controls that no check covers yet")]
    absent = [*section(markdown, "Controls about what these templates do not have")]
    excluded = [*section(markdown, "Controls that are excluded")]

    assert any(line.startswith("| fsbp RDS.6 |") and "No check is about it yet." in line for line in uncovered)
    assert "| fsbp SNS.4 | SNS topic access policies should not allow public access | E9208 |" in absent
    assert ("| cis-aws 3.5 | CloudTrail logs are encrypted at rest with KMS keys | AES-256 is mandated |") in excluded


def test_judged_control_names_its_checks_and_what_is_open(markdown: list[str]) -> None:
    """In part is not the whole."""
    rows = [*section(markdown, "Controls that were judged")]

    assert "| fsbp SQS.1 | Amazon SQS queues should be encrypted at rest | holds | E9105 | SQS.1 |  |" in rows
    assert any(
        line.startswith("| fsbp CloudTrail.1 |")
        and line.endswith("| Event selectors that leave management events out are not judged. |")
        for line in rows
    )


def test_row_names_the_controls_that_its_verdict_is_about(data: dict[str, Any]) -> None:
    """A verdict on a queue's policy is about SQS.3, not about the other controls of the same rule."""
    [row] = [each for each in data["matrix"] if each["rule"] == "E9208"]

    assert row["type"] == "AWS::SQS::QueuePolicy"
    assert row["controls"] == ["fsbp SQS.3"]


def test_cell_counts_the_controls_of_a_framework(markdown: list[str]) -> None:
    """Three are named; JSON has all of them."""
    [row] = [line for line in markdown if line.startswith("| Queue | SqsManagedSseEnabled |")]

    assert row.endswith("| fsbp SQS.1; nist-800-53 CA-9(1), CM-3(6), SC-7(10) and 4 more |")


def test_evidence_says_which_file_was_checked(data: dict[str, Any], markdown: list[str]) -> None:
    """By the digest of what was read, and where the controls are from."""
    [file] = data["files"]
    digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()

    assert data["sha256"] == {file: digest}
    assert f"- `{file}` (SHA-256 {digest})" in markdown
    assert any(
        line.startswith("- NIST SP 800-53 Revision 5: ") and "Source, read on 2026-" in line for line in markdown
    )


def test_without_frameworks_rows_name_the_controls_of_all(tmp_path: Path) -> None:
    """Then no control has a result."""
    data = evidence(tmp_path / "t.json")

    assert data["frameworks"] == data["controls"] == []
    [row] = [each for each in data["matrix"] if each["rule"] == "E9102"]
    assert row["controls"][:3] == ["cis-aws 3.5", "fsbp CloudTrail.2", "nist-800-53 AU-9"]
    assert "## Frameworks" not in as_markdown(data)
