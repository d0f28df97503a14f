"""Drift: what has been changed in a stack's resources past CloudFormation, as CloudFormation itself finds it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from tap_templates.deployment.clients import aws_errors
from tap_templates.deployment.stacks import POLL_SECONDS, describe
from tap_templates.errors import DeploymentError, UsageError

TIMEOUT_SECONDS = 600.0
DELETED, MODIFIED, IN_SYNC = "DELETED", "MODIFIED", "IN_SYNC"


class Difference(NamedTuple):
    """One property of one resource; ``path`` is empty when the resource itself is gone."""

    logical_id: str
    type: str
    physical_id: str
    path: str
    expected: str | None
    actual: str | None


class Drift(NamedTuple):
    """What CloudFormation found; ``unchecked`` are logical ids of resources that it cannot or could not look at.

    ``failure`` is its reason where it could not look at all of those that it knows how to.
    """

    stack_name: str
    differences: tuple[Difference, ...]
    in_sync: int
    unchecked: tuple[str, ...]
    failure: str = ""


def detect_drift(
    stack_name: str, *, client: Any, timeout_seconds: float = TIMEOUT_SECONDS, poll_seconds: float = POLL_SECONDS
) -> Drift:
    """Have CloudFormation compare every resource with the template, and wait for what it finds.

    Raises:
        UsageError: No such stack.
        DeploymentError: AWS refused, the stack is at work, or the time is up.
    """
    where = f"stack {stack_name}"
    stack = describe(client, stack_name)
    if stack is None:
        found = f"no such stack in this account and region ({client.meta.region_name})"
        raise UsageError(where, found=found, remedy="deploy it first, or correct name and region")
    deadline = time.monotonic() + timeout_seconds
    with aws_errors(where):
        detection = client.detect_stack_drift(StackName=stack["StackId"])["StackDriftDetectionId"]
    while True:
        with aws_errors(where):
            found = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        if time.monotonic() >= deadline:
            raise DeploymentError(where, found="DETECTION_IN_PROGRESS", remedy="the time is up: allow more, --timeout")
        time.sleep(poll_seconds)
    failure = found.get("DetectionStatusReason", "no reason given") if "FAILED" in found["DetectionStatus"] else ""
    return _drift(stack_name, client, stack["StackId"], failure)


def _drift(stack_name: str, client: Any, stack_id: str, failure: str) -> Drift:
    with aws_errors(f"stack {stack_name}"):
        listed = client.get_paginator("list_stack_resources").paginate(StackName=stack_id)
        titles = [said["LogicalResourceId"] for page in listed for said in page["StackResourceSummaries"]]
        drifts: list[Mapping[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            page = client.describe_stack_resource_drifts(StackName=stack_id, **more)
            drifts += page["StackResourceDrifts"]
            if not page.get("NextToken"):
                break
            more = {"NextToken": page["NextToken"]}
    statuses = {said["LogicalResourceId"]: said["StackResourceDriftStatus"] for said in drifts}
    return Drift(
        stack_name,
        tuple(difference for said in drifts for difference in _differences(said)),
        sum(status == IN_SYNC for status in statuses.values()),
        tuple(title for title in titles if statuses.get(title) not in (IN_SYNC, MODIFIED, DELETED)),
        failure,
    )


def _differences(said: Mapping[str, Any]) -> list[Difference]:
    who = (said["LogicalResourceId"], said["ResourceType"], said.get("PhysicalResourceId", ""))
    if said["StackResourceDriftStatus"] == DELETED:
        return [Difference(*who, "", "the resource", "deleted")]
    if said["StackResourceDriftStatus"] != MODIFIED:
        return []
    return [
        Difference(*who, each["PropertyPath"], _value(each.get("ExpectedValue")), _value(each.get("ActualValue")))
        for each in said.get("PropertyDifferences", [])
    ]


def _value(text: str | None) -> str | None:
    """None for what is not there: CloudFormation says ``null``."""
    return None if text in (None, "null") else text
