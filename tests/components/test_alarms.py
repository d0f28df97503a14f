"""Alarms and their topic: who publishes, who is told, and that each alarm counts what its filter finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.iam_evaluator import ALLOWED, DENIED, NOT_ALLOWED, Request, decision
from support.resolved_template import ACCOUNT, OTHER_ACCOUNT, Resolved, template_resources
from troposphere import Ref, encode_to_dict

from tap_templates import data
from tap_templates.components.alarms import alarm, alarm_topic, cis_monitoring, subscribe_user
from tap_templates.components.logs import log_group
from tap_templates.components.topics import Topic
from tap_templates.settings import Settings, User
from tap_templates.stack import Stack

TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:AlarmTopic"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/alarmtopickey"
ALARM = f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm:payments-prod-root-usage-ab12cd34"
FROM_ALARM = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": ALARM, "aws:SecureTransport": "true"}


def stack_with_topic(settings: Settings | None = None) -> tuple[Stack, Topic]:
    """A stack with the topic alone."""
    stack = Stack(settings or fixed())
    return stack, alarm_topic(stack)


def stack_with_cis() -> Stack:
    """A stack with the alarms of CIS section 4."""
    stack, topic = stack_with_topic()
    cis_monitoring(topic, log_group(stack, "TrailLog", says="log group of the trail"))
    return stack


def test_topic() -> None:
    """The topic is encrypted with a key of its own and named by the convention."""
    encoded = stack_with_topic()[0].to_dict()

    assert untagged(encoded["Resources"]["AlarmTopic"]) == {
        "Type": "AWS::SNS::Topic",
        "Properties": {
            "TopicName": fixed_name("alarm-topic"),
            "KmsMasterKeyId": {"Fn::GetAtt": ["AlarmTopicKey", "Arn"]},
        },
    }
    assert encoded["Resources"]["AlarmTopicPolicy"]["Properties"]["Topics"] == [{"Ref": "AlarmTopic"}]


@pytest.mark.parametrize(
    ("service", "context", "expected"),
    [
        ("cloudwatch.amazonaws.com", FROM_ALARM, ALLOWED),
        ("cloudwatch.amazonaws.com", {**FROM_ALARM, "aws:SourceAccount": OTHER_ACCOUNT}, NOT_ALLOWED),
        (
            "cloudwatch.amazonaws.com",
            {**FROM_ALARM, "aws:SourceArn": ALARM.replace(ACCOUNT, OTHER_ACCOUNT)},
            NOT_ALLOWED,
        ),
        (
            "cloudwatch.amazonaws.com",
            {**FROM_ALARM, "aws:SourceArn": ALARM.replace("ab12cd34", "99999999")},
            NOT_ALLOWED,
        ),
        ("cloudwatch.amazonaws.com", {**FROM_ALARM, "aws:SourceArn": ALARM.replace("prod", "dev")}, NOT_ALLOWED),
        ("cloudwatch.amazonaws.com", {"aws:SecureTransport": "true"}, NOT_ALLOWED),
        ("events.amazonaws.com", FROM_ALARM, NOT_ALLOWED),
    ],
)
def test_only_own_alarms_publish(service: str, context: dict[str, str], expected: str) -> None:
    """CloudWatch publishes, and uses the key, for this stack's alarms in this account and for no others."""
    template = Resolved(stack_with_topic()[0].to_dict())
    publish = Request("sns:Publish", TOPIC, service, context=context)
    topic_policy = template.properties("AlarmTopicPolicy")["PolicyDocument"]
    key_policy = template.properties("AlarmTopicKey")["KeyPolicy"]

    assert decision(publish, topic_policy) == expected
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert decision(publish._replace(action=action, resource=KEY), key_policy) == expected


def test_plain_http_is_denied() -> None:
    """No one publishes without TLS, of whatever account."""
    policy = Resolved(stack_with_topic()[0].to_dict()).properties("AlarmTopicPolicy")["PolicyDocument"]
    plain = {**FROM_ALARM, "aws:SecureTransport": "false"}

    assert decision(Request("sns:Publish", TOPIC, "cloudwatch.amazonaws.com", context=plain), policy) == DENIED
    for account in (ACCOUNT, OTHER_ACCOUNT):
        publish = Request("sns:Publish", TOPIC, arn=f"arn:aws:iam::{account}:role/a", context=plain)
        assert decision(publish, policy) == DENIED
        assert decision(publish._replace(context={}), policy) == NOT_ALLOWED


def test_publishing_brings_the_key() -> None:
    """Whoever is granted publishing may use the topic's key for it."""
    topic = stack_with_topic()[1]

    assert [encode_to_dict(statement) for statement in topic.publish()] == [
        {
            "Sid": "PublishAlarmTopic",
            "Effect": "Allow",
            "Action": ["sns:Publish"],
            "Resource": [{"Ref": "AlarmTopic"}],
        },
        {
            "Sid": "EncryptAlarmTopicKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": [{"Fn::GetAtt": ["AlarmTopicKey", "Arn"]}],
        },
    ]


def test_email_that_is_fixed() -> None:
    """A fixed address is subscribed, without a condition."""
    encoded = stack_with_topic()[0].to_dict()

    assert encoded["Resources"]["AlarmTopicEmail"] == {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": {"Ref": "AlarmTopic"}, "Protocol": "email", "Endpoint": "oncall@example.com"},
    }
    assert "Conditions" not in encoded


def test_email_that_is_declined() -> None:
    """An address that the settings leave empty is neither subscribed nor asked for."""
    encoded = stack_with_topic(fixed(alarm_email=""))[0].to_dict()

    assert not template_resources(encoded, "AWS::SNS::Subscription")
    assert not {"Conditions", "Parameters"} & set(encoded)


def test_email_that_is_asked_for() -> None:
    """An address that the form asks for is subscribed if one is given."""
    encoded = stack_with_topic(asked())[0].to_dict()

    assert encoded["Resources"]["AlarmTopicEmail"]["Condition"] == "HasAlarmEmail"
    assert encoded["Conditions"] == {"HasAlarmEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]}}
    assert "AlarmTopicEmail" not in Resolved(encoded, ANSWERS).resources
    given = Resolved(encoded, {**ANSWERS, "AlarmEmail": "me@example.com"})
    assert given.properties("AlarmTopicEmail")["Endpoint"] == "me@example.com"


def test_user_is_told_of_their_own_keys_only() -> None:
    """A user with an address is subscribed to notices with their own name; one without is not."""
    stack, topic = stack_with_topic()
    subscribe_user(topic, "AliceNotices", User("alice", ("developers",), "alice@example.com"))
    subscribe_user(topic, "BobNotices", User("bob", ("developers",)))
    resources = stack.to_dict()["Resources"]

    assert resources["AliceNotices"] == {
        "Type": "AWS::SNS::Subscription",
        "Properties": {
            "TopicArn": {"Ref": "AlarmTopic"},
            "Protocol": "email",
            "Endpoint": "alice@example.com",
            "FilterPolicy": {"user": [fixed_name("alice")]},
        },
    }
    assert "BobNotices" not in resources


def test_alarm() -> None:
    """An alarm tells the topic as soon as one period reaches the threshold, and takes silence for health."""
    stack, topic = stack_with_topic()
    alarm(topic, "Depth", says="A queue fills", namespace="AWS/SQS", metric="Messages", dimensions={"Q": "one"})

    assert untagged(stack.to_dict()["Resources"]["Depth"]) == {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": fixed_name("depth"),
            "AlarmDescription": "A queue fills",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "Namespace": "AWS/SQS",
            "MetricName": "Messages",
            "Dimensions": [{"Name": "Q", "Value": "one"}],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
        },
    }


def cis_rows() -> list[dict[str, Any]]:
    """The table of the alarms, read without the library."""
    path = Path(str(data.__file__)).parent / "cis_alarms.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["alarms"]
    return rows


def test_cis_4_1_to_4_15_are_all_there() -> None:
    """There is a filter and an alarm for each of the fifteen controls, and none without."""
    encoded = stack_with_cis().to_dict()
    alarms = template_resources(encoded, "AWS::CloudWatch::Alarm")

    assert len(template_resources(encoded, "AWS::Logs::MetricFilter")) == 15
    assert sorted(row["AlarmDescription"].split(":")[0] for row in alarms.values()) == sorted(
        f"CIS 4.{number}" for number in range(1, 16)
    )


@pytest.mark.parametrize("row", cis_rows(), ids=lambda row: str(row["control"]))
def test_cis_filter_and_alarm(row: dict[str, Any]) -> None:
    """Each filter has the table's pattern and counts into the metric that its alarm watches."""
    resources = stack_with_cis().to_dict()["Resources"]
    found, watching = (resources[row["role"] + word]["Properties"] for word in ("Filter", ""))

    assert found == {
        "LogGroupName": {"Ref": "TrailLog"},
        "FilterPattern": row["pattern"],
        "MetricTransformations": [
            {"MetricName": row["role"], "MetricNamespace": {"Ref": "AWS::StackName"}, "MetricValue": "1"}
        ],
    }
    assert (watching["MetricName"], watching["Namespace"]) == (row["role"], {"Ref": "AWS::StackName"})
    assert (watching["Threshold"], watching["Period"], watching["Statistic"]) == (1, 300, "Sum")
    assert watching["AlarmDescription"] == f"CIS {row['control']}: {row['title']}"
    assert watching["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert "Dimensions" not in watching


def test_cis_alarms_have_one_output() -> None:
    """One output lists the names of all fifteen alarms."""
    stack = stack_with_cis()
    names = Resolved(stack.to_dict()).outputs()["CisAlarmNames"].split(",")

    assert len(names) == 15
    assert names[2] == "payments-prod-root-usage-ab12cd34"


def test_topic_arn_is_its_ref() -> None:
    """The ARN of a topic is what ``Ref`` gives."""
    topic = stack_with_topic()[1]

    assert encode_to_dict(topic.arn) == encode_to_dict(Ref(topic.resource)) == {"Ref": "AlarmTopic"}
