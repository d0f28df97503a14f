"""Rotation of access keys: the function, when it runs, what it may do, and how its failures are heard of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import awacs.aws as aws
from troposphere import AWSHelperFn, GetAtt, Join, Ref, Sub, iam

from tap_templates.components.functions import Function, function
from tap_templates.components.functions.triggers import every
from tap_templates.components.identity import SECRETS
from tap_templates.components.topics import Topic
from tap_templates.policies import allow
from tap_templates.runtime import code
from tap_templates.runtime.permissions import ACCESS_KEY_ROTATION
from tap_templates.stack import Stack
from tap_templates.tagging import required_tags

RUNTIME = "python3.13"
TIMEOUT_SECONDS = 900  # Lambda's longest: the function stops by itself before that and goes on the next day.
MEMORY_MIB = 256
SCHEDULE = "rate(1 day)"
TITLE = "KeyRotation"


def access_key_rotation(stack: Stack, *, groups: Sequence[iam.Group], topic: Topic) -> Function:
    """Function that once a day replaces, deactivates and deletes the access keys of the groups' users.

    ``runtime/access_key_rotation.py`` says what it decides; its code is inlined. It may touch users under the stack's
    IAM path and secrets under the stack's prefix only, and reads no secret. Errors, throttles, runs near the
    timeout and dead letters raise alarms.

    Source: CIS AWS Foundations 1.12, 1.14; Security Hub controls IAM.3, IAM.22, Lambda.2, Lambda.7.
    """
    made = function(
        stack,
        TITLE,
        topic=topic,
        source=code("access_key_rotation"),
        description="Replaces, deactivates and deletes the access keys of the stack's users",
        says="function that rotates access keys",
        statements=_rotation(stack, groups, topic),
        variables=_variables(stack, groups, topic),
        runtime=RUNTIME,
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mib=MEMORY_MIB,
        concurrency=1,
        keep_failures=False,
    )
    every(made, SCHEDULE, title="Daily", says="once a day")
    return made


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
