"""Flow logs: in a log group by a role that may write it and nothing else, or in a bucket that lets delivery in."""

from __future__ import annotations

from typing import Any

import pytest
from support.network_samples import a_network, a_stack, fixed, of_type, resolved
from support.resolved_template import ACCOUNT, Resolved

from tap_templates.components.network import Network, network
from tap_templates.components.storage import access_log_bucket, data_bucket

DELIVERY = {"Service": "delivery.logs.amazonaws.com"}
FROM_DELIVERY = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:logs:eu-central-1:{ACCOUNT}:*"},
}


def in_a_bucket(**given: Any) -> Network:
    """Two networks, whose flow logs go to one bucket."""
    stack, topic = a_stack(fixed(**given))
    bucket = data_bucket(stack, "FlowLogs", access_logs=access_log_bucket(stack), says="bucket for flow logs")
    network(stack, "Other", topic=topic, cidr="10.1.0.0/16", flow_logs=bucket)
    return network(stack, topic=topic, flow_logs=bucket)


def statements(policy: Any) -> dict[str, Any]:
    """Statements of a policy by their Sid."""
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_flow_log_in_a_log_group() -> None:
    """All traffic of the VPC."""
    seen = resolved(a_network())

    assert of_type(seen, "EC2::FlowLog") == {
        "NetworkFlowLog": {
            "ResourceId": "Network",
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "MaxAggregationInterval": 600,
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": "payments-prod-network-flow-logs-ab12cd34",
            "DeliverLogsPermissionArn": seen.arn("NetworkFlowRole"),
        }
    }
    assert seen.resources["NetworkFlowLog"]["DependsOn"] == ["NetworkFlowRolePolicy"]


def test_log_group_is_kept_as_the_setting_says() -> None:
    """And is encrypted with the key of the stack's log groups."""
    seen = resolved(a_network())

    assert of_type(seen, "Logs::LogGroup")["NetworkFlowLogs"] == {
        "LogGroupName": "payments-prod-network-flow-logs-ab12cd34",
        "RetentionInDays": 400,
        "KmsKeyId": seen.arn("LogsKey"),
    }


def test_role_is_assumed_by_flow_logs_of_this_account() -> None:
    """And may write its log group alone."""
    seen = resolved(a_network())
    [trust] = seen.properties("NetworkFlowRole")["AssumeRolePolicyDocument"]["Statement"]
    policy = seen.properties("NetworkFlowRolePolicy")["PolicyDocument"]

    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert {action for statement in policy["Statement"] for action in statement["Action"]} == {
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    }
    assert {arn for statement in policy["Statement"] for arn in statement["Resource"]} == {seen.arn("NetworkFlowLogs")}


def test_flow_log_in_a_bucket() -> None:
    """Without a role: the bucket's policy lets delivery in, and is there first."""
    seen = resolved(in_a_bucket())

    assert of_type(seen, "EC2::FlowLog")["NetworkFlowLog"] == {
        "ResourceId": "Network",
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "MaxAggregationInterval": 600,
        "LogDestinationType": "s3",
        "LogDestination": seen.arn("FlowLogs"),
    }
    assert seen.resources["NetworkFlowLog"]["DependsOn"] == ["FlowLogsPolicy"]
    assert "NetworkFlowLogs" not in seen.resources


def test_bucket_lets_log_delivery_of_this_account_in() -> None:
    """To write under its own prefix, and to look at the ACL; once, for both networks."""
    seen = resolved(in_a_bucket())
    found = statements(seen.properties("FlowLogsPolicy")["PolicyDocument"])

    assert found["FlowLogDelivery"] == {
        "Sid": "FlowLogDelivery",
        "Effect": "Allow",
        "Principal": DELIVERY,
        "Action": ["s3:PutObject"],
        "Resource": [f"{seen.arn('FlowLogs')}/AWSLogs/{ACCOUNT}/*"],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": FROM_DELIVERY["ArnLike"],
        },
    }
    assert found["FlowLogAclCheck"]["Action"] == ["s3:GetBucketAcl"]
    assert found["FlowLogAclCheck"]["Condition"] == FROM_DELIVERY


@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms"])
def test_key_of_the_bucket_lets_log_delivery_in(algorithm: str) -> None:
    """Where the bucket has one."""
    made = Resolved(in_a_bucket(bucket=algorithm).stack.to_dict())
    keys = {title: made.properties(title)["KeyPolicy"] for title in made.resources if title == "FlowLogsKey"}

    assert bool(keys) is (algorithm == "aws:kms")
    for policy in keys.values():
        use = statements(policy)["UseForFlowLogs"]
        assert (use["Principal"], use["Condition"]) == (DELIVERY, FROM_DELIVERY)
        assert "kms:GenerateDataKey" in use["Action"]
