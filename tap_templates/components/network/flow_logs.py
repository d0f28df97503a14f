"""Flow logs: who talked to whom, and what was refused, in a log group or a bucket."""

from __future__ import annotations

import awacs.aws as aws
import awacs.kms as kms_actions
import awacs.logs as logs_actions
import awacs.s3 as s3_actions
from troposphere import AWSHelperFn, Ref, Sub, ec2

from tap_templates.components.identity import service_role
from tap_templates.components.keys import used_by
from tap_templates.components.logs import log_group
from tap_templates.components.storage import Bucket
from tap_templates.errors import PropertyError
from tap_templates.policies import allow, from_source, service
from tap_templates.stack import Stack

FLOW_LOGS = "vpc-flow-logs.amazonaws.com"
DELIVERY = "delivery.logs.amazonaws.com"
LOGS = "logs"
AGGREGATION_SECONDS = 600
DELIVERS = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
# VPC user guide, "Required key policy for use with SSE-KMS".
DELIVERING = [
    kms_actions.Decrypt,
    kms_actions.DescribeKey,
    kms_actions.Encrypt,
    kms_actions.GenerateDataKey,
    kms_actions.ReEncryptFrom,
    kms_actions.ReEncryptTo,
]


def flow_log(stack: Stack, title: str, *, vpc: ec2.VPC, to: str | Bucket) -> ec2.FlowLog:
    """Flow log of all traffic of a VPC.

    Args:
        to: ``"logs"`` for a log group of its own, that is kept as long as the setting says, or a bucket of the stack,
            in which it writes under ``AWSLogs/``.

    Raises:
        PropertyError: ``to`` is neither.

    Source: Security Hub control EC2.6; CIS AWS Foundations 3.7.
    """
    if isinstance(to, Bucket):
        destination = _into_bucket(stack, to)
    elif to == LOGS:
        destination = _into_log_group(stack, title)
    else:
        raise PropertyError(str(vpc.title), "flow_logs", found=to, remedy=f"use {LOGS!r} or a bucket of the stack")
    return stack.add(
        ec2.FlowLog(
            f"{title}FlowLog",
            ResourceId=Ref(vpc),
            ResourceType="VPC",
            TrafficType="ALL",
            MaxAggregationInterval=AGGREGATION_SECONDS,
            **destination,
        ),
        says=f"flow log of {title}",
    )


def _into_log_group(stack: Stack, title: str) -> dict[str, object]:
    """A log group, and the role that writes it and nothing else.

    Source: VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs".
    """
    group = log_group(stack, f"{title}FlowLogs", says=f"log group of the flow log of {title}")
    looking = allow([logs_actions.DescribeLogStreams], on=group.arn, sid="FindStreams")
    role = service_role(
        stack,
        f"{title}FlowRole",
        service=FLOW_LOGS,
        statements=[*group.write(), looking],
        description=f"Delivers the flow log of {title}",
    )
    return {
        "LogDestinationType": "cloud-watch-logs",
        "LogGroupName": Ref(group.resource),
        "DeliverLogsPermissionArn": role.arn,
        "DependsOn": list(role.policy_titles),
    }


def _into_bucket(stack: Stack, bucket: Bucket) -> dict[str, object]:
    """A bucket that lets log delivery of this account in, as AWS would by itself and outside of the template.

    Source: VPC user guide, "Amazon S3 bucket permissions for flow logs".
    """
    for statement in _delivery(bucket):
        if statement.properties["Sid"] not in _sids(bucket):
            bucket.admit(statement)
    if bucket.key and "UseForFlowLogs" not in _sids_of(bucket.key.resource.KeyPolicy):
        bucket.key.admit(used_by(DELIVERY, when=from_source(DELIVERS), sid="UseForFlowLogs", actions=DELIVERING))
    return {
        "LogDestinationType": "s3",
        "LogDestination": bucket.arn,
        "DependsOn": [_policy_title(bucket)],
    }


def _delivery(bucket: Bucket) -> list[aws.Statement]:
    to = service(DELIVERY)
    files: AWSHelperFn = Sub(f"${{{bucket.title}.Arn}}/AWSLogs/${{AWS::AccountId}}/*")
    owned = aws.StringEquals({aws.SourceAccount: Ref("AWS::AccountId"), "s3:x-amz-acl": "bucket-owner-full-control"})
    return [
        allow([s3_actions.PutObject], on=files, to=to, when=[owned, aws.ArnLike(aws.SourceArn, DELIVERS)],
              sid="FlowLogDelivery"),
        allow([s3_actions.GetBucketAcl], on=bucket.arn, to=to, when=from_source(DELIVERS), sid="FlowLogAclCheck"),
    ]  # fmt: skip


def _policy_title(bucket: Bucket) -> str:
    return f"{bucket.title}Policy"


def _sids(bucket: Bucket) -> list[str]:
    return _sids_of(bucket.stack.template.resources[_policy_title(bucket)].PolicyDocument)


def _sids_of(policy: aws.PolicyDocument) -> list[str]:
    return [str(statement.properties.get("Sid")) for statement in policy.properties["Statement"]]
