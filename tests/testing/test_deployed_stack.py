"""The fixture ``deployed_stack``: once per run, for all workers, gone at the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from testing.conftest import Inner

from tap_templates import deployment, emulator
from tap_templates.errors import DeploymentError
from tap_templates.testing import deployed
from tap_templates.testing.deployed import Deployment
from tap_templates.testing.sharing import Shared
from tap_templates.testing.taxonomy import InfrastructureError, SharedFailureError

pytest_plugins = ["pytester"]

TEMPLATE = {
    "Parameters": {"Name": {"Type": "String", "MinLength": 3}},
    "Conditions": {"IsLong": {"Fn::Equals": [{"Ref": "Name"}, "jobs-of-today"]}},
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}},
        "Kept": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain", "Condition": "IsLong"},
    },
    "Outputs": {
        "Url": {"Value": {"Ref": "Queue"}},
        "Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}},
    },
}
TESTS = """
    import pathlib, pytest

    @pytest.mark.parametrize("number", range(4))
    def test_queue(aws, stack_outputs, deployed_stack, eventually, number):
        pathlib.Path(f"seen-{deployed_stack.stack_id.replace('/', '_')}").touch()
        assert deployed_stack.outputs == stack_outputs
        aws("sqs").send_message(QueueUrl=stack_outputs["Url"], MessageBody=str(number))
        received = eventually(
            lambda: aws("sqs").receive_message(QueueUrl=stack_outputs["Url"]).get("Messages"), within_seconds=5
        )
        assert received[0]["Body"] in "0123"
        assert stack_outputs["Arn"].split(":")[3] == aws.region
"""
pytestmark = pytest.mark.slow  # Runs pytest in processes of its own.


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["serial", "distributed"])
def test_stack_is_deployed_once_and_shared(
    inner: Inner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: list[str]
) -> None:
    """All tests of all workers see one stack of the embedded AWS; nothing of the run stays on this machine."""
    (pytester.path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    monkeypatch.setenv("TMPDIR", str(pytester.mkdir("temporary")))

    run = inner(
        "--stack-template=t.json",
        "--stack-parameter=Name=jobs",
        "--condition-coverage=t.json",
        *workers,
        test=TESTS,
        credentials=False,
    )

    assert run.status == 0, run.text
    assert "tap-templates: 4 passed, 0 failed, 0 skipped, 0 infrastructure" in run.text
    assert "  IsLong    1 of 2    never true" in run.text
    assert len(list(pytester.path.glob("seen-*"))) == 1
    assert not list((pytester.path / "temporary").glob("tap-templates*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "fixture deployed_stack: found 'no template'; pass --stack-template FILE"),
        (["--stack-template=none.json"], "none.json: found 'No such file or directory'"),
        (["--stack-template=t.json"], "Name: no value given"),
        (["--stack-template=t.json", "--stack-parameter=Name"], "--stack-parameter: found 'Name'; write KEY=VALUE"),
        (["--stack-template=unknown.json"], "AWS::Nope::Thing"),
    ],
    ids=["no-template", "no-file", "no-parameter", "malformed", "refused-by-aws"],
)
def test_stack_that_cannot_be_deployed_fails_the_test(
    inner: Inner, pytester: pytest.Pytester, arguments: list[str], said: str
) -> None:
    """Said in one sentence, without a traceback, and the test has failed."""
    (pytester.path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    unknown = {"Resources": {"Thing": {"Type": "AWS::Nope::Thing"}}}
    (pytester.path / "unknown.json").write_text(json.dumps(unknown), encoding="utf-8")

    run = inner(*arguments, test="def test_x(deployed_stack): pass", here="unknown" not in str(arguments))

    assert said in run.text
    assert run.cases["test_x"].verdict == "failed"
    assert run.status == 1
    assert "Traceback" not in run.text
    assert "site-packages" not in run.text


def begun(tmp_path: Path, member: str = "main", target: str = "embedded") -> Deployment:
    """One of the template above, by a worker."""
    return Deployment(TEMPLATE, {"Name": "jobs"}, target=target, shared=Shared(tmp_path, member))


class FakeClient:
    """A CloudFormation client that only deletes."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def delete_stack(self, *, StackName: str) -> None:  # noqa: N803
        """Remembers it."""
        self.deleted.append(StackName)


class FakeClients:
    """The clients of an account that fails as told."""

    def __init__(self, client: FakeClient) -> None:
        self.client = client

    def __call__(self, service: str) -> FakeClient:
        """The one client there is."""
        return self.client


def test_failure_of_the_first_worker_is_every_workers_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody deploys again what could not be deployed; what there is of the stack in the account is deleted."""
    client = FakeClient()
    monkeypatch.setattr(deployment, "Clients", lambda arguments: FakeClients(client))

    def refuse(*_: object, **__: object) -> None:
        raise DeploymentError("Queue", found="CREATE_FAILED", remedy="correct it")

    monkeypatch.setattr(deployment, "deploy", refuse)
    first, second = begun(tmp_path, "gw0", "account"), begun(tmp_path, "gw1", "account")

    with pytest.raises(DeploymentError, match="CREATE_FAILED"):
        first.start()
    with pytest.raises(SharedFailureError, match="CREATE_FAILED") as caught:
        second.start()

    assert (caught.value.verdict, caught.value.kind) == ("failed", "deployment")
    [name] = client.deleted
    assert name.startswith("tap-test-")
    assert second.stop() == []


def test_interrupted_deployment_is_abandoned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while it deploys leaves no stack behind in the account."""
    client = FakeClient()
    monkeypatch.setattr(deployment, "Clients", lambda arguments: FakeClients(client))

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deployment, "deploy", interrupt)

    with pytest.raises(KeyboardInterrupt):
        begun(tmp_path, target="account").start()

    assert len(client.deleted) == 1


def test_deployment_out_of_time_is_infrastructure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS that takes longer than there is time says nothing about the stack."""
    monkeypatch.setattr(deployment, "Clients", lambda arguments: FakeClients(FakeClient()))
    monkeypatch.setattr(deployed, "TIMEOUT_SECONDS", 0.0)

    def late(*_: object, **__: object) -> None:
        raise DeploymentError("stack", found="CREATE_IN_PROGRESS", remedy="look again later")

    monkeypatch.setattr(deployment, "deploy", late)

    with pytest.raises(InfrastructureError, match="CREATE_IN_PROGRESS"):
        begun(tmp_path, target="account").start()


def test_embedded_aws_that_does_not_start_is_infrastructure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server, no verdict about the stack."""

    class NoServer:
        def __enter__(self) -> None:
            raise DeploymentError("the embedded AWS", found="no answer", remedy="more time")

        def __exit__(self, *_: object) -> None:
            raise AssertionError("it was never entered")

    monkeypatch.setattr(emulator, "EmbeddedAws", NoServer)

    with pytest.raises(InfrastructureError, match="no answer"):
        begun(tmp_path).start()


def test_account_keeps_what_is_retained_and_says_so(
    inner: Inner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At an endpoint of the environment the stack goes and its retained resources are named at the end."""
    (pytester.path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    with emulator.EmbeddedAws() as running:
        test = f"""
            import os, pytest

            @pytest.fixture(scope="session", autouse=True)
            def _there():
                os.environ.update({running.environment()!r})

            def test_x(deployed_stack, aws):
                assert aws("sqs").meta.endpoint_url == {running.endpoint!r}
                assert aws("cloudformation").describe_stacks()["Stacks"][0]["StackName"] == deployed_stack.name
        """
        run = inner(
            "--deploy-into=account", "--stack-template=t.json", "--stack-parameter=Name=jobs-of-today", test=test
        )
        import boto3

        client = boto3.client("cloudformation", **running.client_arguments())
        assert client.describe_stacks()["Stacks"] == []

    assert run.status == 0, run.text
    assert "stays in the account, as its DeletionPolicy says: Kept (AWS::SQS::Queue)" in run.text


def test_project_may_say_what_is_deployed(inner: Inner) -> None:
    """The fixtures stack_template and stack_parameters of a project take the place of the options."""
    run = inner(
        test=f"""
        import pytest

        @pytest.fixture(scope="session")
        def stack_template():
            return {TEMPLATE!r}

        @pytest.fixture(scope="session")
        def stack_parameters():
            return {{"Name": "own-jobs"}}

        def test_x(stack_outputs):
            assert stack_outputs["Arn"].endswith(":own-jobs")
        """
    )

    assert run.status == 0, run.text


def test_worker_that_crashes_does_not_keep_the_stack(
    inner: Inner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that deployed does not wait for one that is gone, and deletes the stack."""
    (pytester.path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    monkeypatch.setenv("TMPDIR", str(pytester.mkdir("temporary")))

    pytester.makepyfile(
        test_crash="import os, time\ndef test_c(stack_outputs):\n    time.sleep(1)\n    os._exit(3)",
        test_whole="def test_x(stack_outputs): assert stack_outputs\ndef test_y(stack_outputs): assert stack_outputs",
    )

    run = inner(
        "--stack-template=t.json", "--stack-parameter=Name=jobs", "-n2", "--max-worker-restart=0", "--dist=loadfile"
    )

    assert run.cases["test_y"].verdict == "passed"
    assert "2 passed, 1 failed" in run.text
    assert not list((pytester.path / "temporary").glob("tap-templates-run*"))
