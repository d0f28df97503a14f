"""Readers of RDS: what is gone, what RDS completes or lets grow, and what is not there yet."""

from __future__ import annotations

from typing import Any

import pytest
from deployment.verification.test_readers import read
from deployment.verification.test_verify_faults import Service, error

from tap_templates.deployment.verification.reading import GoneError

INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"


def told(kind: str, name: str, stated: dict[str, Any], **found: Any) -> Any:
    """A property of a database of which RDS says something."""
    answers = {"describe_db_instances": {"DBInstances": [found]}, "describe_db_clusters": {"DBClusters": [found]}}
    return read(kind, name, "orders", stated, rds=Service(answers))


@pytest.mark.parametrize(
    ("kind", "name", "answers"),
    [
        (INSTANCE, "Engine", {"describe_db_instances": {"DBInstances": []}}),
        (INSTANCE, "Engine", {"describe_db_instances": error("DBInstanceNotFound")}),
        (CLUSTER, "Engine", {"describe_db_clusters": error("DBClusterNotFoundFault")}),
        (
            "AWS::RDS::DBSubnetGroup",
            "SubnetIds",
            {"describe_db_subnet_groups": error("DBSubnetGroupNotFoundFault")},
        ),
        (
            "AWS::RDS::DBParameterGroup",
            "Family",
            {"describe_db_parameter_groups": error("DBParameterGroupNotFound")},
        ),
        (
            "AWS::RDS::DBClusterParameterGroup",
            "Family",
            {"describe_db_cluster_parameter_groups": error("DBParameterGroupNotFound")},
        ),
        (
            "AWS::RDS::EventSubscription",
            "Enabled",
            {"describe_event_subscriptions": error("SubscriptionNotFound")},
        ),
    ],
)
def test_gone(kind: str, name: str, answers: dict[str, Any]) -> None:
    """RDS's own errors, and an empty list."""
    with pytest.raises(GoneError):
        read(kind, name, "orders", rds=Service(answers))


@pytest.mark.parametrize("kind", [INSTANCE, CLUSTER])
@pytest.mark.parametrize(
    ("stated", "found", "expected"),
    [
        ("17", "17.6", "17"),
        ("8.4", "8.4.mysql_aurora.8.4.7", "8.4"),
        ("17", "17", "17"),
        ("17.5", "17.6", "17.6"),
        ("1", "17.6", "17.6"),
    ],
)
def test_version_that_rds_completes(kind: str, stated: str, found: str, expected: str) -> None:
    """Is that of the template; any other is not."""
    assert told(kind, "EngineVersion", {"EngineVersion": stated}, EngineVersion=found) == expected


@pytest.mark.parametrize(
    ("stated", "found", "expected"),
    [
        ({"AllocatedStorage": "20", "MaxAllocatedStorage": 100}, 40, "20"),
        ({"AllocatedStorage": "20", "MaxAllocatedStorage": 100}, 120, 120),
        ({"AllocatedStorage": "20", "MaxAllocatedStorage": 100}, 10, 10),
        ({"AllocatedStorage": "20"}, 40, 40),
    ],
)
def test_storage_that_grows(stated: dict[str, Any], found: int, expected: Any) -> None:
    """Up to the limit it is as the template has it: that is what the limit is for."""
    assert told(INSTANCE, "AllocatedStorage", stated, AllocatedStorage=found) == expected


@pytest.mark.parametrize("name", ["DBParameterGroupName", "DBSubnetGroupName", "MasterUserSecret", "Port"])
def test_what_is_not_there_yet(name: str) -> None:
    """Of an instance that is being made, nothing is said."""
    assert told(INSTANCE, name, {}) is None


def test_password_that_rds_does_not_keep() -> None:
    """Somebody took it over."""
    assert told(CLUSTER, "ManageMasterUserPassword", {"ManageMasterUserPassword": True}) is False
