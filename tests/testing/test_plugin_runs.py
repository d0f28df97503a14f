"""Runs with the kit: when it is active, what is green, budgets, condition coverage."""

from __future__ import annotations

import json
import re

import pytest
from testing.conftest import Inner

pytest_plugins = ["pytester"]

UNRELATED = """
    import pytest

    @pytest.fixture
    def aws():
        return "mine"

    @pytest.fixture
    def stack_outputs():
        return {}

    def test_passes(aws, stack_outputs):
        assert aws == "mine"

    def test_skips():
        pytest.skip("not today")

    @pytest.mark.xfail
    def test_xfails(aws):
        assert aws == "yours"

    def test_fails_like_aws(aws):
        from botocore.exceptions import NoCredentialsError
        raise NoCredentialsError()
"""
TEMPLATE = {
    "Parameters": {
        "Environment": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"},
        "Email": {"Type": "String", "Default": ""},
    },
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
        "HasEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]},
    },
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}, "Second": {"Type": "AWS::SQS::Queue", "Condition": "IsProd"}},
}
RESOLVES = """
    import pytest
    from tap_templates.testing import resolve

    @pytest.mark.parametrize("environment", ["dev", "prod"])
    def test_resolves(environment):
        assert resolve("t.json", {"Environment": environment})["Resources"]
"""
pytestmark = pytest.mark.slow  # Runs pytest in processes of its own.


def timeless(text: str) -> str:
    """What a run printed, without its times and the names that differ from run to run."""
    return re.sub(r"\d+\.\d+s|0x[0-9a-f]+|time(stamp)?=\S+|tap_templates-[0-9.]+(, )?", "", text)


@pytest.mark.parametrize("arguments", [["-rA"], ["-k", "skips"], ["-k", "nothing"]])
def test_plugin_changes_nothing_in_an_unrelated_project(inner: Inner, arguments: list[str]) -> None:
    """A project with fixtures of the same names prints, reports and exits as without the plugin."""
    without = inner(*arguments, test=UNRELATED, plugin=False)
    with_plugin = inner(*arguments)

    assert timeless(with_plugin.text) == timeless(without.text)
    assert with_plugin.status == without.status
    assert with_plugin.cases == without.cases


@pytest.mark.parametrize(
    ("test", "is_active"),
    [
        ("def test_x(eventually): assert eventually(lambda: 1)", True),
        ("import pytest\n@pytest.mark.tap_templates\ndef test_x(): pass", True),
        ("import pytest\n@pytest.fixture\ndef aws(aws): return aws\ndef test_x(aws): assert aws.calls", True),
        ("import pytest\n@pytest.fixture\ndef aws(): return 1\ndef test_x(aws): assert aws", False),
        ("def test_x(): pass\ndef test_y(eventually): pass", True),
    ],
    ids=["fixture", "mark", "built-on", "of-the-same-name", "one-of-many"],
)
def test_kit_is_active_when_a_selected_test_uses_it(inner: Inner, test: str, is_active: bool) -> None:
    """A fixture of the kit, one built on it, or a mark makes a run one of the kit."""
    run = inner(test=test, here=True)

    assert ("tap-templates: " in run.text) == is_active
    assert (run.cases["test_x"].verdict == "passed") == is_active
    assert run.status == 0


def test_deselected_test_does_not_activate(inner: Inner) -> None:
    """Only what is going to run counts."""
    run = inner("-k", "test_x", test="def test_x(): pass\ndef test_y(eventually): pass", here=True)

    assert "tap-templates" not in run.text


def test_fixture_that_asks_for_itself_is_left_to_pytest(inner: Inner) -> None:
    """It is built on nothing, so not on the kit either."""
    test = "import pytest\n@pytest.fixture\ndef own(own): return own\ndef test_x(own): assert own"
    run = inner(test=test, here=True)

    assert "recursive dependency involving fixture 'own'" in run.text
    assert "tap-templates" not in run.text


def test_skip_because_of_a_refusal_is_a_failure(inner: Inner) -> None:
    """A test that skips itself from an error of AWS has found that error: it is said, with the remedy."""
    run = inner(
        test="""
        import pytest
        from botocore.exceptions import ClientError

        @pytest.mark.tap_templates
        def test_x():
            error = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")
            raise pytest.skip.Exception("not today") from error
        """
    )

    assert run.cases["test_x"][:3] == ("failure", "failed", "denied")
    assert "ask for the permission that the message names" in run.cases["test_x"].reason
    assert "ask for the permission that the message names" in run.text
    assert run.status == 1


def test_own_client_is_judged_when_marked(inner: Inner) -> None:
    """The AWS errors of a test with clients of its own have verdicts when it carries the mark, and only then."""
    run = inner(
        test="""
        import boto3, pytest

        @pytest.mark.tap_templates
        def test_marked():
            boto3.client("sqs", region_name="eu-west-1").list_queues()

        def test_unmarked():
            boto3.client("sqs", region_name="eu-west-1").list_queues()
        """,
        credentials=False,
    )

    assert run.cases["test_marked"][:3] == ("skipped", "skipped", "no_credentials")
    assert run.cases["test_unmarked"][:3] == ("failure", "failed", "")


def test_run_in_which_nothing_was_checked_is_not_green(inner: Inner) -> None:
    """No outputs file: skipped, with the command that makes it, and exit status 5, unless that is meant."""
    test = "def test_x(stack_outputs): pass\ndef test_y(stack_outputs): pass"

    run = inner(test=test, here=True)

    assert run.status == 5
    assert {case.outcome for case in run.cases.values()} == {"skipped"}
    said = "SKIPPED 2: cfn-outputs/flat-outputs.json: found 'no such file'; write it: tap-templates outputs STACK -o "
    assert f"{said}cfn-outputs/flat-outputs.json" in run.text
    assert "nothing was checked (--allow-empty accepts that)" in run.text
    assert "tap-templates: 0 passed, 0 failed, 2 skipped, 0 infrastructure" in run.text
    assert "ENOENT" not in run.text
    assert inner("--allow-empty", here=True).status == 0
    assert inner("--allow-empty", "-k", "none", here=True).status == 0
    assert inner("--collect-only", here=True).status == 0


def test_required_stack_fails_instead_of_skipping(inner: Inner) -> None:
    """With --require-stack a missing file fails the tests, in one sentence."""
    run = inner("--require-stack", test="def test_x(stack_outputs): pass", here=True)

    assert run.cases["test_x"][:3] == ("error", "failed", "no_outputs")
    assert run.status == 1
    assert "Traceback" not in run.text


def test_outputs_file_may_be_elsewhere(inner: Inner, pytester: pytest.Pytester) -> None:
    """--stack-outputs names another file, from the folder of the call; the clients are in its region."""
    (pytester.path / "other.json").write_text('{"A": "arn:aws:sqs:eu-west-1:111122223333:q"}', encoding="utf-8")

    run = inner(
        "--stack-outputs",
        "other.json",
        test="""
        def test_x(stack_outputs, aws, deployed_stack):
            assert stack_outputs["A"].endswith(":q")
            assert aws.region == aws("sqs").meta.region_name == "eu-west-1"
            assert deployed_stack.outputs == stack_outputs
            assert deployed_stack.name == ""
        """,
    )

    assert run.cases["test_x"].outcome == "passed"
    missing = inner("--stack-outputs", "none.json", test="def test_x(aws): pass")
    assert missing.cases["test_x"][:3] == ("skipped", "skipped", "no_outputs")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stack-outputs=a", "--stack-template=b"], "the tests need one stack"),
        (["--condition-fail-under=50"], "name a template to cover"),
        (["--condition-fail-under=150", "--condition-coverage=t.json"], "found '150'; use a number from 0 to 100"),
        (["--test-budget=soon"], "found 'soon'; use a number of seconds above 0"),
        (["--suite-budget=0"], "found '0'; use a number of seconds above 0"),
        (["--condition-coverage=none.json"], "none.json: found 'No such file or directory'"),
    ],
)
def test_bad_option_is_explained(inner: Inner, arguments: list[str], said: str) -> None:
    """Usage errors say what to do and end with pytest's status for them."""
    run = inner(*arguments, test="def test_x(): pass", here=True)

    assert said in run.text
    assert run.status == 4
    assert "Traceback" not in run.text


BUDGETED = """
    import io, time, threading, pytest
    from botocore.awsrequest import AWSResponse

    def test_quick():
        pass

    def test_slow_itself():
        try:
            time.sleep(5)
        except Exception:
            pass

    def test_slow_aws(aws):
        aws("sqs").meta.events.register("before-send.sqs", lambda **_: time.sleep(5))
        aws("sqs").list_queues()

    def test_after():
        pass
"""


def test_test_budget(inner: Inner, outputs_file: None) -> None:
    """A test over its budget is interrupted: infrastructure when AWS was at work, failed when it was not."""
    run = inner("--test-budget=0.3", test=BUDGETED)

    verdicts = {name: case[1:3] for name, case in run.cases.items()}
    assert verdicts == {
        "test_quick": ("passed", ""),
        "test_slow_itself": ("failed", "budget"),
        "test_slow_aws": ("infrastructure", "budget"),
        "test_after": ("passed", ""),
    }
    assert "the test's budget of 0.3 seconds was spent in a call of AWS" in run.text


@pytest.mark.parametrize(
    ("slow", "verdict"), [("slow_aws", "infrastructure"), ("slow_itself", "failed")], ids=["aws", "itself"]
)
def test_suite_budget(inner: Inner, outputs_file: None, slow: str, verdict: str) -> None:
    """When the suite's budget is spent, the test at work and all that follow are judged alike; none is skipped."""
    run = inner("--suite-budget=0.8", "-k", f"quick or after or {slow}", test=BUDGETED)

    assert run.cases["test_quick"].verdict == "passed"
    assert run.cases[f"test_{slow}"][1:3] == (verdict, "budget")
    assert run.cases["test_after"][1:3] == (verdict, "not_run")
    assert "not run: the suite's budget of 0.8 seconds is spent" in run.text
    assert run.status == 1


@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["serial", "distributed"])
def test_condition_coverage_is_reported(inner: Inner, pytester: pytest.Pytester, workers: list[str]) -> None:
    """Which sides of Conditions and which AllowedValues were seen, from all workers, and the threshold."""
    (pytester.path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")

    run = inner("--condition-coverage=t.json", *workers, test=RESOLVES, here=not workers)

    assert run.status == 0
    lines = [line.strip() for line in run.text.splitlines()]
    assert "IsProd         2 of 2" in lines
    assert "HasEmail       1 of 2    never true" in lines
    assert "Environment    2 of 2" in lines
    assert "condition coverage: 83.3 %" in lines


def test_condition_coverage_below_the_threshold_fails(inner: Inner, pytester: pytest.Pytester) -> None:
    """--condition-fail-under makes the exit status 1, and says why; what is reached passes."""
    (pytester.path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")

    run = inner("--condition-coverage=t.json", "--condition-fail-under=90", test=RESOLVES, here=True)

    assert run.status == 1
    assert "FAIL: condition coverage of 83.3 % is below 90 %" in run.text
    assert inner("--condition-coverage=t.json", "--condition-fail-under=83.3", here=True).status == 0


def test_verdicts_come_together_from_workers(
    inner: Inner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one who reports counts what the workers have judged, and a crash as a failure; nothing is left behind."""
    monkeypatch.setenv("TMPDIR", str(pytester.mkdir("temporary")))
    run = inner(
        "-n1",
        "--max-worker-restart=0",
        test="""
        import os
        def test_a(eventually): pass
        def test_b(stack_outputs): pass
        def test_c(eventually): os._exit(3)
        """,
    )

    assert "tap-templates: 1 passed, 1 failed, 1 skipped, 0 infrastructure" in run.text
    assert run.status != 0
    assert not list((pytester.path / "temporary").glob("tap-templates*"))


def test_distributed_run_in_which_nothing_was_checked_is_not_green(inner: Inner) -> None:
    """The exit status is that of a run in one process."""
    run = inner("-n1", test="def test_x(stack_outputs): pass")

    assert run.status == 5
    assert "nothing was checked" in run.text


def test_infrastructure_stops_a_run_that_stops_at_failures(inner: Inner) -> None:
    """It is red: -x stops there, and the rest is not run."""
    run = inner(
        "-x",
        test="""
        import pytest
        from tap_templates.testing.taxonomy import InfrastructureError

        @pytest.mark.tap_templates
        def test_a(): raise InfrastructureError("no network")
        def test_b(): pass
        """,
        here=True,
    )

    assert list(run.cases) == ["test_a"]
    assert run.cases["test_a"][:3] == ("failure", "infrastructure", "environment")
    assert run.status == 1


def test_plugin_loads_next_to_nothing_in_an_unrelated_project(inner: Inner) -> None:
    """Neither the SDK, nor what builds, deploys or resolves templates."""
    heavy = ["boto3", "botocore", "troposphere", "tap_templates.deployment", "tap_templates.testing.resolution"]

    run = inner(test=f"import sys\ndef test_x(): assert set({heavy}).isdisjoint(sys.modules)")

    assert run.cases["test_x"].outcome == "passed"


def test_credentials_that_expire_before_the_teardown_are_infrastructure(inner: Inner) -> None:
    """The test has passed, and what it made may still be there: that is no skipped test."""
    run = inner(
        test="""
        import pytest
        from botocore.exceptions import NoCredentialsError

        def gone():
            raise NoCredentialsError()

        @pytest.mark.tap_templates
        def test_passes(request):
            request.addfinalizer(gone)

        @pytest.mark.tap_templates
        def test_is_skipped(request):
            request.addfinalizer(gone)
            gone()
        """,
    )

    assert run.cases["test_passes"][:3] == ("error", "infrastructure", "no_credentials")
    assert run.cases["test_is_skipped"][:3] == ("skipped", "skipped", "no_credentials")
