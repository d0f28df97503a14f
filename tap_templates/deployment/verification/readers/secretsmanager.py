"""Secrets Manager: secrets, all but their values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import Subject
from tap_templates.deployment.verification.values import Tags, tags_of


def _told(word: str) -> Callable[[Subject], Any]:
    return lambda secret: secret.ask("secretsmanager", "describe_secret", SecretId=secret.id).get(word)


def _tags(secret: Subject) -> Tags:
    return tags_of(_told("Tags")(secret))


READERS = {
    "AWS::SecretsManager::Secret": {
        "Description": _told("Description"),
        "KmsKeyId": _told("KmsKeyId"),
        "Name": _told("Name"),
        "Tags": _tags,
    }
}
UNREADABLE = {
    ("AWS::SecretsManager::Secret", "GenerateSecretString"): "the value of a secret is not read",
    ("AWS::SecretsManager::Secret", "SecretString"): "the value of a secret is not read",
}
