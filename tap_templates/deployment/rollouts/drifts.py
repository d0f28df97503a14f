"""Drift of one stack, as CloudFormation finds it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from tap_templates.deployment.clients import aws_errors
from tap_templates.deployment.rollouts.distributor import Watch
from tap_templates.deployment.rollouts.model import DriftedResource
from tap_templates.errors import DeploymentError


def stack_drift(
    client: Any, stack_id: str, *, account: str, region: str, watch: Watch
) -> tuple[str, tuple[DriftedResource, ...]]:
    """``IN_SYNC`` or ``DRIFTED``, with the resources that are not as the template says.

    Raises:
        DeploymentError: It could not be found out; says why.
    """
    where = f"drift of {account}/{region}"
    with aws_errors(where):
        detection = client.detect_stack_drift(StackName=stack_id)["StackDriftDetectionId"]
        while True:
            found = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
            if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                break
            if not watch.seconds_left:
                raise DeploymentError(where, found="DETECTION_IN_PROGRESS", remedy="the time is up: allow more")
            time.sleep(watch.poll_seconds)
    if found["DetectionStatus"] == "DETECTION_FAILED":
        reason = found.get("DetectionStatusReason", "no reason given")
        raise DeploymentError(where, found=reason, remedy="correct what the message says and run again")
    filters = ["MODIFIED", "DELETED"]
    with aws_errors(where):
        drifted = client.describe_stack_resource_drifts(StackName=stack_id, StackResourceDriftStatusFilters=filters)
    resources = tuple(drifted_resource(account, region, said) for said in drifted["StackResourceDrifts"])
    return found["StackDriftStatus"], resources


def drifted_resource(account: str, region: str, said: Mapping[str, Any]) -> DriftedResource:
    """A resource's drift as CloudFormation tells it, of a stack or of an instance of a set."""
    differences = tuple(
        f"{found['PropertyPath'].lstrip('/').replace('/', '.')}: "
        f"expected {found['ExpectedValue']}, found {found['ActualValue']}"
        for found in said.get("PropertyDifferences", [])
    )
    status = said["StackResourceDriftStatus"]
    return DriftedResource(account, region, said["LogicalResourceId"], said["ResourceType"], status, differences)
