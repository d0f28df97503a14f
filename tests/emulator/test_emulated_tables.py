"""DynamoDB in the embedded AWS: what a table's template states is applied, changed and taken away."""

from __future__ import annotations

from typing import Any

from emulator.conftest import Clients, Stack

KEYS = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
RECOVERY = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
EXPIRY = {"TimeToLiveSpecification": {"AttributeName": "gone", "Enabled": True}}


def test_expiry_and_recovery_follow_the_template(stack: Stack, clients: Clients) -> None:
    """On when they are stated, off when they are stated no more."""

    def told(**properties: Any) -> tuple[str, str]:
        stack.deploy({"Subject": {"Type": "AWS::DynamoDB::Table", "Properties": {**KEYS, **properties}}})
        client, name = clients("dynamodb"), stack.ids["Subject"]
        expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
        backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        return expiry, backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]

    assert told() == ("DISABLED", "DISABLED")
    assert told(**RECOVERY, **EXPIRY) == ("ENABLED", "ENABLED")
    assert told(**RECOVERY) == ("DISABLED", "ENABLED")
    assert told() == ("DISABLED", "DISABLED")
