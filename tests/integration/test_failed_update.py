"""An update that fails: CloudFormation takes it back, and the first cause is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from integration.conftest import Deployed

from tap_templates.deployment import deploy
from tap_templates.errors import DeploymentError


def template(days: int, **more: Any) -> str:
    """A log group that is kept for some days, and more resources."""
    log = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "failed-update", "RetentionInDays": days}}
    outputs = {"LogName": {"Value": {"Ref": "Log"}}}
    return json.dumps({"Resources": {"Log": log, **more}, "Outputs": outputs})


def test_failed_update_is_taken_back_and_its_first_cause_is_said(deployed: Deployed) -> None:
    """A filter of a log group that is not there: named with reason and remedy; the log is kept as long as before."""
    client = deployed.clients("cloudformation")
    metric = {"MetricName": "errors", "MetricNamespace": "failing", "MetricValue": "1"}
    lost = {"LogGroupName": "lost", "FilterPattern": "ERROR", "MetricTransformations": [metric]}
    resources = {
        "Errors": {"Type": "AWS::Logs::MetricFilter", "DependsOn": "Log", "Properties": lost},
        "After": {"Type": "AWS::SNS::Topic", "DependsOn": "Errors"},
    }
    deploy(template(30), stack_name="failing", client=client)

    with pytest.raises(DeploymentError) as caught:
        deploy(template(60, **resources), stack_name="failing", client=client)

    [stack] = client.describe_stacks(StackName="failing")["Stacks"]
    [group] = deployed.clients("logs").describe_log_groups(logGroupNamePrefix="failed-update")["logGroups"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert group["retentionInDays"] == 30
    assert str(caught.value).startswith("Errors (AWS::Logs::MetricFilter) of stack failing: found '")
    assert "The specified log group does not exist: lost" in str(caught.value)
    assert "create what the message names first, or correct its name" in str(caught.value)


def test_stack_that_was_taken_back_can_be_updated_again(deployed: Deployed) -> None:
    """The next deployment begins from what is there."""
    client = deployed.clients("cloudformation")
    deploy(template(30), stack_name="failing", client=client)

    assert deploy(template(90), stack_name="failing", client=client).status == "UPDATE_COMPLETE"
