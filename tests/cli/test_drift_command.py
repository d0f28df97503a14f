"""What a person types and sees: ``drift``."""

from __future__ import annotations

import json
import pathlib

import pytest

from tap_templates.cli import main
from tap_templates.cli.drift import summary
from tap_templates.cli.target import STATE_FOLDER
from tap_templates.deployment import Clients, Difference, Drift
from tap_templates.emulator import background

TEMPLATE = {
    "Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60, "DelaySeconds": 1}},
        "Mail": {"Type": "AWS::SQS::Queue"},
    },
    "Outputs": {"Jobs": {"Value": {"Ref": "Jobs"}}},
}


def test_drift_is_a_finding_and_sync_is_success(shared: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 and a sentence when all is as it should be; 1 and a table, or JSON, when something is not."""
    (shared / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    assert main(["deploy", "t.json", "--stack", "jobs", "--local", "--yes", "--no-checks", "-o", "out.json"]) == 0
    capsys.readouterr()

    assert main(["drift", "jobs", "--local"]) == 0
    assert capsys.readouterr().out == "stack jobs: in sync; 2 resources as declared\n"

    sqs = Clients(arguments=background.start(shared / STATE_FOLDER).aws.client_arguments())("sqs")
    url = json.loads((shared / "out.json").read_text(encoding="utf-8"))["Jobs"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5", "DelaySeconds": "7"})
    assert main(["drift", "jobs", "--local"]) == 1
    said = capsys.readouterr().out
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in said.splitlines() if "│" in line]
    assert ["Jobs", "AWS::SQS::Queue", "/VisibilityTimeout", "60", "5"] in cells
    assert ["", "", "/DelaySeconds", "1", "7"] in cells
    assert said.endswith("stack jobs: 2 differences in 1 resource; 1 resource as declared\n")

    assert main(["drift", "jobs", "--local", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["stack"], found["in_sync"], found["failure"], found["unchecked"]) == ("jobs", False, "", [])
    assert found["differences"][0] == {
        "resource": "Jobs",
        "type": "AWS::SQS::Queue",
        "id": url,
        "property": "/VisibilityTimeout",
        "expected": "60",
        "actual": "5",
    }

    assert main(["drift", "job", "--local"]) == 2
    assert "no such stack in this account and region" in capsys.readouterr().err


def test_what_could_not_be_looked_at_is_said() -> None:
    """A detection that failed in part is not in sync."""
    gone = Difference("Jobs", "AWS::SQS::Queue", "id", "", "the resource", "deleted")
    found = Drift("s", (gone,), 3, ("A", "B"), "AccessDenied on A")

    assert summary(found) == (
        "stack s: 1 difference in 1 resource; 3 resources as declared, "
        "2 that CloudFormation cannot compare; not all were looked at: AccessDenied on A"
    )


def test_failed_detection_is_no_success(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 although no difference was found; long values are cut in the table."""
    answers = iter(
        (
            Drift("s", (), 0, ("A",), "AccessDenied on A"),
            Drift("s", (Difference("A", "T", "id", "/P", "x" * 500, None),), 0, ()),
        )
    )
    monkeypatch.setattr("tap_templates.deployment.detect_drift", lambda *_, **__: next(answers))
    where = ["--endpoint-url", "http://127.0.0.1:9", "--region", "us-east-1"]

    assert main(["drift", "s", *where]) == 1
    assert "not all were looked at: AccessDenied on A" in capsys.readouterr().out
    assert main(["drift", "s", *where]) == 1
    said = capsys.readouterr().out
    assert said.replace("expected", "").count("x") == 200
    assert "x…" in said
    assert "nothing" in said
