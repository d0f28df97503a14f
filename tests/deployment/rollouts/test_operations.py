"""Operations that are busy, slow, throttled, lost or failing: what moto cannot do, by a scripted client."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError
from deployment.rollouts.conftest import EU, HOME, SECOND, US, Heard

from tap_templates.deployment.rollouts.model import Result
from tap_templates.deployment.rollouts.operations import Operations, is_passing, set_errors
from tap_templates.errors import DeploymentError, UsageError

FAILED_STACK = "ResourceLogicalId:Jobs, ResourceType:AWS::SQS::Queue, ResourceStatusReason:jobs already exists."


def refusal(code: str, message: str = "said", *, status: int = 400) -> ClientError:
    """An error as botocore raises it."""
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Operation")  # type: ignore[arg-type]


def result(account: str, region: str, status: str, reason: str = "") -> dict[str, str]:
    """A result as ListStackSetOperationResults answers."""
    return {"Account": account, "Region": region, "Status": status, "StatusReason": reason}


class Scripted:
    """A client of one set: ``begins`` answers the first call, ``turns`` are statuses with the results at that time."""

    def __init__(self, *turns: Any, begins: list[Any] | None = None) -> None:
        self.turns, self.begins = list(turns), list(begins or [{"OperationId": "op"}])
        self.now: Any = None
        self.calls: list[dict[str, Any]] = []

    def create_stack_instances(self, **arguments: Any) -> Any:
        """Begins, or refuses."""
        self.calls.append(arguments)
        return self._said(self.begins)

    def describe_stack_set_operation(self, **arguments: Any) -> Any:
        """The next turn."""
        self.now = self._said(self.turns)
        return {"StackSetOperation": {"Action": "CREATE", "Status": self.now[0]}}

    def get_paginator(self, name: str) -> Any:
        """One page for each result, to be read all."""
        client = self

        class Pages:
            def paginate(self, **arguments: Any) -> Any:
                return [{"Summaries": [found]} for found in client.now[1]]

        return Pages()

    @staticmethod
    def _said(answers: list[Any]) -> Any:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer


def run(client: Scripted, heard: Heard, **watch: Any) -> Any:
    """One operation on the set."""
    operations = Operations(client, {"StackSetName": "jobs"}, heard.watch(**watch))
    return operations.run("create_stack_instances", {"Accounts": [HOME, SECOND], "Regions": [EU]})


DONE = ("SUCCEEDED", [result(HOME, EU, "SUCCEEDED")])


def test_each_result_is_told_once_as_it_comes(heard: Heard) -> None:
    """A result that is read three times is news once; what has not ended is none."""
    one, two = result(HOME, EU, "SUCCEEDED"), result(SECOND, EU, "SUCCEEDED")
    client = Scripted(
        ("RUNNING", [result(HOME, EU, "RUNNING"), result(SECOND, EU, "PENDING")]),
        ("RUNNING", [one, result(SECOND, EU, "RUNNING")]),
        ("RUNNING", [one, result(SECOND, EU, "RUNNING")]),
        ("SUCCEEDED", [one, two]),
    )

    operation = run(client, heard)

    assert (operation.id, operation.succeeded, operation.failures) == ("op", True, ())
    assert heard.results == [Result(HOME, EU, "SUCCEEDED"), Result(SECOND, EU, "SUCCEEDED")]


def test_failures_are_results_with_their_cause(heard: Heard) -> None:
    """The operation is returned, not raised: what failed, what was not tried, and why."""
    cancelled = result(SECOND, EU, "CANCELLED", "Cancelled since failure tolerance has exceeded")
    client = Scripted(("FAILED", [result(HOME, EU, "FAILED", FAILED_STACK), cancelled]))

    operation = run(client, heard)

    assert not operation.succeeded
    assert [(failure.account, failure.cause) for failure in operation.failures] == [
        (HOME, "Jobs (AWS::SQS::Queue): jobs already exists."),
        (SECOND, "Cancelled since failure tolerance has exceeded"),
    ]


def test_an_account_gate_says_why_it_refused(heard: Heard) -> None:
    """The gate's reason stands in for a missing one; a skipped gate is none."""
    gated = {
        **result(HOME, EU, "FAILED"),
        "AccountGateResult": {"Status": "FAILED", "StatusReason": "an alarm is active"},
    }
    skipped = {
        **result(SECOND, EU, "SUCCEEDED"),
        "AccountGateResult": {"Status": "SKIPPED", "StatusReason": "Function not found"},
    }

    operation = run(Scripted(("FAILED", [gated, skipped])), heard)

    assert [found.reason for found in operation.results] == ["an alarm is active", ""]


def test_results_that_come_late_are_waited_for(heard: Heard) -> None:
    """ListStackSetOperationResults is eventually consistent: it is read again after the end, a few times."""
    late = ("SUCCEEDED", [result(HOME, EU, "RUNNING")])

    assert run(Scripted(late, late, DONE), heard).results == (Result(HOME, EU, "SUCCEEDED"),)
    assert run(Scripted(late), heard).results == (Result(HOME, EU, "RUNNING"),)


def test_a_busy_set_is_waited_for(heard: Heard) -> None:
    """Said once; then the operation begins under the same id, so that it begins once."""
    busy = refusal("OperationInProgressException", "Another Operation on StackSet arn:x is in progress", status=409)
    client = Scripted(DONE, begins=[busy, busy, busy, {"OperationId": "op"}])

    assert run(client, heard).succeeded
    assert heard.notes == ["another operation is at work on stack set jobs: waiting for its end"]
    assert len({call["OperationId"] for call in client.calls}) == 1


def test_a_set_that_stays_busy_ends_with_the_time(heard: Heard) -> None:
    """With the command that looks for the other operation."""
    client = Scripted(begins=[refusal("OperationInProgressException")])

    with pytest.raises(DeploymentError, match=r"another operation at work.*rollout status jobs --wait"):
        run(client, heard, timeout_seconds=0.0)


def test_an_operation_that_is_refused_is_not_begun_again(heard: Heard) -> None:
    """Only a busy set is waited for."""
    client = Scripted(DONE, begins=[refusal("AccessDenied", status=403), {"OperationId": "op"}])

    with pytest.raises(DeploymentError, match=r"AccessDenied.*ask for the permission"):
        run(client, heard)
    assert len(client.calls) == 1


def test_an_operation_whose_answer_was_lost_is_followed(heard: Heard) -> None:
    """When AWS knows the id already, the operation has begun."""
    client = Scripted(DONE, begins=[refusal("OperationIdAlreadyExistsException", status=409)])

    operation = run(client, heard)

    assert operation.id == client.calls[0]["OperationId"]
    assert operation.id.startswith("tap-templates-")


@pytest.mark.parametrize(
    "passing",
    [
        refusal("Throttling", "Rate exceeded"),
        refusal("InternalFailure", status=500),
        refusal("Whatever", status=503),
        EndpointConnectionError(endpoint_url="http://x"),
        ResponseParserError("invalid XML received: <html>502 Bad Gateway</html>"),
    ],
    ids=["throttled", "failing inside", "unavailable", "unreachable", "a proxy's page"],
)
def test_what_passes_by_itself_does_not_end_the_watch(passing: Exception, heard: Heard) -> None:
    """The work in AWS goes on meanwhile: it is said, and asked again."""
    assert run(Scripted(passing, DONE), heard).succeeded
    assert [note.startswith("AWS could not be asked just now") for note in heard.notes] == [True]


def test_throttled_beyond_the_time_is_an_error(heard: Heard) -> None:
    """The last answer is passed on."""
    with pytest.raises(DeploymentError, match="Throttling: Rate exceeded"):
        run(Scripted(refusal("Throttling", "Rate exceeded")), heard, timeout_seconds=0.0)


def test_a_refused_watch_is_an_error(heard: Heard) -> None:
    """A permission does not come by waiting."""
    with pytest.raises(DeploymentError, match=r"AccessDenied.*ask for the permission"):
        run(Scripted(refusal("AccessDenied", status=403)), heard)


def test_time_that_is_up_says_how_far_it_was_and_how_to_go_on(heard: Heard) -> None:
    """AWS goes on; the commands to pick it up and to stop it are given."""
    client = Scripted(("RUNNING", [result(HOME, EU, "SUCCEEDED"), result(SECOND, EU, "PENDING")]))

    with pytest.raises(
        DeploymentError, match=r"'RUNNING, 1 results so far'.*rollout status jobs --wait.*stop-stack-set"
    ):
        run(client, heard, timeout_seconds=0.0)


def test_an_interrupted_watch_says_what_goes_on(heard: Heard) -> None:
    """Nothing is lost by Ctrl-C: the operation, how to pick it up, how to stop it."""
    with pytest.raises(KeyboardInterrupt):
        run(Scripted(KeyboardInterrupt()), heard)

    [note] = heard.notes
    assert note.startswith("operation op goes on in AWS: `tap-templates rollout status jobs --wait` picks it up again")
    assert "stop-stack-set-operation --stack-set-name jobs --operation-id op" in note


@pytest.mark.parametrize(
    ("error", "kind", "remedy"),
    [
        (
            refusal("ValidationError", "You must enable organizations access to operate a service managed stack set"),
            DeploymentError,
            "activate trusted access .*aws cloudformation activate-organizations-access",
        ),
        (
            refusal(
                "ValidationError",
                "You must be the management account or delegated admin account of an organization before operating a "
                "SERVICE_MANAGED stack set",
            ),
            DeploymentError,
            "management account, or in a delegated administrator account with --delegated-admin",
        ),
        (
            refusal(
                "ValidationError",
                f"Account {HOME} should have 'AWSCloudFormationStackSetAdministrationRole' role with trust "
                "relationship to CloudFormation service.",
            ),
            DeploymentError,
            "create this role in the account that you roll out from",
        ),
        (refusal("StackSetNotFoundException", status=404), DeploymentError, "one account and one region"),
        (refusal("StackInstanceNotFoundException", status=404), DeploymentError, "run the command again"),
        (refusal("ExpiredToken", status=403), UsageError, "sign in again"),
        (refusal("UnrecognizedClientException", status=403), UsageError, "check the keys"),
        (refusal("LimitExceededException"), DeploymentError, "raise the quota"),
        (refusal("NameAlreadyExistsException"), DeploymentError, "correct the call as the message says"),
    ],
    ids=lambda value: value.response["Error"]["Code"] if isinstance(value, ClientError) else "",
)
def test_each_refusal_says_what_to_do(error: ClientError, kind: type[Exception], remedy: str) -> None:
    """Trusted access, standing, roles, names, credentials: a remedy for each."""
    with pytest.raises(kind, match=remedy), set_errors("jobs"):
        raise error


def test_what_passes_and_what_does_not() -> None:
    """Throttling and outages pass, refusals and unknown errors do not."""
    assert is_passing(refusal("Throttling"))
    assert not is_passing(refusal("ValidationError"))
    assert not is_passing(ValueError("no"))


def test_the_newest_operation_is_the_one_begun_last(heard: Heard) -> None:
    """Whatever the order in which they are listed."""

    def operation(name: str, day: int) -> dict[str, Any]:
        return {
            "OperationId": name,
            "Status": "SUCCEEDED",
            "CreationTimestamp": datetime(2026, 1, day, tzinfo=timezone.utc),
        }

    client = Scripted()
    client.now = ("", [operation("a", 1), operation("c", 3), operation("b", 2)])

    assert Operations(client, {"StackSetName": "jobs"}, heard.watch()).newest() == ("c", "SUCCEEDED")


def test_regions_are_told_apart(heard: Heard) -> None:
    """One account in two regions are two results."""
    client = Scripted(("SUCCEEDED", [result(HOME, EU, "SUCCEEDED"), result(HOME, US, "SUCCEEDED")]))

    run(client, heard)

    assert [(found.account, found.region) for found in heard.results] == [(HOME, EU), (HOME, US)]
