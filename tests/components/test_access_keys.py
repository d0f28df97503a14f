"""The rotation of access keys: function, schedule, permissions, dead letters, alarms."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged, with_suffix
from support.iam_evaluator import ALLOWED, DENIED, NOT_ALLOWED, Request, decision, within
from support.resolved_template import ACCOUNT, OTHER_ACCOUNT, Resolved, template_resources

from tap_templates.components.access_keys import access_key_rotation
from tap_templates.components.alarms import alarm_topic
from tap_templates.components.identity import people, permissions_boundary
from tap_templates.runtime import access_key_rotation as handler_module
from tap_templates.runtime.permissions import ACCESS_KEY_ROTATION
from tap_templates.runtime.source import inline_source
from tap_templates.settings import Settings
from tap_templates.stack import Stack

PATH = "payments/prod/ab12cd34"
USER = f"arn:aws:iam::{ACCOUNT}:user/{PATH}/payments-prod-alice-ab12cd34"
SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:{PATH}/access-keys/payments-prod-alice-ab12cd34-abcdef"
GROUP = f"arn:aws:iam::{ACCOUNT}:group/{PATH}/payments-prod-developers-ab12cd34"
TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:AlarmTopic"
TOPIC_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/alarmtopickey"
QUEUE = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:KeyRotationFailures"
LOG = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:payments-prod-key-rotation-log-ab12cd34"
RULE = f"arn:aws:events:eu-central-1:{ACCOUNT}:rule/payments-prod-key-rotation-daily-ab12cd34"
ON = {"group": GROUP, "user": USER, "secret": SECRET, "topic": TOPIC, "topic-key": TOPIC_KEY}


def rotation_stack(settings: Settings) -> Stack:
    """The rotation with all that it needs."""
    stack = Stack(settings)
    permissions_boundary(stack)
    topic = alarm_topic(stack)
    everyone = people(stack, stack.settings.groups, stack.settings.users)
    access_key_rotation(stack, groups=list(everyone.groups.values()), topic=topic)
    return stack


@pytest.fixture(scope="module")
def encoded() -> Any:
    """The template with everything fixed."""
    return rotation_stack(fixed()).to_dict()


@pytest.fixture(scope="module")
def template(encoded: Any) -> Resolved:
    """The same as AWS sees it."""
    return Resolved(encoded)


def test_function(encoded: Any) -> None:
    """The function, apart from its code, variables and tags, is exactly this."""
    function = untagged(encoded["Resources"]["KeyRotation"])
    del function["Properties"]["Code"], function["Properties"]["Environment"]

    assert function == {
        "Type": "AWS::Lambda::Function",
        "DependsOn": ["KeyRotationRolePolicy"],
        "Properties": {
            "FunctionName": fixed_name("key-rotation"),
            "Description": "Replaces, deactivates and deletes the access keys of the stack's users",
            "Runtime": "python3.13",
            "Architectures": ["arm64"],
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["KeyRotationRole", "Arn"]},
            "Timeout": 900,
            "MemorySize": 256,
            "ReservedConcurrentExecutions": 1,
            "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["KeyRotationFailures", "Arn"]}},
            "TracingConfig": {"Mode": "Active"},
            "LoggingConfig": {"LogGroup": {"Ref": "KeyRotationLog"}},
        },
    }


def test_code_is_the_handler(encoded: Any) -> None:
    """The inlined code is the handler's source, compiles, and has the function that ``index.handler`` names."""
    code = encoded["Resources"]["KeyRotation"]["Properties"]["Code"]
    tree = ast.parse(code["ZipFile"])

    assert code == {"ZipFile": inline_source("access_key_rotation")}
    assert [node.args.args[0].arg for node in tree.body if getattr(node, "name", "") == "handler"] == ["event"]
    assert len(code["ZipFile"]) < 4 * 1024 * 1024


def test_variables(template: Resolved) -> None:
    """The function's variables, as it finds them."""
    assert template.properties("KeyRotation")["Environment"]["Variables"] == {
        "GROUP_NAMES": "payments-prod-developers-ab12cd34,payments-prod-operators-ab12cd34",
        "USER_PATH": f"/{PATH}/",
        "SECRET_PREFIX": f"{PATH}/access-keys/",
        "TOPIC_ARN": TOPIC,
        "MAX_AGE_DAYS": "60",
        "GRACE_DAYS": "5",
        "DELETE_AFTER_DAYS": "6",
        "UNUSED_DAYS": "30",
        "TAGS": '{"Project":"payments","Environment":"prod","Owner":"team-payments","CostCenter":"CC-1",'
        '"DataClassification":"restricted","ManagedBy":"tap_templates"}',
    }


def test_variables_that_are_asked_for() -> None:
    """Answers of the form arrive as they were given; the tags are still a JSON object."""
    variables = Resolved(rotation_stack(asked()).to_dict(), {**ANSWERS, "AccessKeyGraceDays": "3"}).properties(
        "KeyRotation"
    )["Environment"]["Variables"]

    days = {key: str(value) for key, value in variables.items() if key.endswith("_DAYS")}
    assert days == {"MAX_AGE_DAYS": "90", "GRACE_DAYS": "3", "DELETE_AFTER_DAYS": "7", "UNUSED_DAYS": "45"}
    assert variables["USER_PATH"] == f"/{PATH}/"
    assert json.loads(variables["TAGS"]) == {
        "Project": "payments",
        "Environment": "prod",
        "Owner": "team-payments",
        "CostCenter": "CC-1",
        "DataClassification": "confidential",
        "ManagedBy": "tap_templates",
    }


def test_every_variable_is_read_and_every_read_one_is_there(encoded: Any) -> None:
    """What the handler reads from its environment is what the function has, no more and no less."""
    source = Path(str(handler_module.__file__)).read_text(encoding="utf-8")
    read = set(re.findall(r"environ(?:\.get\(|\[)['\"]([A-Z_]+)['\"]", source))
    days = {f"{field.upper()}_DAYS" for field in handler_module.Days._fields}

    assert 'environ.get(f"{k}_days".upper())' in source
    assert set(encoded["Resources"]["KeyRotation"]["Properties"]["Environment"]["Variables"]) == read | days


@pytest.mark.parametrize(
    ("settings", "answers", "expected"),
    [
        (fixed(reserve_concurrency=True), {}, 1),
        (fixed(reserve_concurrency=False), {}, None),
        (asked(), {**ANSWERS, "ReserveConcurrency": "true"}, 1),
        (asked(), {**ANSWERS, "ReserveConcurrency": "false"}, None),
        (asked(), ANSWERS, 1),
    ],
)
def test_reserved_concurrency(settings: Settings, answers: dict[str, str], expected: int | None) -> None:
    """One execution is reserved, unless the settings or the form's answer say otherwise."""
    template = Resolved(rotation_stack(settings).to_dict(), answers)

    assert template.properties("KeyRotation").get("ReservedConcurrentExecutions") == expected


def test_concurrency_is_a_condition_only_when_it_is_asked_for(encoded: Any) -> None:
    """A fixed answer leaves no condition; an open one is decided by the form."""
    conditions = rotation_stack(asked()).to_dict()["Conditions"]

    assert "Conditions" not in encoded
    assert conditions["ReservesConcurrency"] == {"Fn::Equals": [{"Ref": "ReserveConcurrency"}, "true"]}


def test_log_group(encoded: Any) -> None:
    """The function's log stays, encrypted, under a name by the convention, for as long as logs are kept."""
    assert untagged(encoded["Resources"]["KeyRotationLog"]) == {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "LogGroupName": fixed_name("key-rotation-log"),
            "RetentionInDays": 400,
            "KmsKeyId": {"Fn::GetAtt": ["LogsKey", "Arn"]},
        },
    }


def test_dead_letters(encoded: Any) -> None:
    """Dead letters are encrypted, kept for 14 days, and go with the stack."""
    assert untagged(encoded["Resources"]["KeyRotationFailures"]) == {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "QueueName": fixed_name("key-rotation-failures"),
            "SqsManagedSseEnabled": True,
            "MessageRetentionPeriod": 1209600,
        },
    }


def test_schedule_and_permission(encoded: Any) -> None:
    """A rule starts the function once a day, may do so as this rule alone, and has a place for what it cannot start."""
    rule, permission = (untagged(encoded["Resources"][f"KeyRotation{word}"]) for word in ("Daily", "DailyStart"))

    assert rule["Properties"] == {
        "Name": fixed_name("key-rotation-daily"),
        "Description": "Starts KeyRotation once a day",
        "ScheduleExpression": "rate(1 day)",
        "State": "ENABLED",
        "Targets": [
            {
                "Id": "KeyRotation",
                "Arn": {"Fn::GetAtt": ["KeyRotation", "Arn"]},
                "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["KeyRotationFailures", "Arn"]}},
            }
        ],
    }
    assert permission["Properties"] == {
        "FunctionName": {"Ref": "KeyRotation"},
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
        "SourceArn": {"Fn::GetAtt": ["KeyRotationDaily", "Arn"]},
    }


@pytest.mark.parametrize(
    ("service", "context", "expected"),
    [
        ("events.amazonaws.com", {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": RULE}, ALLOWED),
        ("events.amazonaws.com", {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"{RULE}-2"}, NOT_ALLOWED),
        (
            "events.amazonaws.com",
            {"aws:SourceAccount": OTHER_ACCOUNT, "aws:SourceArn": RULE.replace(ACCOUNT, OTHER_ACCOUNT)},
            NOT_ALLOWED,
        ),
        ("events.amazonaws.com", {}, NOT_ALLOWED),
        ("sns.amazonaws.com", {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": RULE}, NOT_ALLOWED),
        (
            "events.amazonaws.com",
            {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": RULE, "aws:SecureTransport": "false"},
            DENIED,
        ),
    ],
)
def test_who_sends_dead_letters(template: Resolved, service: str, context: dict[str, str], expected: str) -> None:
    """The daily rule sends dead letters, over TLS; no other rule and no one from outside."""
    policy = template.properties("KeyRotationFailuresPolicy")["PolicyDocument"]

    assert decision(Request("sqs:SendMessage", QUEUE, service, context=context), policy) == expected


def by_function(template: Resolved, action: str, resource: str) -> bool:
    """Whether the function may do it, by the policy and the boundary of its role."""
    boundary, policy = (
        template.properties(title)["PolicyDocument"] for title in ("RoleBoundary", "KeyRotationRolePolicy")
    )
    return within(Request(action, resource), boundary, policy)


@pytest.mark.parametrize(("action", "kind"), ACCESS_KEY_ROTATION.items())
def test_role_permits_what_the_handler_calls(template: Resolved, action: str, kind: str) -> None:
    """Every call of the handler is permitted on what the stack owns, by the role and its boundary together."""
    assert by_function(template, action, ON[kind])


@pytest.mark.parametrize(("action", "kind"), ACCESS_KEY_ROTATION.items())
def test_role_permits_no_call_elsewhere(template: Resolved, action: str, kind: str) -> None:
    """No call is permitted on what another stack, project or account owns."""
    elsewhere = {
        ON[kind].replace("ab12cd34", "99999999").replace("AlarmTopic", "OtherTopic").replace("alarm", "other"),
        ON[kind].replace("prod", "dev").replace("AlarmTopic", "DevTopic").replace("alarm", "dev"),
        ON[kind].replace(ACCOUNT, OTHER_ACCOUNT),
        "*",
    }

    assert ON[kind] not in elsewhere
    assert not [resource for resource in elsewhere if by_function(template, action, resource)]


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("logs:CreateLogStream", f"{LOG}:log-stream:2026/11/24/[$LATEST]0", True),
        ("logs:PutLogEvents", f"{LOG}:log-stream:2026/11/24/[$LATEST]0", True),
        ("sqs:SendMessage", QUEUE, True),
        ("xray:PutTraceSegments", "*", True),
        ("xray:PutTelemetryRecords", "*", True),
        ("logs:PutLogEvents", f"{LOG[:-8]}99999999:log-stream:a", False),
        ("logs:PutLogEvents", f"{LOG}-2:log-stream:a", False),
        ("logs:CreateLogGroup", LOG, False),
        ("logs:DeleteLogGroup", LOG, False),
        ("sqs:ReceiveMessage", QUEUE, False),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/root-admin", False),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/{PATH}", False),
        ("iam:AttachUserPolicy", USER, False),
        ("iam:PutUserPolicy", USER, False),
        ("iam:CreateLoginProfile", USER, False),
        ("iam:AddUserToGroup", GROUP, False),
        ("iam:DeleteUser", USER, False),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{PATH}/payments-prod-key-rotation-role-ab12cd34", False),
        ("secretsmanager:GetSecretValue", SECRET, False),
        ("secretsmanager:DeleteSecret", SECRET, False),
        ("secretsmanager:DeleteResourcePolicy", SECRET, False),
        (
            "secretsmanager:PutSecretValue",
            f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:{PATH}/other/a-abcdef",
            False,
        ),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/any", False),
        ("s3:GetObject", "arn:aws:s3:::payments-prod-data-bucket-ab12cd34/a", False),
        ("kms:PutKeyPolicy", TOPIC_KEY, False),
    ],
)
def test_role_permits_its_own_log_queue_and_traces_and_no_more(
    template: Resolved, action: str, resource: str, expected: bool
) -> None:
    """Beside the handler's calls: its log, its dead letters, its traces. No secret is read, no right is given."""
    assert by_function(template, action, resource) is expected


def test_a_policy_attached_later_widens_nothing(template: Resolved) -> None:
    """With full rights attached to the role afterwards, the boundary still lets it do what it was granted only."""
    boundary = template.properties("RoleBoundary")["PolicyDocument"]
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

    for action in ("iam:AttachUserPolicy", "secretsmanager:GetSecretValue", "iam:PassRole", "s3:GetObject"):
        assert not within(Request(action, USER), boundary, everything)
    assert not within(Request("iam:CreateAccessKey", USER.replace(ACCOUNT, OTHER_ACCOUNT)), boundary, everything)


def test_topic_key_lets_the_function_publish(template: Resolved) -> None:
    """The topic's key lets principals of the account use it through SNS, which is how the function publishes."""
    policy = template.properties("AlarmTopicKey")["KeyPolicy"]
    role = f"arn:aws:sts::{ACCOUNT}:assumed-role/payments-prod-key-rotation-role-ab12cd34/run"
    context = {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "sns.eu-central-1.amazonaws.com"}

    assert decision(Request("kms:GenerateDataKey", TOPIC_KEY, arn=role, context=context), policy) == ALLOWED


def test_role_names_only_what_the_stack_owns(encoded: Any) -> None:
    """Every resource of the role's policy is of the stack itself or under its prefix; ``*`` is X-Ray's alone."""
    policy = encoded["Resources"]["KeyRotationRolePolicy"]["Properties"]["PolicyDocument"]

    assert {row["Sid"]: row["Resource"] for row in policy["Statement"]} == {
        "RotateGroup": [{"Fn::GetAtt": ["DevelopersGroup", "Arn"]}, {"Fn::GetAtt": ["OperatorsGroup", "Arn"]}],
        "RotateUser": [with_suffix("arn:${AWS::Partition}:iam::${AWS::AccountId}:user/payments/prod/${Suffix}/*")],
        "RotateSecret": [
            with_suffix(
                "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:"
                "payments/prod/${Suffix}/access-keys/*"
            )
        ],
        "PublishAlarmTopic": [{"Ref": "AlarmTopic"}],
        "EncryptAlarmTopicKey": [{"Fn::GetAtt": ["AlarmTopicKey", "Arn"]}],
        "WriteKeyRotationLog": [{"Fn::GetAtt": ["KeyRotationLog", "Arn"]}],
        "SendKeyRotationFailures": [{"Fn::GetAtt": ["KeyRotationFailures", "Arn"]}],
        "Trace": ["*"],
    }


def test_alarms(encoded: Any) -> None:
    """Errors, throttles, runs of 12 minutes and dead letters raise alarms, each with the topic as its action."""
    function, queue = [{"Name": "FunctionName", "Value": {"Ref": "KeyRotation"}}], "KeyRotationFailures"
    rows = {
        title: (row["Namespace"], row["MetricName"], row["Dimensions"], row["Statistic"], row["Threshold"])
        for title, row in template_resources(encoded, "AWS::CloudWatch::Alarm").items()
    }

    assert rows == {
        "KeyRotationErrors": ("AWS/Lambda", "Errors", function, "Sum", 1),
        "KeyRotationThrottles": ("AWS/Lambda", "Throttles", function, "Sum", 1),
        "KeyRotationNearTimeout": ("AWS/Lambda", "Duration", function, "Maximum", 720000),
        "KeyRotationFailuresDepth": (
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}],
            "Maximum",
            1,
        ),
    }
