"""SNS, SQS and EventBridge of the embedded AWS: every property of a template arrives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from emulator.conftest import Clients, Stack


def ours(tags: Any) -> list[dict[str, str]]:
    """Tags in the template's words, without CloudFormation's own."""
    pairs = tags.items() if isinstance(tags, dict) else [(tag["Key"], tag["Value"]) for tag in tags]
    return sorted(({"Key": k, "Value": v} for k, v in pairs if not k.startswith("aws:")), key=lambda tag: tag["Key"])


def policy(resource: Any, action: str, who: str) -> dict[str, Any]:
    """A policy that lets a service do one thing."""
    statement = {"Effect": "Allow", "Principal": {"Service": who}, "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def read_topic(clients: Any, arn: str) -> dict[str, Any]:
    """The topic's properties, in the template's words."""
    sns = clients("sns")
    found = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    return {
        "TopicName": arn.rpartition(":")[2],
        "DisplayName": found["DisplayName"],
        "KmsMasterKeyId": found.get("KmsMasterKeyId") or None,
        "SignatureVersion": found.get("SignatureVersion") or None,
        "TracingConfig": found.get("TracingConfig") or None,
        "Tags": ours(sns.list_tags_for_resource(ResourceArn=arn)["Tags"]),
    }


def test_topic_is_created_updated_and_deleted(check_type: Any) -> None:
    """Key, display name and tags of a topic arrive."""
    check_type(
        "AWS::SNS::Topic",
        before={
            "TopicName": "tap-dev-alarms",
            "DisplayName": "Alarms",
            "KmsMasterKeyId": "alias/aws/sns",
            "SignatureVersion": "2",
            "TracingConfig": "Active",
            "Tags": [{"Key": "Environment", "Value": "dev"}],
        },
        after={
            "TopicName": "tap-dev-alarms",
            "DisplayName": "All alarms",
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        read=read_topic,
    )


def test_topic_policy_is_created_updated_and_deleted(check_type: Any) -> None:
    """The policy of a topic arrives as written."""
    arn = "arn:aws:sns:us-east-1:111122223333:tap-dev-policed"

    def read(clients: Any, _: str) -> dict[str, Any]:
        document = json.loads(clients("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])
        return {"Topics": [arn], "PolicyDocument": document}

    check_type(
        "AWS::SNS::TopicPolicy",
        before={"Topics": [{"Ref": "Topic"}], "PolicyDocument": policy(arn, "sns:Publish", "events.amazonaws.com")},
        after={"Topics": [{"Ref": "Topic"}], "PolicyDocument": policy(arn, "sns:Publish", "cloudwatch.amazonaws.com")},
        support={"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "tap-dev-policed"}}},
        read=read,
    )


def test_subscription_is_created_updated_and_deleted(check_type: Any) -> None:
    """Endpoint, filter, raw delivery and dead-letter queue of a subscription arrive."""

    def read(clients: Any, arn: str) -> dict[str, Any]:
        found = clients("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return {
            "TopicArn": found["TopicArn"],
            "Protocol": found["Protocol"],
            "Endpoint": found["Endpoint"],
            "FilterPolicy": json.loads(found["FilterPolicy"]),
            "FilterPolicyScope": found["FilterPolicyScope"],
            "RawMessageDelivery": found["RawMessageDelivery"] == "true",
            "RedrivePolicy": json.loads(found["RedrivePolicy"]),
        }

    fixed = {
        "TopicArn": {"Ref": "Topic"},
        "Protocol": "sqs",
        "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]},
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}},
    }
    check_type(
        "AWS::SNS::Subscription",
        before={
            **fixed,
            "FilterPolicy": {"kind": ["a"]},
            "FilterPolicyScope": "MessageBody",
            "RawMessageDelivery": True,
        },
        after={
            **fixed,
            "FilterPolicy": {"kind": ["b"]},
            "FilterPolicyScope": "MessageAttributes",
            "RawMessageDelivery": False,
        },
        support={
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Dead": {"Type": "AWS::SQS::Queue"},
        },
        read=read,
    )


def read_queue(clients: Any, url: str) -> dict[str, Any]:
    """The queue's properties, in the template's words."""
    sqs = clients("sqs")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    numbers = ("DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds")
    redrive = found.get("RedrivePolicy")
    return {
        "QueueName": url.rpartition("/")[2],
        **{name: int(found[name]) for name in (*numbers, "VisibilityTimeout")},
        "SqsManagedSseEnabled": found["SqsManagedSseEnabled"] == "true" if "SqsManagedSseEnabled" in found else None,
        "KmsMasterKeyId": found.get("KmsMasterKeyId"),
        "RedrivePolicy": json.loads(redrive) if redrive else None,
        "Tags": ours(sqs.list_queue_tags(QueueUrl=url).get("Tags", {})),
    }


def test_queue_is_created_updated_and_deleted(check_type: Any) -> None:
    """Sizes, times, encryption, redrive and tags of a queue arrive."""
    fixed = {
        "QueueName": "tap-dev-work",
        "DelaySeconds": 5,
        "MaximumMessageSize": 2048,
        "ReceiveMessageWaitTimeSeconds": 20,
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 5},
    }
    check_type(
        "AWS::SQS::Queue",
        before={
            **fixed,
            "VisibilityTimeout": 180,
            "MessageRetentionPeriod": 1209600,
            "SqsManagedSseEnabled": True,
            "Tags": [{"Key": "Environment", "Value": "dev"}],
        },
        after={
            **fixed,
            "VisibilityTimeout": 60,
            "MessageRetentionPeriod": 86400,
            "KmsMasterKeyId": "alias/aws/sqs",
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        support={"Dead": {"Type": "AWS::SQS::Queue"}},
        read=read_queue,
    )


def test_queue_policy_is_created_updated_and_deleted(check_type: Any) -> None:
    """The policy of a queue arrives as written."""
    arn = "arn:aws:sqs:us-east-1:111122223333:tap-dev-policed"

    def read(clients: Any, _: str) -> dict[str, Any]:
        url = clients("sqs").get_queue_url(QueueName="tap-dev-policed")["QueueUrl"]
        found = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
        return {"Queues": [url], "PolicyDocument": json.loads(found["Policy"])}

    check_type(
        "AWS::SQS::QueuePolicy",
        before={"Queues": [{"Ref": "Queue"}], "PolicyDocument": policy(arn, "sqs:SendMessage", "events.amazonaws.com")},
        after={"Queues": [{"Ref": "Queue"}], "PolicyDocument": policy(arn, "sqs:SendMessage", "sns.amazonaws.com")},
        support={"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "tap-dev-policed"}}},
        read=read,
    )


def test_rule_is_created_updated_and_deleted(check_type: Any) -> None:
    """Schedule, state, target with dead-letter queue and retries, and tags of a rule arrive."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        events = clients("events")
        try:
            rule = events.describe_rule(Name=name)
        except ClientError as error:
            raise LookupError(name) from error
        return {
            "Name": rule["Name"],
            "Description": rule["Description"],
            "State": rule["State"],
            "ScheduleExpression": rule.get("ScheduleExpression") or None,
            "EventPattern": json.loads(rule["EventPattern"]) if rule.get("EventPattern") else None,
            "Targets": events.list_targets_by_rule(Rule=name)["Targets"],
            "Tags": ours(events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]),
        }

    target = {
        "Id": "queue",
        "Arn": {"Fn::GetAtt": ["Queue", "Arn"]},
        "Input": '{"a": 1}',
        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}},
        "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 3},
    }
    check_type(
        "AWS::Events::Rule",
        before={
            "Name": "tap-dev-daily",
            "Description": "one",
            "State": "DISABLED",
            "ScheduleExpression": "rate(1 day)",
            "Targets": [target],
            "Tags": [{"Key": "Environment", "Value": "dev"}],
        },
        after={
            "Name": "tap-dev-daily",
            "Description": "two",
            "State": "ENABLED",
            "EventPattern": {"source": ["aws.iam"]},
            "Targets": [{**target, "Input": "{}"}],
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        support={"Queue": {"Type": "AWS::SQS::Queue"}, "Dead": {"Type": "AWS::SQS::Queue"}},
        read=read,
    )


def test_archive_and_key_of_a_bus_follow_the_template(stack: Stack, clients: Clients) -> None:
    """Made, changed in place and deleted with the stack."""

    def told(days: int, **properties: str) -> tuple[int, str | None]:
        archive = {"SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]}, "RetentionDays": days}
        stack.deploy(
            {
                "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "shop", **properties}},
                "Archive": {"Type": "AWS::Events::Archive", "Properties": archive},
            }
        )
        events = clients("events")
        kept = events.describe_archive(ArchiveName=stack.ids["Archive"])["RetentionDays"]
        return kept, events.describe_event_bus(Name="shop").get("KmsKeyIdentifier") or None

    assert told(7) == (7, None)
    assert told(30, KmsKeyIdentifier="alias/shop") == (30, "alias/shop")
    assert told(30) == (30, None)
    name = stack.ids["Archive"]
    stack.delete()
    with pytest.raises(ClientError, match="ResourceNotFound"):
        clients("events").describe_archive(ArchiveName=name)
