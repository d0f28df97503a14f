"""What stands around a database: where it is, what it is tuned to, who watches it, and where its logs go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import awacs.kms as kms_actions
import awacs.logs as logs_actions
import awacs.sns as sns_actions
from troposphere import AWSHelperFn, Sub, rds

from tap_templates.components.identity import Role, service_role
from tap_templates.components.keys import USE, Key, key, used_by, used_through
from tap_templates.components.logs import admit_databases, log_group
from tap_templates.components.network import Network
from tap_templates.components.topics import Topic
from tap_templates.data.database_engines import Engine
from tap_templates.naming import role_of
from tap_templates.policies import allow, extend, from_source, service
from tap_templates.stack import Stack

MONITORING = "monitoring.rds.amazonaws.com"
EVENTS = "events.rds.amazonaws.com"
OS_METRICS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:RDSOSMetrics"
# RDS user guide, "AWS KMS key management": what whoever makes or restores a database does with its key, through RDS.
THROUGH_RDS = [
    *USE,
    kms_actions.CreateGrant,
    kms_actions.DescribeKey,
    kms_actions.Encrypt,
    kms_actions.ReEncryptFrom,
    kms_actions.ReEncryptTo,
]
# RDS user guide, event categories; Security Hub controls RDS.19, RDS.20.
INSTANCE_EVENTS = (
    "availability",
    "configuration change",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "recovery",
)
CLUSTER_EVENTS = ("deletion", "failover", "failure", "maintenance", "notification")


def own_key(stack: Stack, title: str) -> Key | None:
    """A key for rows, the owner's password and Performance Insights, where ``customer_managed_keys`` asks for one."""
    if "databases" not in stack.requirements.customer_managed_keys:
        return None
    return key(
        stack,
        f"{title}Key",
        purpose=f"rows of {title}",
        statements=[used_through("rds", actions=THROUGH_RDS), used_through("secretsmanager", actions=THROUGH_RDS)],
    )


def subnet_group(stack: Stack, title: str, *, network: Network, tier: str) -> rds.DBSubnetGroup:
    """The subnets of a tier, for one database."""
    return stack.add(
        rds.DBSubnetGroup(
            f"{title}Subnets",
            DBSubnetGroupName=stack.name(f"{title}Subnets", rds.DBSubnetGroup),
            DBSubnetGroupDescription=f"{tier.capitalize()} subnets of {network.title}",
            SubnetIds=network.tier(tier).subnets,
        ),
        says=f"subnet group of {title}",
    )


def parameter_group(
    stack: Stack, title: str, *, family: str, parameters: Mapping[str, str], aurora: bool
) -> rds.DBParameterGroup | rds.DBClusterParameterGroup:
    """Parameters of an instance or a cluster. Its title has the family: another major version is another group."""
    logical = f"{title}Parameters{''.join(part for part in family if part.isalnum()).title()}"
    says = f"parameters of {title}"
    kind = rds.DBClusterParameterGroup if aurora else rds.DBParameterGroup
    named = {"DBClusterParameterGroupName" if aurora else "DBParameterGroupName": stack.name(logical, kind)}
    return stack.add(
        kind(logical, **named, Family=family, Description=f"TLS and logs of {title}", Parameters=dict(parameters)),
        says=says,
    )


def monitoring_role(stack: Stack, title: str) -> Role:
    """Role with which RDS writes what it measures of the operating system, every minute.

    Source: RDS user guide, "Setting up for Enhanced Monitoring"; Security Hub control RDS.6.
    """
    making = [logs_actions.CreateLogGroup, logs_actions.PutRetentionPolicy]
    writing = [
        logs_actions.CreateLogStream,
        logs_actions.DescribeLogStreams,
        logs_actions.GetLogEvents,
        logs_actions.PutLogEvents,
    ]
    return service_role(
        stack,
        f"{title}MonitoringRole",
        service=MONITORING,
        statements=[
            allow(making, on=Sub(OS_METRICS), sid="MakeGroupOfMetrics"),
            allow(writing, on=Sub(f"{OS_METRICS}:log-stream:*"), sid="WriteMetrics"),
        ],
        description=f"Writes the operating system metrics of {title}",
    )


def exported_logs(stack: Stack, title: str, engine: Engine) -> list[str]:
    """Log groups that RDS writes, made before it would make them: kept as long as is required, and encrypted.

    Returns:
        Their logical ids.

    Source: RDS user guide, "Publishing database logs to Amazon CloudWatch Logs".
    """
    admit_databases(stack)
    kind = "cluster" if engine.is_aurora else "instance"
    identifier = f"{{prefix}}-{role_of(title)}-{{suffix}}"
    return [
        log_group(
            stack,
            f"{title}{export.title()}Log",
            says=f"{export} log of {title}",
            name=stack.convention.sub(f"/aws/rds/{kind}/{identifier}/{export}"),
        ).title
        for export in engine.exports
    ]


def event_subscription(
    topic: Topic, title: str, *, source: AWSHelperFn, kind: str, categories: Sequence[str]
) -> rds.EventSubscription:
    """What RDS says of a database goes to the topic.

    Args:
        kind: ``db-instance`` or ``db-cluster``.

    Source: RDS user guide, "Working with Amazon RDS event notification".
    """
    _admit_events(topic)
    return topic.stack.add(
        rds.EventSubscription(
            title,
            SnsTopicArn=topic.arn,
            SourceType=kind,
            SourceIds=[source],
            EventCategories=list(categories),
            Enabled=True,
            DependsOn=[str(topic.policy.title)],
        ),
        says=f"event subscription {title}",
    )


def _admit_events(topic: Topic) -> None:
    """Lets RDS publish for databases with names of the stack; the sources are databases and subscriptions.

    Source: RDS user guide, "Granting permissions to publish notifications to an Amazon SNS topic"; SNS developer guide,
    "Enable compatibility between event sources from AWS services and encrypted topics".
    """
    sid = "PublishDatabaseEvents"
    statements = topic.policy.PolicyDocument.properties["Statement"]
    if any(statement.properties.get("Sid") == sid for statement in statements):
        return
    of_stack = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:*:{prefix}-*-{suffix}*"
    when = from_source(topic.stack.convention.sub(of_stack))
    publishing = allow([sns_actions.Publish], on=topic.arn, to=service(EVENTS), when=when, sid=sid)
    extend(topic.policy.PolicyDocument, publishing)
    topic.key.admit(used_by(EVENTS, when=when, sid="UseForDatabaseEvents"))
