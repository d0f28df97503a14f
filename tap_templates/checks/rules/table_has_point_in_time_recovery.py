"""E9606: every DynamoDB table can be restored to any point in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_on
from tap_templates.checks.view import View

SWITCH = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
SWITCHES = {"AWS::DynamoDB::GlobalTable": f"Replicas.*.{SWITCH}", "AWS::DynamoDB::Table": SWITCH}


def _table(**properties: Any) -> dict[str, Any]:
    keys = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
    return {"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {**keys, **properties}}}}


class TableHasPointInTimeRecovery(Rule):
    """PointInTimeRecoveryEnabled of each table. Not judged where no backups are demanded."""

    id = "E9606"
    shortdesc = "A table has point-in-time recovery"
    description = (
        "PointInTimeRecoveryEnabled is true for each DynamoDB table and replica, unless no backups are demanded."
    )
    why = "DynamoDB makes no backups by itself; a wrong write is there to stay."
    fix = f"set {SWITCH} to true"
    source_url = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html"
    demands = ("backup_retention_days",)
    example = Example(
        failing=_table(), passing=_table(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """The switch of each table and of each replica."""
        if not self.demand("backup_retention_days"):
            return
        for type_name, switch in SWITCHES.items():
            for table in view.of(type_name):
                for found in table.get(switch):
                    yield verdict(found, None if found.is_unknown else is_on(found.value), self.fix)
