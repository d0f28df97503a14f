"""DynamoDB: tables, their indexes, and what protects them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import Subject
from tap_templates.deployment.verification.values import Tags, tags_of

AS_TOLD = ("AttributeDefinitions", "DeletionProtectionEnabled", "KeySchema", "TableName")


def _described(table: Subject) -> dict[str, Any]:
    return dict(table.ask("dynamodb", "describe_table", TableName=table.id)["Table"])


def _told(word: str) -> Callable[[Subject], Any]:
    return lambda table: _described(table).get(word)


def _billing(table: Subject) -> Any:
    """Of a table that was always provisioned the service says nothing."""
    return _described(table).get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")


def _indexes(table: Subject) -> list[dict[str, Any]]:
    told = ("IndexName", "KeySchema", "Projection")
    return [{word: index[word] for word in told} for index in _described(table).get("GlobalSecondaryIndexes", [])]


def _stream(table: Subject) -> Any:
    found = _described(table).get("StreamSpecification", {})
    return {"StreamViewType": found["StreamViewType"]} if found.get("StreamEnabled") else None


def _encryption(table: Subject) -> dict[str, Any]:
    found = _described(table).get("SSEDescription", {})
    enabled = found.get("Status") in ("ENABLED", "ENABLING", "UPDATING")
    return {"SSEEnabled": enabled, "SSEType": found.get("SSEType"), "KMSMasterKeyId": found.get("KMSMasterKeyArn")}


def _recovery(table: Subject) -> dict[str, Any]:
    found = table.ask("dynamodb", "describe_continuous_backups", TableName=table.id)["ContinuousBackupsDescription"]
    recovery = found.get("PointInTimeRecoveryDescription", {})
    enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    return {"PointInTimeRecoveryEnabled": enabled, "RecoveryPeriodInDays": recovery.get("RecoveryPeriodInDays")}


def _expiry(table: Subject) -> dict[str, Any]:
    found = table.ask("dynamodb", "describe_time_to_live", TableName=table.id)["TimeToLiveDescription"]
    enabled = found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return {"AttributeName": found.get("AttributeName"), "Enabled": enabled}


def _tags(table: Subject) -> Tags:
    arn = _described(table)["TableArn"]
    return tags_of(table.every("dynamodb", "list_tags_of_resource", "Tags", ResourceArn=arn))


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    "AWS::DynamoDB::Table": {
        **{word: _told(word) for word in AS_TOLD},
        "BillingMode": _billing,
        "GlobalSecondaryIndexes": _indexes,
        "PointInTimeRecoverySpecification": _recovery,
        "SSESpecification": _encryption,
        "StreamSpecification": _stream,
        "Tags": _tags,
        "TimeToLiveSpecification": _expiry,
    }
}
