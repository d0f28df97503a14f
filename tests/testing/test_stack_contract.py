"""``--stack-contract``: no test runs on outputs that are not those it expects."""

from __future__ import annotations

import json

import pytest
from testing.conftest import Inner

from tap_templates.contracts import contract_text

pytest_plugins = ["pytester"]

TEMPLATE = {
    "Resources": {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}},
    "Outputs": {
        "QueueArn": {"Value": {"Fn::GetAtt": ["Jobs", "Arn"]}},
        "QueueName": {"Value": {"Fn::GetAtt": ["Jobs", "QueueName"]}},
    },
}
TEST = "import pathlib\ndef test_x(stack_outputs):\n    pathlib.Path('ran').touch()\n    assert stack_outputs"


def write(pytester: pytest.Pytester, *, name: str = "jobs") -> None:
    """The template, and a contract of outputs for a queue of this name."""
    other = json.loads(json.dumps(TEMPLATE).replace('"jobs"', json.dumps(name)))
    (pytester.path / "t.outputs.json").write_text(contract_text("t", other), encoding="utf-8")
    (pytester.path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")


def test_outputs_as_promised_are_tested(inner: Inner, outputs_file: None, pytester: pytest.Pytester) -> None:
    """The run goes on as without the option."""
    write(pytester)

    run = inner("--stack-contract=t.outputs.json", test=TEST, here=True)

    assert run.status == 0, run.text
    assert run.cases["test_x"].outcome == "passed"


@pytest.mark.parametrize("workers", [[], pytest.param(["-n2"], marks=pytest.mark.slow)], ids=["serial", "distributed"])
def test_mismatch_fails_the_run_before_any_test(
    inner: Inner, outputs_file: None, pytester: pytest.Pytester, workers: list[str]
) -> None:
    """Each mismatch is said, no test runs, and the run is red."""
    write(pytester, name="tasks")

    run = inner("--stack-contract=t.outputs.json", *workers, test=TEST, here=not workers)

    assert run.status == 1
    assert "--stack-contract: cfn-outputs/flat-outputs.json: its outputs break t.outputs.json" in run.text
    assert "QueueName: found 'jobs'; expected ^tasks$" in run.text
    assert not (pytester.path / "ran").exists()


def test_without_outputs_file_tests_are_skipped_as_ever(inner: Inner, pytester: pytest.Pytester) -> None:
    """What is not there cannot break a contract."""
    write(pytester)

    run = inner("--stack-contract=t.outputs.json", test=TEST, here=True)

    assert run.cases["test_x"].outcome == "skipped"


@pytest.mark.parametrize(
    ("file", "said"),
    [("none.json", "found 'no such file or directory'"), ("t.json", "found 'a template, not a contract of outputs'")],
)
def test_bad_contract_is_a_usage_error(
    inner: Inner, outputs_file: None, pytester: pytest.Pytester, file: str, said: str
) -> None:
    """The run does not begin."""
    write(pytester)

    run = inner(f"--stack-contract={file}", test=TEST, here=True)

    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert f"--stack-contract: {file}: {said}" in run.text
    assert not (pytester.path / "ran").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "outcome"), [("jobs", "passed"), ("tasks", "error")])
def test_deployed_stack_is_judged_before_tests_see_it(
    inner: Inner, pytester: pytest.Pytester, name: str, outcome: str
) -> None:
    """With ``--stack-template`` the stack is deployed, judged, and deleted again when it breaks the contract."""
    write(pytester, name=name)

    run = inner("--stack-template=t.json", "--stack-contract=t.outputs.json", test=TEST, credentials=False)

    assert run.cases["test_x"].outcome == outcome, run.text
    assert run.cases["test_x"].verdict == ("passed" if outcome == "passed" else "failed")
    assert (pytester.path / "ran").exists() == (outcome == "passed")
    if outcome == "error":
        assert "QueueName: found 'jobs'; expected ^tasks$" in run.text
