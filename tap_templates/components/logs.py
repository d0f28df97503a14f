"""Log groups: kept as long as is required, encrypted with one key of the stack, and read or written through verbs."""

from __future__ import annotations

from typing import NamedTuple

import awacs.aws as aws
import awacs.kms as kms_actions
import awacs.logs as logs_actions
from troposphere import AWSHelperFn, GetAtt, Ref, Sub, logs

from tap_templates.components.keys import THIS_KEY, Key, key
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
KEY = "LogsKey"
CONTEXT = "kms:EncryptionContext:aws:logs:arn"
READING = [
    logs_actions.DescribeLogStreams,
    logs_actions.FilterLogEvents,
    logs_actions.GetLogEvents,
    logs_actions.GetQueryResults,
    logs_actions.StartQuery,
]


class LogGroup(NamedTuple):
    """A log group and the verbs that grant access to it; CloudWatch Logs decrypts for whoever may read it."""

    stack: Stack
    resource: logs.LogGroup

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


def log_group(stack: Stack, title: str, *, says: str, name: AWSHelperFn | None = None) -> LogGroup:
    """Log group that keeps its events as long as the setting says, encrypted with the stack's key for logs.

    Stays when the stack goes.

    Args:
        name: Where the service that writes it names it; it must contain a name of the stack.

    Source: AWS Security Hub control CloudWatch.16; CloudWatch Logs user guide, encryption of log data.
    """
    group = stack.add(
        logs.LogGroup(
            title,
            LogGroupName=name or stack.name(title, logs.LogGroup),
            RetentionInDays=stack.setting("log_retention_days"),
            KmsKeyId=logs_key(stack).arn,
            **stack.retention,
        ),
        says=says,
    )
    return LogGroup(stack, group)


def admit_databases(stack: Stack) -> None:
    """Lets CloudWatch Logs use the key for the groups of the stack's databases, which RDS names."""
    using = logs_key(stack)
    sid = "UseForDatabaseLogs"
    if any(statement.properties.get("Sid") == sid for statement in using.resource.KeyPolicy.properties["Statement"]):
        return
    of_databases = (
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/rds/*/{prefix}-*-{suffix}/*"
    )
    when = aws.ArnLike(CONTEXT, stack.convention.sub(of_databases))
    by_logs = service(Sub("logs.${AWS::Region}.${AWS::URLSuffix}"))
    using.admit(allow(ENCRYPTION, on=THIS_KEY, to=by_logs, when=when, sid=sid))


def logs_key(stack: Stack) -> Key:
    """The key of the stack's log groups, one for all: CloudWatch Logs uses it for groups with the stack's names alone.

    Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    """
    known = stack.template.resources.get(KEY)
    if known is not None:
        return Key(known)
    groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
    by_logs = service(Sub("logs.${AWS::Region}.${AWS::URLSuffix}"))
    when = aws.ArnLike(CONTEXT, stack.convention.sub(f"{groups}{{prefix}}-*-{{suffix}}"))
    using = allow(ENCRYPTION, on=THIS_KEY, to=by_logs, when=when, sid="UseForLogs")
    return key(stack, KEY, purpose="log groups", statements=[using])
