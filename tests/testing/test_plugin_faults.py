"""The fault table: each injected fault gives exactly its verdict, in the report and in the JUnit file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from testing.conftest import CREDENTIALS, OUTPUTS, Case, Inner, InnerRun, cases_of

pytest_plugins = ["pytester"]

TABLE = {
    "test_call[none]": ("passed", "passed", ""),
    "test_call[expired]": ("skipped", "skipped", "expired"),
    "test_call[throttled_once]": ("passed", "passed", ""),
    "test_call[throttled_for_ever]": ("failure", "infrastructure", "throttled"),
    "test_call[timeout_once]": ("passed", "passed", ""),
    "test_call[timeout]": ("failure", "infrastructure", "timeout"),
    "test_call[server_error_once]": ("passed", "passed", ""),
    "test_call[server_error]": ("failure", "infrastructure", "server_error"),
    "test_call[denied]": ("failure", "failed", "denied"),
    "test_marked[denied_as_marked]": ("failure", "infrastructure", "denied"),
    "test_call[not_found]": ("failure", "failed", "not_found"),
    "test_call[wrong_region]": ("failure", "failed", "wrong_region"),
    "test_call[endpoint_down]": ("failure", "infrastructure", "unreachable"),
    "test_call[unknown_keys]": ("failure", "failed", "bad_credentials"),
    "test_call[bad_request]": ("failure", "failed", "other"),
    "test_swallows[throttled_for_ever]": ("failure", "infrastructure", "throttled"),
    "test_swallows[endpoint_down]": ("failure", "infrastructure", "unreachable"),
    "test_swallows[expired]": ("skipped", "skipped", "expired"),
    "test_swallows[denied]": ("passed", "passed", ""),
    "test_swallows[throttled_once]": ("passed", "passed", ""),
    "test_expects_any_error[throttled_for_ever]": ("failure", "infrastructure", "throttled"),
    "test_expects_any_error[denied]": ("passed", "passed", ""),
    "test_expected_failure[throttled_for_ever]": ("failure", "infrastructure", "throttled"),
    "test_expected_failure[not_found]": ("skipped", "passed", ""),
    "test_own_retry[throttled_for_ever]": ("passed", "passed", ""),
    "test_wraps_the_error[throttled_for_ever]": ("failure", "infrastructure", "throttled"),
    "test_is_tried_four_times[throttled_for_ever]": ("failure", "failed", ""),
}
pytestmark = pytest.mark.slow  # Runs pytest in processes of its own.


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> InnerRun:
    """One run of the inner suite with every fault."""
    folder = tmp_path_factory.mktemp("faults")
    (folder / "cfn-outputs").mkdir()
    (folder / "cfn-outputs" / "flat-outputs.json").write_text(OUTPUTS, encoding="utf-8")
    source = Path(__file__).with_name("inner_faults.py").read_text(encoding="utf-8")
    (folder / "test_faults.py").write_text(source, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    kit = ["-p", "tap_templates.testing.plugin", "-p", "no:cacheprovider", "-W", "error", "--junitxml=junit.xml"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *kit],
        cwd=folder,
        env={**environment, **CREDENTIALS},
        capture_output=True,
        text=True,
        check=False,
    )
    return InnerRun(done.returncode, done.stdout, cases_of((folder / "junit.xml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", TABLE)
def test_fault_has_exactly_its_verdict(faulty: InnerRun, name: str) -> None:
    """Outcome, verdict and kind are those of the table."""
    assert faulty.cases[name][:3] == TABLE[name]


def test_table_has_every_test_of_the_inner_suite(faulty: InnerRun) -> None:
    """No fault is left out."""
    assert set(faulty.cases) == set(TABLE)


def test_summary_counts_each_verdict(faulty: InnerRun) -> None:
    """The last line of the kit counts what the table says, and infrastructure is told with its reason."""
    verdicts = [verdict for _, verdict, _ in TABLE.values()]
    passed, failed, skipped, infrastructure = (
        verdicts.count(word) for word in ("passed", "failed", "skipped", "infrastructure")
    )
    assert (
        f"tap-templates: {passed} passed, {failed} failed, {skipped} skipped, {infrastructure} infrastructure"
        in faulty.text
    )
    assert "INFRASTRUCTURE test_faults.py::test_call[throttled_for_ever]: throttled: " in faulty.text
    assert "SKIPPED 1: expired credentials: sqs ListQueues: ExpiredToken: no; the test swallowed it" in faulty.text
    assert faulty.status == 1


def test_retries_are_bounded(faulty: InnerRun) -> None:
    """A call that is throttled for ever is sent four times."""
    assert "tried 4 times" in faulty.text


def test_no_credentials_skip(inner: Inner, outputs_file: None) -> None:
    """Without credentials nothing was checked: skipped, said, not green; a failure where a stack is required."""
    test = "def test_x(aws):\n    assert aws('sqs').list_queues()"

    run = inner(test=test, credentials=False)

    assert run.cases["test_x"] == Case(
        "skipped",
        "skipped",
        "no_credentials",
        "no credentials: Unable to locate credentials; run `aws configure` or `aws sso login`, or set AWS_PROFILE",
    )
    assert run.status == 5
    assert "nothing was checked" in run.text
    required = inner("--require-stack", credentials=False)
    assert required.cases["test_x"][:3] == ("failure", "failed", "no_credentials")
    assert required.status == 1


def test_endpoint_that_is_down_is_infrastructure(
    inner: Inner, outputs_file: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens at AWS_ENDPOINT_URL."""
    test = """
        import types
        def test_x(aws, monkeypatch):
            monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            monkeypatch.setattr("botocore.endpoint.time", types.SimpleNamespace(sleep=lambda seconds: None))
            aws("sqs").list_queues()
    """

    run = inner(test=test)

    assert run.cases["test_x"][:3] == ("failure", "infrastructure", "unreachable")
    assert "http://127.0.0.1:9" in run.text


HALF = '{"QueueArn": "arn:aws:sqs:eu-west-1:111122223333:jo'


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (HALF, "half-written JSON"),
        (HALF.split(":")[0], "half-written JSON"),
        ("", "an empty file"),
        ("QueueName=jobs", "text that is not JSON"),
        ("[]", "a JSON list, not one flat object"),
    ],
    ids=["half-value", "half-key", "empty", "text", "list"],
)
def test_half_written_outputs_file_fails(
    inner: Inner, outputs_file: None, pytester: pytest.Pytester, content: str, found: str
) -> None:
    """A file that is not whole fails the test in one sentence, without a traceback."""
    (pytester.path / "cfn-outputs" / "flat-outputs.json").write_text(content, encoding="utf-8")

    run = inner(test="def test_x(stack_outputs):\n    assert stack_outputs", here=True)

    assert run.cases["test_x"][:3] == ("error", "failed", "input")
    assert re.match(f"cfn-outputs/flat-outputs.json: found .{found}", run.cases["test_x"].reason)
    assert "tap-templates outputs STACK -o cfn-outputs/flat-outputs.json" in run.text
    assert "Traceback" not in run.text
    assert "json/decoder" not in run.text
    assert run.status == 1
