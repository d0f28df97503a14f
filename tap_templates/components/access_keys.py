"""Rotation of access keys: the function, when it runs, what it may do, and how its failures are heard of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import awacs.aws as aws
import awacs.logs as logs_actions
import awacs.sqs as sqs_actions
import awacs.xray as xray_actions
from troposphere import AWSHelperFn, Equals, GetAtt, If, Join, NoValue, Ref, Sub, awslambda, events, iam, logs, sqs

from tap_templates.components.alarms import Topic, depth_alarm, function_alarms
from tap_templates.components.identity import SECRETS, service_role
from tap_templates.components.keys import logs_key
from tap_templates.policies import EVERYTHING, allow, anyone, deny, document, from_source, service
from tap_templates.runtime import code
from tap_templates.runtime.permissions import ACCESS_KEY_ROTATION
from tap_templates.settings import SETTING
from tap_templates.stack import Stack
from tap_templates.tagging import required_tags

RUNTIME = "python3.13"
TIMEOUT_SECONDS = 900  # Lambda's longest: the function stops by itself before that and goes on the next day.
MEMORY_MIB = 256
SCHEDULE = "rate(1 day)"
DEAD_LETTER_SECONDS = 1_209_600  # SQS's longest: 14 days.
RESERVES_CONCURRENCY = "ReservesConcurrency"
TITLE = "KeyRotation"


class Rotation(NamedTuple):
    """The function that rotates keys, and the queue for the runs that failed for good."""

    function: awslambda.Function
    dead_letters: sqs.Queue


def access_key_rotation(stack: Stack, *, groups: Sequence[iam.Group], topic: Topic) -> Rotation:
    """Function that once a day replaces, deactivates and deletes the access keys of the groups' users.

    ``runtime/access_key_rotation.py`` says what it decides; its code is inlined. It may touch users under the stack's
    IAM path and secrets under the stack's prefix only, and reads no secret. Errors, throttles, runs near the
    timeout and dead letters raise alarms.

    Source: CIS AWS Foundations 1.12, 1.14; Security Hub controls IAM.3, IAM.22, Lambda.2, Lambda.7.
    """
    dead_letters = _dead_letters(stack)
    log_group = _log_group(stack)
    statements = [
        *_rotation(stack, groups, topic),
        allow(
            [logs_actions.CreateLogStream, logs_actions.PutLogEvents], on=GetAtt(log_group, "Arn"), sid="WriteOwnLog"
        ),
        *logs_key(stack).encrypt(),
        allow([sqs_actions.SendMessage], on=GetAtt(dead_letters, "Arn"), sid="SendDeadLetters"),
        # X-Ray takes segments for the account as a whole.
        allow([xray_actions.PutTelemetryRecords, xray_actions.PutTraceSegments], on=EVERYTHING, sid="Trace"),
    ]
    role = service_role(
        stack,
        f"{TITLE}Role",
        service="lambda.amazonaws.com",
        statements=statements,
        description="Rotates the access keys of the stack's users",
    )
    function = stack.add(
        awslambda.Function(
            TITLE,
            FunctionName=stack.name(TITLE, awslambda.Function),
            Description="Replaces, deactivates and deletes the access keys of the stack's users",
            Runtime=RUNTIME,
            Architectures=["arm64"],
            Handler="index.handler",
            Code=awslambda.Code(ZipFile=code("access_key_rotation")),
            Role=role.arn,
            Timeout=TIMEOUT_SECONDS,
            MemorySize=MEMORY_MIB,
            **_reserved(stack),
            DeadLetterConfig=awslambda.DeadLetterConfig(TargetArn=GetAtt(dead_letters, "Arn")),
            TracingConfig=awslambda.TracingConfig(Mode="Active"),
            LoggingConfig=awslambda.LoggingConfig(LogGroup=Ref(log_group)),
            Environment=awslambda.Environment(Variables=_variables(stack, groups, topic)),
            DependsOn=list(role.policy_titles),
        ),
        says="function that rotates access keys",
    )
    _every_day(stack, function, dead_letters)
    function_alarms(topic, function, timeout_seconds=TIMEOUT_SECONDS)
    depth_alarm(topic, dead_letters, says="A run of the key rotation failed for good")
    return Rotation(function, dead_letters)


def _rotation(stack: Stack, groups: Sequence[iam.Group], topic: Topic) -> list[aws.Statement]:
    """What the handler's module says that it calls, on what the stack owns."""
    own = stack.convention.sub
    secret = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:" + SECRETS + "*"
    arns: dict[str, Any] = {
        "group": [GetAtt(group, "Arn") for group in groups],
        "user": own("arn:${AWS::Partition}:iam::${AWS::AccountId}:user/{path}/*"),
        "secret": own(secret),
    }
    statements = []
    for kind, arn in arns.items():
        names = [name for name, on in ACCESS_KEY_ROTATION.items() if on == kind]
        actions = [aws.Action(*name.split(":")) for name in names]
        statements.append(allow(actions, on=arn, sid=f"Rotate{kind.title()}"))
    return [*statements, *topic.publish()]


def _variables(stack: Stack, groups: Sequence[iam.Group], topic: Topic) -> dict[str, Any]:
    own = stack.convention.sub
    return {
        "GROUP_NAMES": Join(",", [Ref(group) for group in groups]),
        "USER_PATH": own("/{path}/"),
        "SECRET_PREFIX": own(SECRETS),
        "TOPIC_ARN": topic.arn,
        "MAX_AGE_DAYS": _text(stack.setting("access_keys.max_age_days")),
        "GRACE_DAYS": _text(stack.setting("access_keys.grace_days")),
        "DELETE_AFTER_DAYS": _text(stack.setting("access_keys.delete_after_days")),
        "UNUSED_DAYS": _text(stack.setting("access_keys.unused_days")),
        "TAGS": _tags_as_json(stack),
    }


def _text(value: Any) -> Any:
    return value if isinstance(value, AWSHelperFn) else str(value)


def _tags_as_json(stack: Stack) -> Any:
    """The tags that the secrets get, as a JSON object; by their patterns, the form's answers hold no quotes."""
    tags = required_tags(stack.convention)
    plain = {key: f"${{{value['Ref']}}}" if isinstance(value, dict) else value for key, value in tags.items()}
    text = json.dumps(plain, separators=(",", ":"))
    return Sub(text) if "${" in text else text


def _reserved(stack: Stack) -> dict[str, Any]:
    wanted = stack.settings.get("reserve_concurrency")
    if wanted is None:
        asked = Equals(Ref(SETTING["reserve_concurrency"].parameter), "true")
        return {"ReservedConcurrentExecutions": If(stack.condition(RESERVES_CONCURRENCY, asked), 1, NoValue)}
    return {"ReservedConcurrentExecutions": 1} if wanted else {}


def _log_group(stack: Stack) -> logs.LogGroup:
    return stack.add(
        logs.LogGroup(
            f"{TITLE}Log",
            LogGroupName=stack.name(f"{TITLE}Log", logs.LogGroup),
            RetentionInDays=stack.setting("log_retention_days"),
            KmsKeyId=logs_key(stack).arn,
            **stack.retention,
        ),
        says="log group of the key rotation",
    )


def _dead_letters(stack: Stack) -> sqs.Queue:
    """Queue, encrypted by SQS, for events that the function or its rule gave up."""
    return stack.add(
        sqs.Queue(
            f"{TITLE}Failures",
            QueueName=stack.name(f"{TITLE}Failures", sqs.Queue),
            SqsManagedSseEnabled=True,
            MessageRetentionPeriod=DEAD_LETTER_SECONDS,
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
        ),
        says="queue for failed runs of the key rotation",
    )


def _every_day(stack: Stack, function: awslambda.Function, dead_letters: sqs.Queue) -> None:
    queue_arn = GetAtt(dead_letters, "Arn")
    rule = stack.add(
        events.Rule(
            f"{TITLE}Daily",
            Name=stack.name(f"{TITLE}Daily", events.Rule),
            Description="Starts the key rotation once a day",
            ScheduleExpression=SCHEDULE,
            State="ENABLED",
            Targets=[
                events.Target(
                    Id=TITLE,
                    Arn=GetAtt(function, "Arn"),
                    DeadLetterConfig=events.DeadLetterConfig(Arn=queue_arn),
                )
            ],
        ),
        says="daily rule of the key rotation",
    )
    rule_arn = GetAtt(rule, "Arn")
    stack.add(
        awslambda.Permission(
            f"{TITLE}Start",
            FunctionName=Ref(function),
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceAccount=Ref("AWS::AccountId"),
            SourceArn=rule_arn,
        )
    )
    stack.add(
        sqs.QueuePolicy(
            f"{TITLE}FailuresPolicy",
            Queues=[Ref(dead_letters)],
            PolicyDocument=document(
                allow(
                    [sqs_actions.SendMessage],
                    on=queue_arn,
                    to=service("events.amazonaws.com"),
                    when=from_source(rule_arn),
                    sid="SendFromRule",
                ),
                deny(
                    "sqs:*",
                    on=queue_arn,
                    to=anyone(),
                    when=aws.Bool(aws.SecureTransport, "false"),
                    sid="DenyPlainHttp",
                ),
            ),
        )
    )
