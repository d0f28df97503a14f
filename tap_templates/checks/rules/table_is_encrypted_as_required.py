"""E9106: a DynamoDB table has a key of its own where that is required."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.keys import CustomerKeyRule
from tap_templates.checks.rule import HOLDS, Example, Verdict, verdict
from tap_templates.checks.values import is_on
from tap_templates.checks.view import View

KEY = "SSESpecification.KMSMasterKeyId"


class TableIsEncryptedAsRequired(CustomerKeyRule):
    """DynamoDB encrypts every table; a key of the customer's own has to be named and switched on."""

    id = "E9106"
    shortdesc = "A table is encrypted as required"
    description = (
        "SSESpecification of each table names a customer managed key where customer_managed_keys lists tables."
    )
    why = "The key that AWS owns has no policy, and nobody sees who used it."
    fix = "set SSESpecification with SSEEnabled and KMSMasterKeyId"
    source_url = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html"
    service = "tables"
    keys = {"AWS::DynamoDB::Table": KEY, "AWS::DynamoDB::GlobalTable": f"Replicas.*.{KEY}"}
    example_demands = {"customer_managed_keys": ["tables"]}
    example = Example(
        failing={
            "Resources": {
                "Orders": {
                    "Type": "AWS::DynamoDB::Table",
                    "Properties": {
                        "BillingMode": "PAY_PER_REQUEST",
                        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                        "SSESpecification": {"SSEEnabled": True},
                    },
                }
            }
        },
        passing={
            "Resources": {
                "Orders": {
                    "Type": "AWS::DynamoDB::Table",
                    "Properties": {
                        "BillingMode": "PAY_PER_REQUEST",
                        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                        "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": "alias/orders"},
                    },
                }
            }
        },
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """The key, and where one is required and named, that it is used."""
        for type_name, key in self.keys.items():
            for table in view.of(type_name):
                for found in table.get(key):
                    judged = self.judge_key(table, found)
                    yield judged
                    if self.needs_customer_key and judged.result == HOLDS:
                        for switch in table.get("SSESpecification.SSEEnabled", found.when):
                            accepted = None if switch.is_unknown else is_on(switch.value)
                            yield verdict(switch, accepted, "set SSEEnabled to true, so that the key is used")
