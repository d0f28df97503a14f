"""What a person types and sees: ``verify``, against an embedded AWS."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from tap_templates.cli import main
from tap_templates.cli.verify import Progress, explanation
from tap_templates.deployment import Clients, deploy
from tap_templates.deployment.verification.verdicts import Verdict
from tap_templates.emulator import EmbeddedAws, is_embedded_aws

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs", "DelaySeconds": 5}}
TEMPLATE = {
    "Resources": {
        "Jobs": QUEUE,
        "Cluster": {
            "Type": "AWS::ECS::Cluster",
            "Properties": {"ClusterName": "mixed"},
        },
    }
}


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """A server with two small stacks: ``jobs``, and ``mixed`` with a table that no reader knows."""
    with EmbeddedAws() as aws:
        made = Clients(arguments=aws.client_arguments())
        client = made("cloudformation")
        deploy(json.dumps({"Resources": {"Jobs": QUEUE}}), stack_name="jobs", client=client, poll_seconds=0.02)
        other = {**TEMPLATE["Resources"], "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}}}
        deploy(json.dumps({"Resources": other}), stack_name="mixed", client=client, poll_seconds=0.02)
        yield made


@pytest.fixture
def endpoint(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options that name the server; credentials come from the environment, as a person has them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return ["--endpoint-url", clients("sqs").meta.endpoint_url, "--region", "us-east-1"]


def test_stack_as_it_should_be(endpoint: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, one line for each type, a count at the end; every value with --all."""
    assert main(["verify", "jobs", *endpoint]) == 0
    said = capsys.readouterr().out
    assert "stack jobs: 1 resources, 2 values: 2 applied" in said
    assert "DelaySeconds" not in said

    assert main(["verify", "jobs", *endpoint, "--all"]) == 0
    assert "applied: 5" in capsys.readouterr().out


def test_difference_is_told_and_fails(
    endpoint: list[str], clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, with property, what is expected and what was found; in JSON, too."""
    sqs = clients("sqs")
    url = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "9"})

    assert main(["verify", "jobs", *endpoint]) == 1
    assert 'different: expected 5, found "9"' in capsys.readouterr().out

    assert main(["verify", "jobs", *endpoint, "--format", "json"]) == 1
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert data["verified"] is False
    assert data["counts"]["different"] == 1
    assert data["verdicts"][1] == {
        "resource": "Jobs",
        "type": "AWS::SQS::Queue",
        "property": "DelaySeconds",
        "verdict": "different",
        "expected": 5,
        "found": "9",
        "reason": "",
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})


def test_what_cannot_be_read_fails_unless_allowed(endpoint: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A type without a reader is not passed over in silence."""
    assert main(["verify", "mixed", *endpoint]) == 1
    assert "no reader for this type" in capsys.readouterr().out

    assert main(["verify", "mixed", *endpoint, "--allow-undecided"]) == 0


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["verify", "nobody"], "deploy it first, or correct name and region"),
        (["verify"], "Missing argument 'STACK'"),
        (["verify", "jobs", "--format", "xml"], "'xml' is not one of"),
        (["verify", "jobs", "--local"], "use one of them"),
    ],
    ids=["no stack", "no name", "format", "two targets"],
)
def test_bad_input_is_told(
    arguments: list[str], remedy: str, endpoint: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, nothing on stdout, what to do on stderr."""
    assert main([*arguments, *endpoint]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert remedy in said.err


def test_local_state_is_verified_after_deploy(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``deploy --local`` and then ``verify --local`` see one stack."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"Jobs": QUEUE}}), encoding="utf-8")
    assert main(["deploy", "t.json", "--stack", "jobs", "--local", "--yes", "--no-checks"]) == 0
    assert main(["verify", "jobs", "--local"]) == 0
    assert "2 applied" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (Verdict("R", "T", "", "applied"), "applied"),
        (Verdict("R", "T", "P", "applied", 1), "applied: 1"),
        (Verdict("R", "T", "", "different", found="no resource", reason="404"), "different: no resource (404)"),
        (Verdict("R", "T", "P", "different", None, "x"), 'different: expected nothing, found "x"'),
        (Verdict("R", "T", "P", "known gap", reason="why"), "known gap of the embedded AWS: why"),
        (
            Verdict("R", "T", "P", "stale gap", reason="why"),
            "stale gap: applied, although the embedded AWS is said not to (why); remove the entry",
        ),
        (Verdict("R", "T", "P", "cannot tell", reason="why"), "cannot tell: why"),
        (Verdict("R", "T", "P", "applied", "x" * 400), f'applied: "{"x" * 299}…'),
    ],
)  # fmt: skip
def test_verdict_is_one_sentence(verdict: Verdict, sentence: str) -> None:
    """Long values are cut."""
    assert explanation(verdict) == sentence


def test_progress_is_one_line_that_goes(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of it stays on the terminal."""
    show = Progress()
    show("Bucket", 1, 2)
    show("Queue", 2, 2)
    assert capsys.readouterr().err == "\r\x1b[K1/2 Bucket\r\x1b[K"


def test_embedded_aws_is_told_from_other_endpoints(clients: Clients) -> None:
    """Only a server of this machine that answers as the embedded AWS does has its gaps."""
    assert is_embedded_aws(clients("sqs").meta.endpoint_url)
    assert not is_embedded_aws(None)
    assert not is_embedded_aws("https://sqs.us-east-1.amazonaws.com")
    assert not is_embedded_aws("http://127.0.0.1:9")
