"""What a template promises of alarms, logs, trails, messages, keys, functions and tags, in the words of their APIs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from tap_templates.deployment.verification.values import tags_of
from tap_templates.testing.generation.symbolic import Symbolic

Named = Mapping[str, Any]
# Property of the resource: its word in GetTrail.
TRAIL_WORDS = {"EnableLogFileValidation": "LogFileValidationEnabled", "KMSKeyId": "KmsKeyId", "TrailName": "Name"}
ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
# What has a test of its own, or is no attribute.
NOT_OF_THE_ALARM = (*ACTIONS, "ActionsEnabled", "Tags")
NOT_OF_THE_FUNCTION = ("Code", "Environment", "KmsKeyArn", "Layers", "ReservedConcurrentExecutions", "Tags")
NOT_OF_THE_QUEUE = ("Tags", "QueueName")
NOT_OF_THE_TOPIC = ("Tags", "TopicName", "Subscription", "DataProtectionPolicy")
NOT_OF_THE_TRAIL = ("AdvancedEventSelectors", "EventSelectors", "InsightSelectors", "IsLogging", "Tags")
TAGGED = (
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::Alarm",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
)


def monitoring(stack: Symbolic) -> dict[str, Any]:
    """Tables of ``test_monitoring.py``."""
    alarms, trails = stack.of("AWS::CloudWatch::Alarm"), stack.of("AWS::CloudTrail::Trail")
    return {
        "alarms": {title: _alarm(said) for title, said in alarms.items()},
        "actions": {title: {word: said.get(word, []) for word in ACTIONS} for title, said in alarms.items()},
        "filters": {
            title: {
                "logGroupName": said["LogGroupName"],
                "filterPattern": said["FilterPattern"],
                "metricTransformations": [_small_words(each) for each in said["MetricTransformations"]],
            }
            for title, said in stack.of("AWS::Logs::MetricFilter").items()
            if {"LogGroupName", "FilterPattern", "MetricTransformations"} <= set(said)
        },
        "log_groups": {
            title: _small_words({word: said[word] for word in ("RetentionInDays", "KmsKeyId") if word in said})
            for title, said in stack.of("AWS::Logs::LogGroup").items()
        },
        "trails": {
            title: {TRAIL_WORDS.get(word, word): value for word, value in _but(said, NOT_OF_THE_TRAIL).items()}
            for title, said in trails.items()
        },
        "logging": {title: said.get("IsLogging", True) for title, said in trails.items()},
        "selectors": stack.stating("AWS::CloudTrail::Trail", "EventSelectors"),
    }


def messaging(stack: Symbolic) -> dict[str, Any]:
    """Tables of ``test_messaging.py``."""
    keys = stack.of("AWS::KMS::Key")
    words = ("Description", "Enabled", "KeySpec", "KeyUsage")
    return {
        "topics": {title: _texts(said, NOT_OF_THE_TOPIC) for title, said in stack.of("AWS::SNS::Topic").items()},
        "topic_policies": _policies(stack, "AWS::SNS::TopicPolicy", "Topics"),
        "subscriptions": stack.of("AWS::SNS::Subscription"),
        "queues": {title: _texts(said, NOT_OF_THE_QUEUE) for title, said in stack.of("AWS::SQS::Queue").items()},
        "queue_policies": _policies(stack, "AWS::SQS::QueuePolicy", "Queues"),
        "keys": {title: {word: said[word] for word in words if word in said} for title, said in keys.items()},
        "rotated": [title for title, said in keys.items() if said.get("EnableKeyRotation") in (True, "true")],
        "key_policies": {
            title: said["Statement"] for title, said in stack.stating("AWS::KMS::Key", "KeyPolicy").items()
        },
        "aliases": stack.stating("AWS::KMS::Alias", "TargetKeyId"),
    }


def functions(stack: Symbolic) -> dict[str, Any]:
    """Tables of ``test_functions.py``."""
    found, rules = stack.of("AWS::Lambda::Function"), stack.of("AWS::Events::Rule")
    return {
        "functions": {title: _but(said, NOT_OF_THE_FUNCTION) for title, said in found.items()},
        "environment": {
            title: _texts(said.get("Environment", {}).get("Variables", {}), ()) for title, said in found.items()
        },
        "concurrency": {title: said.get("ReservedConcurrentExecutions") for title, said in found.items()},
        "code": {
            title: hashlib.sha256(said["Code"]["ZipFile"].encode()).hexdigest()
            for title, said in found.items()
            if "ZipFile" in said.get("Code", {})
        },
        "events": {title: {} for title in found},
        "rules": {title: _but(said, ("Tags", "Targets")) for title, said in rules.items()},
        "targets": stack.stating("AWS::Events::Rule", "Targets"),
        "permissions": {
            title: said
            for title, said in stack.of("AWS::Lambda::Permission").items()
            if {"FunctionName", "Action", "Principal"} <= set(said)
        },
    }


def tags(stack: Symbolic) -> dict[str, Any]:
    """Tables of ``test_tags.py``."""
    stated = {
        title: {key: str(value) for key, value in tags_of(said["Tags"]).items()}
        for title, said in stack.properties.items()
        if "Tags" in said and stack.type_of(title) in TAGGED
    }
    pairs = [set(said.items()) for said in stated.values()]
    common = set.intersection(*pairs) if len(pairs) > 1 else set()
    first = next(iter(stated.values()), {})
    return {
        "kinds": {title: stack.type_of(title) for title in stated},
        "common": {key: value for key, value in first.items() if (key, value) in common},
        "own": {
            title: {key: value for key, value in said.items() if (key, value) not in common}
            for title, said in stated.items()
        },
    }


def _alarm(said: Named) -> dict[str, Any]:
    """All but its actions; an alarm over a formula has no dimensions of its own."""
    return _but(said, (*NOT_OF_THE_ALARM, "Dimensions") if "Metrics" in said else NOT_OF_THE_ALARM)


def _policies(stack: Symbolic, kind: str, word: str) -> dict[str, Any]:
    return {
        stack.titled(reference) or reference: said["PolicyDocument"]["Statement"]
        for said in stack.of(kind).values()
        if "PolicyDocument" in said
        for reference in said.get(word, [])
    }


def _but(said: Named, words: tuple[str, ...]) -> dict[str, Any]:
    return {word: value for word, value in said.items() if word not in words}


def _texts(said: Named, words: tuple[str, ...]) -> dict[str, Any]:
    """Values as services say attributes: as text, or data that they say as JSON."""
    return {word: _text(value) for word, value in _but(said, words).items()}


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, Mapping) else str(value)


def _small_words(said: Named) -> dict[str, Any]:
    return {word[0].lower() + word[1:]: value for word, value in said.items()}
