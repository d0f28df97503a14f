"""KMS: keys and aliases."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import GoneError, Subject
from tap_templates.deployment.verification.values import Policy, Tags, tags_of


def _told(word: str) -> Callable[[Subject], Any]:
    return lambda key: key.ask("kms", "describe_key", KeyId=key.id)["KeyMetadata"].get(word)


def _policy(key: Subject) -> Policy:
    return Policy(json.loads(key.ask("kms", "get_key_policy", KeyId=key.id, PolicyName="default")["Policy"]))


def _rotation(word: str) -> Callable[[Subject], Any]:
    return lambda key: key.ask("kms", "get_key_rotation_status", KeyId=key.id).get(word)


def _tags(key: Subject) -> Tags:
    return tags_of(key.every("kms", "list_resource_tags", "Tags", KeyId=key.id), "TagKey", "TagValue")


def _alias(word: str) -> Callable[[Subject], Any]:
    def read(alias: Subject) -> Any:
        for found in alias.every("kms", "list_aliases", "Aliases"):
            if found["AliasName"] == alias.id:
                return found.get(word)
        raise GoneError(alias.id)

    return read


def _target(alias: Subject) -> Any:
    """The key that it stands for, as the template names it: id or ARN."""
    stated, found = str(alias.properties.get("TargetKeyId", "")), _alias("TargetKeyId")(alias)
    return stated if stated.endswith(f"key/{found}") else found


READERS = {
    "AWS::KMS::Alias": {"AliasName": _alias("AliasName"), "TargetKeyId": _target},
    "AWS::KMS::Key": {
        "Description": _told("Description"),
        "Enabled": _told("Enabled"),
        "EnableKeyRotation": _rotation("KeyRotationEnabled"),
        "KeyPolicy": _policy,
        "KeySpec": _told("KeySpec"),
        "KeyUsage": _told("KeyUsage"),
        "MultiRegion": _told("MultiRegion"),
        "Origin": _told("Origin"),
        "RotationPeriodInDays": _rotation("RotationPeriodInDays"),
        "Tags": _tags,
    },
}
UNREADABLE = {
    ("AWS::KMS::Key", "PendingWindowInDays"): "no API tells it before the key is deleted",
    ("AWS::KMS::Key", "BypassPolicyLockoutSafetyCheck"): "matters only when the policy is set",
}
