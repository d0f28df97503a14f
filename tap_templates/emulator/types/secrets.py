"""Secrets Manager: Ref of a secret is its ARN, and a secret has a resource policy."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from tap_templates.emulator.types._registry import Made, Properties, Repair, Type, as_bool, aws

SUFFIX_LENGTH = len("-a1b2c3")  # what Secrets Manager appends to the name in the ARN


def _put_policy(secret: str, props: Properties) -> None:
    document: Any = props["ResourcePolicy"]
    aws("secretsmanager").put_resource_policy(
        SecretId=secret,
        ResourcePolicy=document if isinstance(document, str) else json.dumps(document),
        BlockPublicPolicy=as_bool(props.get("BlockPublicPolicy", False)),
    )


def _create_policy(logical_id: str, props: Properties, stack_name: str) -> Made:
    _put_policy(props["SecretId"], props)
    return str(props["SecretId"]), {"Id": str(props["SecretId"])}


def _update_policy(secret: str, old: Properties, new: Properties) -> dict[str, str]:
    _put_policy(secret, new)
    return {"Id": secret}


def _delete_policy(secret: str, props: Properties) -> None:
    manager = aws("secretsmanager")
    with suppress(manager.exceptions.ResourceNotFoundException):  # the secret went first
        manager.delete_resource_policy(SecretId=secret)


def _arn(name: str, attributes: dict[str, str]) -> str:
    return attributes["Arn"]


def _name(arn: str) -> str:
    return arn.partition(":secret:")[2][:-SUFFIX_LENGTH] if arn.startswith("arn:") else arn


ENTRIES: tuple[Type | Repair, ...] = (
    Type("AWS::SecretsManager::ResourcePolicy", _create_policy, _update_policy, _delete_policy, ("SecretId",)),
    Repair("AWS::SecretsManager::Secret", ref=_arn, own_id=_name, replacing=("Name",)),
)
