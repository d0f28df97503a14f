"""E9604: every database, table and load balancer refuses to be deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.checks.conditions import settled
from tap_templates.checks.databases import CLUSTERS, of_its_own
from tap_templates.checks.resource_policies import as_list
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_on
from tap_templates.checks.view import MISSING, Found, Resource, View, is_intrinsic

TABLES = {
    "AWS::DynamoDB::GlobalTable": "Replicas.*.DeletionProtectionEnabled",
    "AWS::DynamoDB::Table": "DeletionProtectionEnabled",
}
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
ATTRIBUTE = "deletion_protection.enabled"


def _table(**properties: Any) -> dict[str, Any]:
    keys = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
    return {"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {**keys, **properties}}}}


class DatabaseRefusesDeletion(Rule):
    """Deletion protection is on, in each service's own words. Not judged where it is not demanded."""

    id = "E9604"
    shortdesc = "A database refuses deletion"
    description = "Databases, DynamoDB tables and load balancers have deletion protection, where it is demanded."
    why = "A deletion policy binds CloudFormation only; deletion protection stops everyone else too."
    fix = "switch deletion protection on"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"
    demands = ("deletion_protection",)
    example = Example(failing=_table(), passing=_table(DeletionProtectionEnabled=True))

    def judge(self, view: View) -> Iterator[Verdict]:
        """The switch of each resource."""
        if not self.demand("deletion_protection"):
            return
        for database, when in of_its_own(view, *CLUSTERS):
            yield from (_switch(found, "DeletionProtection") for found in database.get("DeletionProtection", when))
        for type_name, name in TABLES.items():
            for table in view.of(type_name):
                yield from (_switch(found, "DeletionProtectionEnabled") for found in table.get(name))
        for balancer in view.of(BALANCER):
            yield from self._attribute(balancer)

    def _attribute(self, balancer: Resource) -> Iterator[Verdict]:
        for found in balancer.get("LoadBalancerAttributes"):
            for form in settled(balancer.view, found):
                on = None if form.is_unknown else _protects(form)
                yield verdict(found, on, f"set {ATTRIBUTE} to true in LoadBalancerAttributes")


def _switch(found: Found, name: str) -> Verdict:
    return verdict(found, None if found.is_unknown else is_on(found.value), f"set {name} to true")


def _protects(attributes: Found) -> bool | None:
    items = [item for item in as_list(attributes.value) if isinstance(item, Mapping)]
    if any(is_intrinsic(item) or is_intrinsic(item.get("Key")) for item in items):
        return None
    value = next((item.get("Value") for item in items if item.get("Key") == ATTRIBUTE), MISSING)
    return None if is_intrinsic(value) else is_on(value)
