"""What a person sees of a rollout."""

from __future__ import annotations

import re

import pytest

from tap_templates.cli.rollout.printing import print_failures, print_instances
from tap_templates.deployment.rollouts import Instance, Operation, Result
from tap_templates.deployment.rollouts.steps import Rollout

HOME, SECOND, EU = "123456789012", "444455556666", "eu-west-1"
REASON = "ResourceLogicalId:Jobs, ResourceType:AWS::SQS::Queue, ResourceStatusReason:jobs [red] already exists"


def test_a_terminal_gets_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A long reason is folded, not cut, and brackets in it are text."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "90")

    print_instances([Instance(HOME, EU, "OUTDATED", HOME, detail="FAILED", reason=REASON)])

    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert [len(line) for line in lines] == [90] * len(lines)
    reason = [line.split("│")[-2].strip() for line in lines[3:-1]]
    assert len(reason) > 1
    assert "".join(reason).replace(" ", "") == "Jobs(AWS::SQS::Queue):jobs[red]alreadyexists"


def test_what_was_not_tried_is_no_failure_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the account that failed is named, with what to do; the cancelled one follows from it."""
    cancelled = Result(SECOND, EU, "CANCELLED", "Cancelled since failure tolerance has exceeded")
    operation = Operation("op", "CREATE", "FAILED", (Result(HOME, EU, "FAILED", REASON), cancelled))

    print_failures(Rollout("jobs", "SELF_MANAGED", (), (operation,)))

    said = capsys.readouterr().err
    assert said.startswith(f"error: {HOME}/{EU}: Jobs (AWS::SQS::Queue): jobs [red] already exists; somebody else owns")
    assert SECOND not in said
