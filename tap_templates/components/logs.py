"""Log groups: kept as long as is required, encrypted as required, and read or written through verbs."""

from __future__ import annotations

from typing import NamedTuple

import awacs.aws as aws
import awacs.kms as kms_actions
import awacs.logs as logs_actions
from troposphere import AWSHelperFn, GetAtt, Ref, Sub, logs

from tap_templates.components.keys import THIS_KEY, Key, key
from tap_templates.naming import role_of
from tap_templates.policies import allow, service
from tap_templates.stack import Stack

# CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS", step 2.
ENCRYPTION = [
    kms_actions.Encrypt,
    kms_actions.Decrypt,
    kms_actions.ReEncryptFrom,
    kms_actions.ReEncryptTo,
    kms_actions.GenerateDataKey,
    kms_actions.GenerateDataKeyWithoutPlaintext,
    kms_actions.DescribeKey,
]
CONTEXT = "kms:EncryptionContext:aws:logs:arn"
READING = [
    logs_actions.DescribeLogStreams,
    logs_actions.FilterLogEvents,
    logs_actions.GetLogEvents,
    logs_actions.GetQueryResults,
    logs_actions.StartQuery,
]


class LogGroup(NamedTuple):
    """A log group, the verbs that grant access to it, and the key it is encrypted with, if any."""

    stack: Stack
    resource: logs.LogGroup
    key: Key | None = None

    @property
    def title(self) -> str:
        """Logical id of the log group."""
        return str(self.resource.title)

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the log group and its streams."""
        return GetAtt(self.resource, "Arn")

    def write(self) -> list[aws.Statement]:
        """Write events to streams of the group."""
        writing = [logs_actions.CreateLogStream, logs_actions.PutLogEvents]
        return [allow(writing, on=self.arn, sid=f"Write{self.title}")]

    def read(self) -> list[aws.Statement]:
        """Read and query the group's events."""
        return [allow(READING, on=self.arn, sid=f"Read{self.title}")]

    def measure(self, metric: str, pattern: str, *, title: str | None = None) -> logs.MetricFilter:
        """Metric filter: each event that matches adds one to a metric in the namespace of the stack's name.

        Args:
            metric: Name of the metric: ``FailedLogins``.
            pattern: As CloudWatch Logs writes it: ``{ $.level = "error" }``.
            title: Logical id; the metric's name with ``Filter`` by default.
        """
        return self.stack.add(
            logs.MetricFilter(
                title or f"{metric}Filter",
                LogGroupName=Ref(self.resource),
                FilterPattern=pattern,
                MetricTransformations=[
                    logs.MetricTransformation(MetricName=metric, MetricNamespace=Ref("AWS::StackName"), MetricValue="1")
                ],
            )
        )


def log_group(stack: Stack, title: str, *, says: str) -> LogGroup:
    """Log group that keeps its events as long as the setting says, with a key of its own where that is required.

    Stays when the stack goes.

    Source: AWS Security Hub control CloudWatch.16; CloudWatch Logs user guide, encryption of log data.
    """
    own_key = _key(stack, title) if "logs" in stack.requirements.customer_managed_keys else None
    group = stack.add(
        logs.LogGroup(
            title,
            LogGroupName=stack.name(title, logs.LogGroup),
            RetentionInDays=stack.setting("log_retention_days"),
            **({"KmsKeyId": own_key.arn} if own_key else {}),
            **stack.retention,
        ),
        says=says,
    )
    return LogGroup(stack, group, own_key)


def _key(stack: Stack, title: str) -> Key:
    """Key that CloudWatch Logs may use for this log group alone; its ARN is known before it is there, by the name."""
    of_group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:{prefix}-%s-{suffix}"
    by_logs = service(Sub("logs.${AWS::Region}.${AWS::URLSuffix}"))
    when = aws.ArnLike(CONTEXT, stack.convention.sub(of_group % role_of(title)))
    return key(
        stack,
        f"{title}Key",
        purpose=f"events in {title}",
        statements=[allow(ENCRYPTION, on=THIS_KEY, to=by_logs, when=when, sid="UseForLogs")],
    )
