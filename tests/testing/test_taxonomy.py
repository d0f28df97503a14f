"""What an exception means for a test."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError

from tap_templates.data.aws_errors import kind_of_error
from tap_templates.deployment.clients import explained
from tap_templates.errors import UsageError
from tap_templates.testing.outputs_file import OutputsFileMissingError
from tap_templates.testing.taxonomy import (
    BudgetSpentError,
    InfrastructureError,
    Judgement,
    SharedFailureError,
    judged,
)

DENIED = ClientError(
    {"Error": {"Code": "AccessDenied", "Message": "no."}, "ResponseMetadata": {"HTTPStatusCode": 403}}, "PutObject"
)


def test_error_of_aws_has_kind_reason_and_remedy() -> None:
    """The reason is one sentence: kind, what AWS said, what to do."""
    said = "An error occurred (AccessDenied) when calling the PutObject operation: no"
    remedy = "ask for the permission that the message names, or mark the test denied_is_infrastructure"

    assert judged(DENIED) == Judgement("failed", "denied", f"access denied: {said}; {remedy}")
    marked = judged(DENIED, denied_is_infrastructure=True)
    assert marked is not None
    assert marked.verdict == "infrastructure"


def test_error_of_the_library_is_judged_by_its_cause() -> None:
    """What the deployment explains is still no credentials."""
    try:
        try:
            raise NoCredentialsError
        except NoCredentialsError as error:
            raise explained("stack", error) from error
    except UsageError as error:
        found, required = judged(error), judged(error, required=True)

    assert found is not None
    assert required is not None
    assert (found.verdict, found.kind, required.verdict) == ("skipped", "no_credentials", "failed")


def test_error_that_was_merely_handled_is_no_cause() -> None:
    """A test's own failure while it handles an error of AWS is its own."""
    error = AssertionError("mine")
    error.__context__ = DENIED

    assert judged(error) is None


@pytest.mark.parametrize(
    ("error", "verdict", "kind"),
    [
        (ReadTimeoutError(endpoint_url="http://x"), "infrastructure", "timeout"),
        (InfrastructureError("no server"), "infrastructure", "environment"),
        (OutputsFileMissingError("f", found="no such file", remedy="write it"), "skipped", "no_outputs"),
        (SharedFailureError("m", verdict="infrastructure", kind="timeout"), "infrastructure", "timeout"),
        (SharedFailureError("m", verdict="skipped", kind="expired"), "skipped", "expired"),
        (BudgetSpentError("m", inside_aws=True), "infrastructure", "budget"),
        (BudgetSpentError("m", inside_aws=False), "failed", "budget"),
        (BudgetSpentError("m", inside_aws=False, begun=False), "failed", "not_run"),
        (ClientError({}, "X"), "failed", "other"),
    ],
)
def test_error_is_judged(error: BaseException, verdict: str, kind: str) -> None:
    """Verdict and kind."""
    found = judged(error)

    assert found is not None
    assert (found.verdict, found.kind) == (verdict, kind)


def test_required_stack_leaves_nothing_to_skip() -> None:
    """What is skipped otherwise has failed."""
    for error in (
        SharedFailureError("m", verdict="skipped", kind="expired"),
        OutputsFileMissingError("f", found="no such file", remedy="write it"),
    ):
        found = judged(error, required=True)
        assert found is not None
        assert found.verdict == "failed"


def test_other_errors_are_not_judged() -> None:
    """They are the test's own, whatever their name."""
    named_alike = type("NoCredentialsError", (Exception,), {})

    assert judged(ValueError("x")) is None
    assert kind_of_error(named_alike()) is None


def test_circle_of_causes_ends() -> None:
    """An error that is its own cause is looked at once."""
    error = ValueError("x")
    error.__cause__ = error

    assert judged(error) is None
