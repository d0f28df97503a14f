"""Drift as CloudFormation finds it: in a real detection, and in what it answers on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from deployment.scripted import Scripted, client_error, stacks

from tap_templates.deployment import Clients, Difference, deploy, detect_drift
from tap_templates.errors import DeploymentError, UsageError

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}}


def test_what_was_changed_by_hand_is_found(deployment_clients: Clients, stack_name: str) -> None:
    """A changed property and a deleted resource, with what the template says and what there is; the rest is in sync."""
    client, sqs = deployment_clients("cloudformation"), deployment_clients("sqs")
    body = {
        "Resources": {"Jobs": QUEUE, "Mail": QUEUE, "Gone": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {title: {"Value": {"Ref": title}} for title in ("Jobs", "Mail", "Gone")},
    }
    deployed = deploy(json.dumps(body), stack_name=stack_name, client=client, poll_seconds=0.02)
    untouched = detect_drift(stack_name, client=client, poll_seconds=0.02)
    assert (untouched.differences, untouched.failure) == ((), "")

    url = deployed.outputs["Jobs"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    deployment_clients("sns").delete_topic(TopicArn=deployed.outputs["Gone"])
    found = detect_drift(stack_name, client=client, poll_seconds=0.02)

    assert set(found.differences) == {
        Difference("Jobs", "AWS::SQS::Queue", url, "/VisibilityTimeout", "60", "5"),
        Difference("Gone", "AWS::SNS::Topic", deployed.outputs["Gone"], "", "the resource", "deleted"),
    }
    assert found.in_sync == 1
    assert found.unchecked == ()


def test_unknown_stack(deployment_clients: Clients) -> None:
    """It is said with the region."""
    with pytest.raises(UsageError, match=r"no such stack in this account and region \(us-east-1\)"):
        detect_drift("never-deployed", client=deployment_clients("cloudformation"))


def drifted(title: str, status: str, **more: Any) -> dict[str, Any]:
    """One resource's drift as CloudFormation says it."""
    return {
        "LogicalResourceId": title,
        "ResourceType": "AWS::SQS::Queue",
        "PhysicalResourceId": f"id-of-{title}",
        "StackResourceDriftStatus": status,
        **more,
    }


def scripted(**answers: list[Any]) -> Scripted:
    """A stack of three resources whose detection is complete at once; further answers are of the test."""
    listed = [{"StackResourceSummaries": [{"LogicalResourceId": title} for title in ("A", "B", "C")]}]
    return Scripted(
        **{
            "describe_stacks": stacks("CREATE_COMPLETE"),
            "detect_stack_drift": [{"StackDriftDetectionId": "d"}],
            "describe_stack_drift_detection_status": [{"DetectionStatus": "DETECTION_COMPLETE"}],
            "list_stack_resources": listed,
            "describe_stack_resource_drifts": [{"StackResourceDrifts": []}],
            **answers,
        }
    )


def test_detection_is_waited_for_and_read_to_its_last_page() -> None:
    """A value that is not there is None; what CloudFormation does not look at is named."""
    differences = [
        {"PropertyPath": "/Tags/0", "ExpectedValue": '{"Key":"a"}', "ActualValue": "null"},
        {"PropertyPath": "/DelaySeconds", "ExpectedValue": "null", "ActualValue": "5"},
    ]
    client = scripted(
        describe_stack_drift_detection_status=[
            {"DetectionStatus": "DETECTION_IN_PROGRESS"},
            {"DetectionStatus": "DETECTION_COMPLETE"},
        ],
        describe_stack_resource_drifts=[
            {"StackResourceDrifts": [drifted("A", "MODIFIED", PropertyDifferences=differences)], "NextToken": "n"},
            {"StackResourceDrifts": [drifted("B", "NOT_CHECKED")]},
        ],
    )
    found = detect_drift("s", client=client, poll_seconds=0)

    assert [(each.path, each.expected, each.actual) for each in found.differences] == [
        ("/Tags/0", '{"Key":"a"}', None),
        ("/DelaySeconds", None, "5"),
    ]
    assert (found.in_sync, found.unchecked) == (0, ("B", "C"))
    assert client.arguments["describe_stack_resource_drifts"]["NextToken"] == "n"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ({"DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": "AccessDenied on A"}, "AccessDenied on A"),
        ({"DetectionStatus": "DETECTION_FAILED"}, "no reason given"),
    ],
)
def test_detection_that_failed_in_part_tells_what_it_found(answer: dict[str, str], failure: str) -> None:
    """What could be looked at is told, and that it is not all."""
    client = scripted(
        describe_stack_drift_detection_status=[answer],
        describe_stack_resource_drifts=[{"StackResourceDrifts": [drifted("A", "IN_SYNC")]}],
    )
    found = detect_drift("s", client=client)

    assert (found.in_sync, found.unchecked, found.failure) == (1, ("B", "C"), failure)


def test_detection_that_takes_too_long() -> None:
    """The time budget ends it, with the option that allows more."""
    client = scripted(describe_stack_drift_detection_status=[{"DetectionStatus": "DETECTION_IN_PROGRESS"}])

    with pytest.raises(DeploymentError, match=r"the time is up: allow more, --timeout"):
        detect_drift("s", client=client, timeout_seconds=0)


def test_refusal_says_what_to_do() -> None:
    """A stack at work, or a missing permission, is AWS's answer and no traceback."""
    client = scripted(detect_stack_drift=[client_error("AccessDenied", "no")])

    with pytest.raises(DeploymentError, match="stack s: found 'AccessDenied: no'; ask for the permission"):
        detect_drift("s", client=client)
