"""E9605: every database stands in more than one Availability Zone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tap_templates.checks.conditions import uncovered
from tap_templates.checks.databases import CLUSTER, INSTANCE, of_its_own
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_on
from tap_templates.checks.view import Resource, Scenario, View

MOST_INSTANCES = 16  # Aurora user guide, quotas: one writer and fifteen readers.
SECOND = "add a second AWS::RDS::DBInstance to the cluster"


def _instance(**properties: Any) -> dict[str, Any]:
    size = {"Engine": "postgres", "DBInstanceClass": "db.t4g.medium", "AllocatedStorage": "20"}
    login = {"ManageMasterUserPassword": True, "MasterUsername": "owner"}
    return {"Resources": {"Orders": {"Type": INSTANCE, "Properties": {**size, **login, **properties}}}}


class DatabaseIsMultiAz(Rule):
    """An instance is MultiAZ, an Aurora cluster has two instances. Clusters of other engines always are.

    Source: RDS user guide, Multi-AZ DB cluster deployments; Aurora user guide, high availability.
    """

    id = "E9605"
    shortdesc = "A database is Multi-AZ"
    description = "MultiAZ is true, or the Aurora cluster has two instances, where requirements.multi_az demands it."
    why = "A database in one zone is down for as long as the zone is, and during every patch."
    fix = "set MultiAZ to true"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html"
    demands = ("multi_az",)
    example = Example(failing=_instance(), passing=_instance(MultiAZ=True))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each instance that stands alone, and each cluster."""
        if not self.demand("multi_az"):
            return
        for instance, when in of_its_own(view):
            for found in instance.get("MultiAZ", when):
                yield verdict(found, None if found.is_unknown else is_on(found.value), self.fix)
        members = _members(view)
        for cluster in view.of(CLUSTER):
            yield from self._cluster(cluster, members.get(cluster.logical_id, []))

    def _cluster(self, cluster: Resource, members: list[Scenario]) -> Iterator[Verdict]:
        pairs = [{**one, **other} for one, other in combinations(members[:MOST_INSTANCES], 2) if _agree(one, other)]
        for engine in cluster.get("Engine"):
            aurora = None if engine.is_unknown or engine.is_missing else str(engine.value).startswith("aurora")
            if aurora is False or uncovered(cluster.view, engine.when, pairs) is None:
                yield Verdict(HOLDS, engine.path, engine.value)
            elif aurora is None or not members:
                yield Verdict(CANNOT_TELL, engine.path, engine.value, SECOND)
            else:
                yield Verdict(FAILS, cluster.path, f"{len(members)} instance" + "s" * (len(members) > 1), SECOND)


def _members(view: View) -> dict[str, list[Scenario]]:
    """When each instance of each cluster is there."""
    members: dict[str, list[Scenario]] = {}
    for instance in view.of(INSTANCE):
        for found in instance.get("DBClusterIdentifier"):
            cluster = view.referred(found.value)
            if cluster is not None:
                members.setdefault(cluster.logical_id, []).append(found.when)
    return members


def _agree(one: Scenario, other: Scenario) -> bool:
    return all(other.get(name, side) == side for name, side in one.items())
