"""DynamoDB: expiry and point-in-time recovery of a table, which ministack's handler drops."""

from __future__ import annotations

from tap_templates.emulator.types._registry import Properties, Repair, aws


def _complete_table(name: str, old: Properties, new: Properties) -> None:
    client = aws("dynamodb")
    expiry, before = new.get("TimeToLiveSpecification"), old.get("TimeToLiveSpecification")
    if expiry or before:
        said = {key: (expiry or before or {})[key] for key in ("AttributeName", "Enabled")}
        client.update_time_to_live(TableName=name, TimeToLiveSpecification={**said, "Enabled": bool(expiry)})
    recovery = new.get("PointInTimeRecoverySpecification")
    if recovery or "PointInTimeRecoverySpecification" in old:
        enabled = str((recovery or {}).get("PointInTimeRecoveryEnabled", False)).lower() == "true"
        client.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled}
        )


ENTRIES = (Repair("AWS::DynamoDB::Table", _complete_table),)
