"""What a person types and sees: ``rollout``, in an embedded AWS and with moto's stack sets."""

from __future__ import annotations

import http.server
import json
import pathlib
import re
import threading
from collections.abc import Iterator

import pytest

from tap_templates.cli import main
from tap_templates.emulator import EmbeddedAws

pytestmark = pytest.mark.once

TEMPLATE = {
    "Parameters": {"Owner": {"Type": "String", "MinLength": 2}, "Delay": {"Type": "Number", "Default": 0}},
    "Resources": {
        "Jobs": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": "jobs",
                "DelaySeconds": {"Ref": "Delay"},
                "Tags": [{"Key": "Owner", "Value": {"Ref": "Owner"}}],
            },
        }
    },
    "Outputs": {"JobsArn": {"Value": {"Fn::GetAtt": ["Jobs", "Arn"]}}},
}
HOME, SECOND = "123456789012", "444455556666"
PLACES = ["--accounts", f"{HOME},{SECOND}", "--regions", "eu-west-1", "--regions", "us-east-1"]
APPLY = ["rollout", "t.json", "--name", "jobs", "-p", "Owner=me"]


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A small template in a folder of its own, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedAws]:
    """One embedded AWS for the module."""
    with EmbeddedAws(account=HOME) as aws:
        yield aws


@pytest.fixture
def there(server: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options that lead to it; it is empty again."""
    server.reset()
    for name, value in server.environment().items():
        if name != "AWS_ENDPOINT_URL":
            monkeypatch.setenv(name, value)
    return ["--endpoint-url", server.endpoint, "--region", "us-east-1"]


def test_the_whole_way(there: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Roll out, look, nothing to do, read the outputs, change one account, find drift, delete."""
    assert main([*APPLY, *PLACES, "--yes", *there]) == 0
    said = capsys.readouterr()
    assert "- create stack set jobs" in said.err
    assert f"4/4 SUCCEEDED {SECOND} us-east-1" in said.err
    assert re.search(rf"^{SECOND}  us-east-1  CURRENT  SUCCEEDED$", said.out, re.M)
    assert "stack set jobs: 4 instances: 4 CURRENT" in said.err

    assert main([*APPLY, *PLACES, *there]) == 0  # asks nothing, there is nothing to do
    assert "stack set jobs is up to date" in capsys.readouterr().err

    assert main(["rollout", "outputs", "jobs", "-o", "cfn-outputs/flat-outputs.json", *there]) == 0
    assert "wrote cfn-outputs/flat-outputs.json: 4 outputs" in capsys.readouterr().err
    flat = json.loads(pathlib.Path("cfn-outputs/flat-outputs.json").read_text(encoding="utf-8"))
    assert flat[f"JobsArn_{SECOND}_eu_west_1"] == f"arn:aws:sqs:eu-west-1:{SECOND}:jobs"
    assert main(["rollout", "outputs", "jobs", *there]) == 0
    assert json.loads(capsys.readouterr().out) == flat

    one = ["--accounts", HOME, "--regions", "eu-west-1", "-p", "Delay=5", "--yes"]
    assert main(["rollout", "apply", "t.json", "--name", "jobs", *one, *there]) == 0
    assert "leave as it is, and out of date then, 3 instances elsewhere" in capsys.readouterr().err
    assert main(["rollout", "status", "jobs", "--format", "json", *there]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [instance["status"] for instance in data["instances"]] == ["CURRENT", *["OUTDATED"] * 3]
    assert data["permission_model"] == "SELF_MANAGED"

    assert main(["rollout", "drift", "jobs", *there]) == 0
    assert capsys.readouterr().out.count("IN_SYNC") == 4

    assert main(["rollout", "delete", "jobs", "--accounts", SECOND, "--yes", *there]) == 0
    assert "stack set jobs: 2 instances" in capsys.readouterr().err
    assert main(["rollout", "delete", "jobs", "--yes", *there]) == 0
    assert "stack set jobs deleted" in capsys.readouterr().err
    assert main(["rollout", "status", "jobs", *there]) == 2
    assert "no such stack set" in capsys.readouterr().err


def test_drift_is_shown_property_by_property(
    there: list[str], server: EmbeddedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1; account, region, resource, both values; the same as JSON."""
    import boto3

    assert main([*APPLY, "-p", "Delay=5", *PLACES, "--yes", *there]) == 0
    queues = boto3.client("sqs", **server.client_arguments(account=SECOND, region="eu-west-1"))
    url = queues.get_queue_url(QueueName="jobs")["QueueUrl"]
    queues.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "9"})
    capsys.readouterr()

    assert main(["rollout", "drift", "jobs", *there]) == 1
    said = capsys.readouterr().out
    assert f"{SECOND}/eu-west-1 Jobs (AWS::SQS::Queue): MODIFIED\n  DelaySeconds: expected 5, found 9" in said

    assert main(["rollout", "drift", "jobs", "--format", "json", *there]) == 1
    [drifted] = json.loads(capsys.readouterr().out)["drifted"]
    assert (drifted["account"], drifted["logical_id"]) == (SECOND, "Jobs")


def test_a_failure_names_its_cause_and_its_remedy(
    there: list[str], server: EmbeddedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, also where the failure is borne; no outputs are written, and the place is named."""
    taken = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "a"}}
    first = {**taken, "Properties": {**taken["Properties"], "Name": {"Fn::Sub": "jobs-${AWS::AccountId}"}}}  # type: ignore[dict-item]
    second = {**taken, "Properties": {**taken["Properties"], "Name": f"jobs-{SECOND}"}, "DependsOn": ["First"]}  # type: ignore[dict-item]
    resources = {**TEMPLATE["Resources"], "First": first, "Second": second}  # type: ignore[dict-item]
    pathlib.Path("t.json").write_text(json.dumps({**TEMPLATE, "Resources": resources}), encoding="utf-8")
    borne = ["--failure-tolerance", "1", "--concurrency", "100%", "--region-order", "parallel", "--yes"]

    assert main([*APPLY, *PLACES, *borne, *there]) == 1
    said = capsys.readouterr()
    assert re.search(
        rf"error: {SECOND}/eu-west-1, {SECOND}/us-east-1: Second \(AWS::SSM::Parameter\): .*; somebody", said.err
    )
    assert "4 instances: 2 CURRENT, 2 OUTDATED" in said.err

    assert main(["rollout", "outputs", "jobs", "-o", "flat.json", *there]) == 1
    assert f"{SECOND}/us-east-1: no stack (Second (AWS::SSM::Parameter)" in capsys.readouterr().err
    assert not pathlib.Path("flat.json").exists()
    assert main(["rollout", "status", "jobs", *there]) == 1
    assert "Second (AWS::SSM::Parameter)" in capsys.readouterr().out


def test_what_is_not_begun_after_a_failure_is_said(there: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The other account is behind then, and was not touched."""
    for account, region in ((HOME, "eu-west-1"), (SECOND, "us-east-1")):
        assert main([*APPLY, "--accounts", account, "--regions", region, "--yes", *there]) == 0
    wrong = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "{{resolve:ssm:/absent}}"}}
    resources = {**TEMPLATE["Resources"], "Wrong": wrong}  # type: ignore[dict-item]
    pathlib.Path("t.json").write_text(json.dumps({**TEMPLATE, "Resources": resources}), encoding="utf-8")
    capsys.readouterr()

    assert main([*APPLY, *PLACES, "--yes", *there]) == 1
    said = capsys.readouterr()
    assert "further operations not begun, because this one failed" in said.err
    assert f"error: {HOME}/eu-west-1: Wrong (AWS::SSM::Parameter)" in said.err
    assert re.search(rf"^{SECOND}  us-east-1  OUTDATED  SUCCEEDED$", said.out, re.M)


def test_a_stack_that_cannot_be_deleted_is_a_failure(
    there: list[str], server: EmbeddedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, with what remains and why."""
    import boto3

    assert main([*APPLY, "--accounts", HOME, "--regions", "us-east-1", "--yes", *there]) == 0
    cloudformation = boto3.client("cloudformation", **server.client_arguments())
    cloudformation.update_termination_protection(StackName="StackSet-jobs", EnableTerminationProtection=True)

    assert main(["rollout", "delete", "jobs", "--yes", *there]) == 1
    said = capsys.readouterr()
    assert "INOPERABLE" in said.out
    assert "termination protection" in said.err

    assert main(["rollout", "delete", "jobs", "--retain-stacks", "--yes", *there]) == 0
    assert "take out of the set, and leave, 1 of its stacks" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["rollout", "staus", "jobs"], "neither a step nor a file: 'staus' (did you mean status?)"),
        (["rollout", "missing.json", "--name", "jobs", *PLACES], "name a readable template file"),
        ([*APPLY, "--accounts", "12", "--regions", "mars-1"], "an account is twelve digits; 'mars-1': no such region"),
        ([*APPLY, "--ous", "ou-ab12-cdef3456", "--regions", "eu-west-1", "--permission-model", "self-managed"],
         "organizational units with self-managed permissions"),
        ([*APPLY, *PLACES, "--failure-tolerance", "lots"], "--failure-tolerance: found 'lots'"),
        ([*APPLY, *PLACES, "--concurrency", "0"], "--concurrency: found '0'"),
        ([*APPLY, *PLACES, "--admin-role", "r"], "use a role's ARN"),
        ([*APPLY, *PLACES, "-p", "Ownr=x"], "did you mean Owner?"),
        ([*APPLY, *PLACES, "-p", "Owner"], "write KEY=VALUE"),
        ([*APPLY, "--accounts", HOME], "--regions"),
        (["rollout", "t.json", *PLACES], "--name"),
        (["rollout", "--name", "jobs", *PLACES], "FILE"),
    ],
    ids=["no step", "no file", "malformed", "units and self-managed", "tolerance", "concurrency", "role", "unknown",
         "no value", "no regions", "no name", "no template"],
)  # fmt: skip
def test_bad_input_is_said_before_any_call(
    arguments: list[str], remedy: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2, nothing on stdout, what to do on stderr; no AWS is looked for."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert remedy in said.err
    assert "Traceback" not in said.err


class Page(http.server.BaseHTTPRequestHandler):
    """A proxy's error page in answer to everything."""

    def do_POST(self) -> None:
        """The page."""
        page = b"<!doctype html><title>502 Bad Gateway</title>" + b"<p>" * 999
        self.send_response(400)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    "step",
    [["apply", "t.json", "--name", "jobs", "-p", "Owner=me", *PLACES], ["status", "jobs"], ["delete", "jobs"]],
    ids=lambda step: step[0],
)
def test_an_endpoint_that_is_not_aws_is_said_to_be_none(
    step: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, however long the page that it answers with."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever).start()
        there = ["--endpoint-url", f"http://127.0.0.1:{server.server_port}", "--region", "us-east-1"]
        try:
            assert main(["rollout", *step, *there]) == 1
        finally:
            server.shutdown()
    said = capsys.readouterr().err
    assert "no proxy answers in its place" in said
    assert len(said) < 700
    assert "Traceback" not in said


def test_without_a_terminal_to_ask_on_nothing_is_done(there: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """``--yes`` is asked for; the plan has been shown."""
    assert main([*APPLY, *PLACES, *there]) == 2
    said = capsys.readouterr().err
    assert "- create 4 instances" in said
    assert "pass --yes" in said
    assert main(["rollout", "status", "jobs", *there]) == 2


@pytest.mark.parametrize("answer", [False, True])
def test_on_a_terminal_it_asks(
    answer: bool, there: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No leaves everything as it was, with exit code 1; yes goes on; so with deleting."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.confirm", lambda text, err: answer)

    expected = 0 if answer else 1
    assert main([*APPLY, *PLACES, *there]) == expected
    assert ("nothing was done" in capsys.readouterr().err) is not answer
    monkeypatch.setattr("click.confirm", lambda text, err: True)
    main([*APPLY, *PLACES, *there])
    monkeypatch.setattr("click.confirm", lambda text, err: answer)
    assert main(["rollout", "delete", "jobs", *there]) == expected
    assert ("nothing was done" in capsys.readouterr().err) is not answer


def test_units_have_no_place_in_an_embedded_aws(there: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The option that works instead is named."""
    arguments = [*APPLY, "--ous", "ou-ab12-cdef3456", "--regions", "eu-west-1", "--yes", *there]
    assert main(arguments) == 2
    assert "an embedded AWS, which has no organization'; use --accounts" in capsys.readouterr().err


def test_help_is_shown_with_nothing_and_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    """All five steps are in it."""
    assert main(["rollout", "--help"]) == 0
    asked = capsys.readouterr().out
    main(["rollout"])
    assert all(step in asked for step in ("apply", "status", "drift", "outputs", "delete"))
    assert "status" in "".join(capsys.readouterr())


class TestStackSets:
    """Where no embedded AWS answers, CloudFormation's engine is used: moto's, here."""

    @pytest.fixture(autouse=True)
    def moto(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Moto instead of AWS, with the ids of the stacks that it really makes."""
        from moto import mock_aws
        from moto.cloudformation.models import StackInstance

        told = StackInstance.to_dict
        monkeypatch.setattr(StackInstance, "to_dict", lambda said: {**told(said), "StackId": said.stack.stack_id})
        monkeypatch.setattr("tap_templates.deployment.rollouts.distributor.POLL_SECONDS", 0.0)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with mock_aws():
            yield

    def test_rolled_out_read_and_deleted(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Outputs come through the execution role of the other account, or a role of the user's choice."""
        assert main([*APPLY, *PLACES, "--yes"]) == 0
        assert "4/4 SUCCEEDED" in capsys.readouterr().err
        for role in ([], ["--role", "reader"]):
            assert main(["rollout", "outputs", "jobs", *role]) == 0
            assert f"JobsArn_{SECOND}_us_east_1" in json.loads(capsys.readouterr().out)
        assert main(["rollout", "status", "jobs", "--wait"]) == 0
        assert "last operation: CREATE SUCCEEDED" in capsys.readouterr().err
        assert main(["rollout", "delete", "jobs", "--yes"]) == 0

    def test_units_need_a_role_to_be_read_with(self, capsys: pytest.CaptureFixture[str]) -> None:
        """StackSets' own roles cannot be assumed; a role that can is proposed."""
        arguments = ["--name", "jobs", "-p", "Owner=me", "--ous", "ou-ab12-cdef3456", "--regions", "eu-west-1"]
        assert main(["rollout", "t.json", *arguments, "--delegated-admin", "--yes"]) == 0
        capsys.readouterr()

        assert main(["rollout", "outputs", "jobs"]) == 2
        assert "such as OrganizationAccountAccessRole" in capsys.readouterr().err
