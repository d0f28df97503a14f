"""Deployed resources altered behind CloudFormation's back, by their services' own APIs.

Each alteration is named by the value that it changes, as ``verify`` tells it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Clients = Callable[[str], Any]
Ids = Mapping[str, str]
Alteration = Callable[[Clients, Ids], Any]

OPEN = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
OPEN_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def _alarm(aws: Clients, ids: Ids, title: str, **changes: Any) -> None:
    """The same alarm with something else in it."""
    cloudwatch = aws("cloudwatch")
    [found] = cloudwatch.describe_alarms(AlarmNames=[ids[title]])["MetricAlarms"]
    known = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    cloudwatch.put_metric_alarm(**{**{key: value for key, value in found.items() if key in known}, **changes})


def _policy(aws: Clients, ids: Ids, title: str) -> None:
    aws("iam").create_policy_version(PolicyArn=ids[title], PolicyDocument=json.dumps(OPEN_POLICY), SetAsDefault=True)


def _metric_filter(aws: Clients, ids: Ids, title: str, **changes: Any) -> None:
    logs = aws("logs")
    found = logs.describe_metric_filters(logGroupName=ids["TrailLog"], filterNamePrefix=ids[title])["metricFilters"][0]
    words = ("filterName", "filterPattern", "logGroupName", "metricTransformations")
    logs.put_metric_filter(**{**{word: found[word] for word in words}, **changes})


def _without_tls(aws: Clients, ids: Ids) -> None:
    document = json.loads(aws("s3").get_bucket_policy(Bucket=ids["TrailBucket"])["Policy"])
    document["Statement"] = [each for each in document["Statement"] if each.get("Sid") != "DenyPlainHttp"]
    aws("s3").put_bucket_policy(Bucket=ids["TrailBucket"], Policy=json.dumps(document))


def _lifecycle(aws: Clients, ids: Ids) -> None:
    s3 = aws("s3")
    rules = s3.get_bucket_lifecycle_configuration(Bucket=ids["TrailBucket"])["Rules"]
    rules[0]["Expiration"] = {"Days": 1}
    s3.put_bucket_lifecycle_configuration(Bucket=ids["TrailBucket"], LifecycleConfiguration={"Rules": rules})


def _configure(**changes: Any) -> Alteration:
    return lambda aws, ids: aws("lambda").update_function_configuration(FunctionName=ids["KeyRotation"], **changes)


def _environment(aws: Clients, ids: Ids) -> None:
    found = aws("lambda").get_function_configuration(FunctionName=ids["KeyRotation"])["Environment"]["Variables"]
    changed = {"Variables": {**found, "MAX_AGE_DAYS": "9999", "EXTRA": "1"}}
    aws("lambda").update_function_configuration(FunctionName=ids["KeyRotation"], Environment=changed)


ALTERATIONS: dict[str, Alteration] = {
    "AccessLogs.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.SSEAlgorithm": (
        lambda aws, ids: aws("s3").put_bucket_encryption(
            Bucket=ids["AccessLogs"],
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
        )
    ),
    "AccessLogsPolicy": lambda aws, ids: aws("s3").delete_bucket_policy(Bucket=ids["AccessLogs"]),
    "DataBucket.PublicAccessBlockConfiguration.BlockPublicPolicy": lambda aws, ids: aws("s3").put_public_access_block(
        Bucket=ids["DataBucket"],
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": True,
        },
    ),
    "DataBucket.VersioningConfiguration.Status": lambda aws, ids: aws("s3").put_bucket_versioning(
        Bucket=ids["DataBucket"], VersioningConfiguration={"Status": "Suspended"}
    ),
    "DataBucket.LoggingConfiguration": lambda aws, ids: aws("s3").put_bucket_logging(
        Bucket=ids["DataBucket"], BucketLoggingStatus={}
    ),
    "DataBucket.Tags.Owner": lambda aws, ids: aws("s3").put_bucket_tagging(
        Bucket=ids["DataBucket"],
        Tagging={
            "TagSet": [
                {**tag, "Value": "nobody"} if tag["Key"] == "Owner" else tag
                for tag in aws("s3").get_bucket_tagging(Bucket=ids["DataBucket"])["TagSet"]
                if not tag["Key"].startswith("aws:")
            ]
        },
    ),
    "TrailBucketPolicy.PolicyDocument.Statement[DenyPlainHttp]": _without_tls,
    "TrailBucket.LifecycleConfiguration.Rules[keep-what-is-current].ExpirationInDays": _lifecycle,
    "KeyRotationLog.RetentionInDays": lambda aws, ids: aws("logs").put_retention_policy(
        logGroupName=ids["KeyRotationLog"], retentionInDays=1
    ),
    "UnauthorizedApiCalls.AlarmActions": lambda aws, ids: _alarm(aws, ids, "UnauthorizedApiCalls", AlarmActions=[]),
    "RootUsage.Threshold": lambda aws, ids: _alarm(aws, ids, "RootUsage", Threshold=1000.0),
    "VpcChanges.ActionsEnabled": lambda aws, ids: aws("cloudwatch").disable_alarm_actions(
        AlarmNames=[ids["VpcChanges"]]
    ),
    "IamPolicyChanges": lambda aws, ids: aws("cloudwatch").delete_alarms(AlarmNames=[ids["IamPolicyChanges"]]),
    "RootUsageFilter.FilterPattern": lambda aws, ids: _metric_filter(
        aws, ids, "RootUsageFilter", filterPattern="never"
    ),
    "AlarmTopicPolicy.PolicyDocument.Statement[Open]": lambda aws, ids: aws("sns").set_topic_attributes(
        TopicArn=ids["AlarmTopic"], AttributeName="Policy", AttributeValue=json.dumps(OPEN)
    ),
    "AlarmTopic.KmsMasterKeyId": lambda aws, ids: aws("sns").set_topic_attributes(
        TopicArn=ids["AlarmTopic"], AttributeName="KmsMasterKeyId", AttributeValue=""
    ),
    "AlarmTopicEmail": lambda aws, ids: aws("sns").unsubscribe(SubscriptionArn=ids["AlarmTopicEmail"]),
    "KeyRotationFailures.MessageRetentionPeriod": lambda aws, ids: aws("sqs").set_queue_attributes(
        QueueUrl=ids["KeyRotationFailures"], Attributes={"MessageRetentionPeriod": "60"}
    ),
    "KeyRotationFailures.Tags.CostCenter": lambda aws, ids: aws("sqs").untag_queue(
        QueueUrl=ids["KeyRotationFailures"], TagKeys=["CostCenter"]
    ),
    "KeyRotationFailuresPolicy": lambda aws, ids: aws("sqs").set_queue_attributes(
        QueueUrl=ids["KeyRotationFailures"], Attributes={"Policy": ""}
    ),
    "AlarmTopicKey.EnableKeyRotation": lambda aws, ids: aws("kms").disable_key_rotation(KeyId=ids["AlarmTopicKey"]),
    "AlarmTopicKey.Enabled": lambda aws, ids: aws("kms").disable_key(KeyId=ids["AlarmTopicKey"]),
    "AlarmTopicKey.KeyPolicy.Statement[Open]": lambda aws, ids: aws("kms").put_key_policy(
        KeyId=ids["AlarmTopicKey"], PolicyName="default", Policy=json.dumps(OPEN)
    ),
    "AlarmTopicKeyAlias": lambda aws, ids: aws("kms").delete_alias(AliasName=ids["AlarmTopicKeyAlias"]),
    "KeyRotation.Timeout": _configure(Timeout=3),
    "KeyRotation.Environment.Variables.MAX_AGE_DAYS": _environment,
    "KeyRotation.Environment.Variables.EXTRA": _environment,
    "KeyRotation.ReservedConcurrentExecutions": lambda aws, ids: aws("lambda").delete_function_concurrency(
        FunctionName=ids["KeyRotation"]
    ),
    "KeyRotationDailyStart": lambda aws, ids: aws("lambda").remove_permission(
        FunctionName=ids["KeyRotation"], StatementId=ids["KeyRotationDailyStart"]
    ),
    "KeyRotationDaily.ScheduleExpression": lambda aws, ids: aws("events").put_rule(
        Name=ids["KeyRotationDaily"], ScheduleExpression="rate(365 days)", State="ENABLED"
    ),
    "KeyRotationDaily.State": lambda aws, ids: aws("events").disable_rule(Name=ids["KeyRotationDaily"]),
    "KeyRotationDaily.Targets[KeyRotation]": lambda aws, ids: aws("events").remove_targets(
        Rule=ids["KeyRotationDaily"], Ids=["KeyRotation"]
    ),
    "KeyRotationRole.PermissionsBoundary": lambda aws, ids: aws("iam").delete_role_permissions_boundary(
        RoleName=ids["KeyRotationRole"]
    ),
    "KeyRotationRole.Policies": lambda aws, ids: aws("iam").put_role_policy(
        RoleName=ids["KeyRotationRole"], PolicyName="more", PolicyDocument=json.dumps(OPEN_POLICY)
    ),
    "TrailRole.AssumeRolePolicyDocument.Statement[0]": lambda aws, ids: aws("iam").update_assume_role_policy(
        RoleName=ids["TrailRole"],
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
            }
        ),
    ),
    "TrailRole.ManagedPolicyArns": lambda aws, ids: aws("iam").detach_role_policy(
        RoleName=ids["TrailRole"], PolicyArn=ids["TrailRolePolicy"]
    ),
    "RoleBoundary.PolicyDocument.Statement[All]": lambda aws, ids: _policy(aws, ids, "RoleBoundary"),
    "AuditorsGroup.ManagedPolicyArns": lambda aws, ids: aws("iam").attach_group_policy(
        GroupName=ids["AuditorsGroup"], PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
    "AliceUser.Groups": lambda aws, ids: aws("iam").remove_user_from_group(
        UserName=ids["AliceUser"], GroupName=ids["DevelopersGroup"]
    ),
    "Trail.IsLogging": lambda aws, ids: aws("cloudtrail").stop_logging(Name=ids["Trail"]),
    "Trail.IsMultiRegionTrail": lambda aws, ids: aws("cloudtrail").update_trail(
        Name=ids["Trail"], IsMultiRegionTrail=False
    ),
}
