"""Drift of stack sets and of single stacks, from AWS's answers."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deployment.rollouts.conftest import EU, HOME, SECOND, Heard

from tap_templates.deployment.rollouts import StackSets, drift, status
from tap_templates.deployment.rollouts.drifts import stack_drift
from tap_templates.errors import DeploymentError

CHANGED = {
    "LogicalResourceId": "Jobs",
    "ResourceType": "AWS::SQS::Queue",
    "StackResourceDriftStatus": "MODIFIED",
    "PropertyDifferences": [
        {"PropertyPath": "/Tags/0/Value", "ExpectedValue": "a", "ActualValue": "b", "DifferenceType": "NOT_EQUAL"}
    ],
}
GONE = {"LogicalResourceId": "Old", "ResourceType": "AWS::SNS::Topic", "StackResourceDriftStatus": "DELETED"}


class Service:
    """CloudFormation with one set of two instances, of which one has drifted; its operation runs for one look."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.looks = ["RUNNING", "SUCCEEDED"]

    def __call__(self, service: str) -> Any:
        """The client."""
        return self

    def describe_stack_set(self, **arguments: Any) -> Any:
        """The set."""
        return {"StackSet": {"Status": "ACTIVE", "PermissionModel": "SERVICE_MANAGED"}}

    def detect_stack_set_drift(self, **arguments: Any) -> Any:
        """Begins."""
        self.calls.append(("detect", arguments))
        return {"OperationId": "op"}

    def describe_stack_set_operation(self, **arguments: Any) -> Any:
        """Runs, then is done."""
        status = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return {"StackSetOperation": {"Action": "DETECT_DRIFT", "Status": status}}

    def list_stack_instance_resource_drifts(self, **arguments: Any) -> Any:
        """Two pages."""
        self.calls.append(("drifts", arguments))
        return {"Summaries": [GONE]} if "NextToken" in arguments else {"Summaries": [CHANGED], "NextToken": "2"}

    def get_paginator(self, name: str) -> Any:
        """One page."""
        summaries = {
            "list_stack_instances": [
                {
                    "Account": a,
                    "Region": EU,
                    "Status": "CURRENT",
                    "OrganizationalUnitId": "r-ab12",
                    "DriftStatus": found,
                }
                for a, found in ((SECOND, "DRIFTED"), (HOME, "IN_SYNC"))
            ],
            "list_stack_set_operation_results": [{"Account": HOME, "Region": EU, "Status": "SUCCEEDED"}],
            "list_stack_set_operations": [
                {
                    "OperationId": "op",
                    "Status": "RUNNING",
                    "CreationTimestamp": datetime(2026, 1, 1, tzinfo=timezone.utc),
                }
            ],
        }[name]

        class Pages:
            def paginate(self, **arguments: Any) -> Any:
                return [{"Summaries": summaries}]

        return Pages()


def test_drifted_instances_are_named_with_their_resources(heard: Heard) -> None:
    """Every instance is looked at, whatever fails; the drifted one's resources are read, page by page."""
    service = Service()

    rollout, drifted = drift("jobs", StackSets(service, heard.watch()))  # type: ignore[arg-type]

    assert [(i.account, i.owner, i.drift) for i in rollout.instances] == [
        (HOME, "r-ab12", "IN_SYNC"), (SECOND, "r-ab12", "DRIFTED"),
    ]  # fmt: skip
    assert [(d.account, d.logical_id, d.status, d.differences) for d in drifted] == [
        (SECOND, "Jobs", "MODIFIED", ("Tags.0.Value: expected a, found b",)),
        (SECOND, "Old", "DELETED", ()),
    ]
    preferences = service.calls[0][1]["OperationPreferences"]
    assert preferences["FailureTolerancePercentage"] == 100
    assert {arguments["OperationId"] for what, arguments in service.calls if what == "drifts"} == {"op"}


def test_status_waits_for_what_is_at_work_only_when_asked(heard: Heard) -> None:
    """Without waiting, the operation is shown as it is."""
    service = Service()
    stack_sets = StackSets(service, heard.watch())  # type: ignore[arg-type]

    assert [operation.status for operation in status("jobs", stack_sets).operations] == ["RUNNING"]
    assert heard.results == []
    assert [operation.status for operation in status("jobs", stack_sets, wait=True).operations] == ["SUCCEEDED"]
    assert len(heard.results) == 1


def test_a_deleted_set_is_not_there(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS may still describe it."""
    service = Service()
    monkeypatch.setattr(service, "describe_stack_set", lambda **_: {"StackSet": {"Status": "DELETED"}})

    assert StackSets(service, heard.watch()).find("jobs") is None  # type: ignore[arg-type]


class OneStack:
    """Drift detection of one stack that says the given states, one at each look."""

    def __init__(self, *states: dict[str, str]) -> None:
        self.states = list(states)

    def detect_stack_drift(self, **arguments: Any) -> Any:
        """Begins."""
        return {"StackDriftDetectionId": "d"}

    def describe_stack_drift_detection_status(self, **arguments: Any) -> Any:
        """The next state, the last one again and again."""
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def describe_stack_resource_drifts(self, **arguments: Any) -> Any:
        """What has drifted."""
        return {"StackResourceDrifts": [CHANGED]}


UNDER_WAY = {"DetectionStatus": "DETECTION_IN_PROGRESS"}


def test_detection_of_a_stack_is_waited_for(heard: Heard) -> None:
    """Until it is complete."""
    client = OneStack(UNDER_WAY, UNDER_WAY, {"DetectionStatus": "DETECTION_COMPLETE", "StackDriftStatus": "DRIFTED"})

    found, [resource] = stack_drift(client, "id", account=HOME, region=EU, watch=heard.watch())

    assert (found, resource.logical_id) == ("DRIFTED", "Jobs")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (UNDER_WAY, "DETECTION_IN_PROGRESS'; the time is up"),
        ({"DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": "no access"}, "found 'no access'"),
    ],
    ids=["slow", "failed"],
)
def test_detection_that_comes_to_nothing_says_why(state: dict[str, str], said: str, heard: Heard) -> None:
    """With account and region."""
    with pytest.raises(DeploymentError, match=f"drift of {HOME}/{EU}.*{said}"):
        stack_drift(OneStack(state), "id", account=HOME, region=EU, watch=heard.watch(timeout_seconds=0.0))


def test_a_set_that_may_not_be_read_is_an_error(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Denied is not absent."""
    service = Service()

    def denied(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeStackSet")

    monkeypatch.setattr(service, "describe_stack_set", denied)
    with pytest.raises(DeploymentError, match="AccessDenied: no"):
        StackSets(service, heard.watch()).find("jobs")  # type: ignore[arg-type]
