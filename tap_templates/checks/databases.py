"""Databases as rules see them: which stand alone, which belong to a cluster, and what they are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tap_templates.checks.view import Found, Resource, Scenario, View

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
CLUSTERS = (CLUSTER, "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster")
REPLICATED = ("SourceDBInstanceIdentifier", "SourceDBClusterIdentifier")


def standing_alone(instance: Resource) -> Iterator[Found]:
    """Where an instance is in no cluster: there its storage, backups and protection are its own."""
    for cluster in instance.get("DBClusterIdentifier"):
        if cluster.is_missing or cluster.value == "":
            yield cluster


def inherits(database: Resource, sources: Sequence[str], when: Scenario) -> Found | None:
    """What a database is made from under ``when``; None when it begins empty."""
    for name in sources:
        for found in database.get(name, when):
            if not (found.is_missing or found.value == ""):
                return found
    return None


def of_its_own(view: View, *clusters: str) -> Iterator[tuple[Resource, Scenario]]:
    """Clusters of the types, and instances that are neither in a cluster nor replicas: what has backups of its own."""
    for instance in view.of(INSTANCE):
        for alone in standing_alone(instance):
            if inherits(instance, REPLICATED, alone.when) is None:
                yield instance, alone.when
    for cluster in view.of(*clusters):
        yield cluster, cluster.scenario
