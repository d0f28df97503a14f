"""Encryption, backups, protection and zones of databases and tables."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.databases import CLUSTERS
from tap_templates.checks.rules.database_is_encrypted import DatabaseIsEncrypted
from tap_templates.checks.rules.database_is_multi_az import DatabaseIsMultiAz
from tap_templates.checks.rules.database_keeps_backups import DatabaseKeepsBackups
from tap_templates.checks.rules.database_refuses_deletion import DatabaseRefusesDeletion
from tap_templates.checks.rules.table_has_point_in_time_recovery import TableHasPointInTimeRecovery

INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
TABLE, GLOBAL_TABLE = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
PARAMETERS = {"Days": {"Type": "Number", "MinValue": 7}, "Any": {"Type": "Number"}}


@pytest.mark.parametrize("resource_type", [INSTANCE, *CLUSTERS])
@pytest.mark.parametrize(
    ("value", "result"),
    [(True, "holds"), ("true", "holds"), (False, "fails"), (NO_VALUE, "fails"), ({"Ref": "Any"}, "cannot tell")],
)
def test_storage_is_encrypted(resource_type: str, value: Any, result: str) -> None:
    """RDS, DocumentDB and Neptune have the same switch."""
    assert results(DatabaseIsEncrypted, one(resource_type, StorageEncrypted=value)) == [result]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"StorageEncrypted": True, "KmsKeyId": "alias/orders"}, ["holds", "holds"]),
        ({"StorageEncrypted": True, "KmsKeyId": "alias/aws/rds"}, ["holds", "fails"]),
        ({"StorageEncrypted": True}, ["holds", "fails"]),
        ({"StorageEncrypted": False, "KmsKeyId": "alias/orders"}, ["fails"]),
    ],
)
def test_database_has_a_key_of_its_own_where_that_is_required(properties: dict[str, Any], expected: list[str]) -> None:
    """The key counts only with encryption switched on."""
    demands = {"customer_managed_keys": ["databases"]}

    assert results(DatabaseIsEncrypted, one(INSTANCE, **properties), demands=demands) == expected


@pytest.mark.parametrize(
    ("resource_type", "source"),
    [
        (INSTANCE, "DBSnapshotIdentifier"),
        (INSTANCE, "SourceDBInstanceIdentifier"),
        (CLUSTER, "SnapshotIdentifier"),
        (CLUSTER, "SourceDBClusterIdentifier"),
    ],
)
def test_what_is_made_from_something_is_encrypted_as_that_is(resource_type: str, source: str) -> None:
    """Only AWS knows whether a snapshot is encrypted; a source in the template is judged by itself."""
    found = said(DatabaseIsEncrypted, one(resource_type, **{source: "somewhere"}))
    remedy = "what it is made from decides; restore from an encrypted source, and set StorageEncrypted to true"
    message = f"It.{source}: cannot tell what 'somewhere' becomes; {remedy}"
    assert found == [("cannot tell", f"Resources/It/Properties/{source}", message)]

    resources = {
        **one(resource_type, **{source: {"Ref": "Source"}}),
        "Source": {"Type": resource_type, "Properties": {"StorageEncrypted": True}},
    }
    assert results(DatabaseIsEncrypted, resources) == ["holds", "holds"]


def test_empty_snapshot_makes_an_empty_database() -> None:
    """CloudFormation ignores an empty DBSnapshotIdentifier."""
    properties = {"DBSnapshotIdentifier": either("Restores", "s", ""), "StorageEncrypted": True}

    assert results(DatabaseIsEncrypted, one(INSTANCE, DBSnapshotIdentifier="", StorageEncrypted=True)) == ["holds"]
    assert results(DatabaseIsEncrypted, one(INSTANCE, **properties)) == ["cannot tell"]


@pytest.mark.parametrize(
    "rule", [DatabaseIsEncrypted, DatabaseKeepsBackups, DatabaseRefusesDeletion, DatabaseIsMultiAz]
)
def test_instance_of_a_cluster_is_not_judged(rule: type[Any]) -> None:
    """Storage, backups, protection and zones are its cluster's affair."""
    assert results(rule, one(INSTANCE, DBClusterIdentifier="orders")) == []


@pytest.mark.parametrize("rule", [DatabaseKeepsBackups, DatabaseRefusesDeletion, DatabaseIsMultiAz])
def test_replica_is_not_judged(rule: type[Any]) -> None:
    """It can be made again from its source."""
    assert results(rule, one(INSTANCE, SourceDBInstanceIdentifier="orders")) == []


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (7, "holds"),
        ("35", "holds"),
        ({"Ref": "Days"}, "holds"),
        (6, "fails"),
        (0, "fails"),
        (NO_VALUE, "fails"),
        ("a week", "fails"),
        (True, "fails"),
        ({"Ref": "Any"}, "cannot tell"),
        ("{{resolve:ssm:/days}}", "cannot tell"),
    ],
)
def test_backups_are_kept_as_long_as_required(value: Any, result: str) -> None:
    """A Parameter is decided by its MinValue."""
    resources = one(CLUSTER, BackupRetentionPeriod=value)

    assert results(DatabaseKeepsBackups, resources, Parameters=PARAMETERS) == [result]


def test_message_names_the_days() -> None:
    """The remedy is the demanded number, whatever it is."""
    found = said(DatabaseKeepsBackups, one(INSTANCE, BackupRetentionPeriod=7), demands={"backup_retention_days": 14})

    message = (
        "It.BackupRetentionPeriod: found 7; set BackupRetentionPeriod to 14 or more days "
        "(requirement backup_retention_days: 14)"
    )
    assert found == [("fails", "Resources/It/Properties/BackupRetentionPeriod", message)]


@pytest.mark.parametrize(
    ("rule", "demands"),
    [
        (DatabaseKeepsBackups, {"backup_retention_days": 0}),
        (TableHasPointInTimeRecovery, {"backup_retention_days": 0}),
        (DatabaseRefusesDeletion, {"deletion_protection": False}),
        (DatabaseIsMultiAz, {"multi_az": False}),
    ],
)
def test_what_is_not_demanded_is_not_judged(rule: type[Any], demands: dict[str, Any]) -> None:
    """No demand, no verdict."""
    assert results(rule, {"It": {"Type": INSTANCE}, "Other": {"Type": TABLE}}, demands=demands) == []


@pytest.mark.parametrize(
    ("resource_type", "name"),
    [
        (INSTANCE, "DeletionProtection"),
        *((each, "DeletionProtection") for each in CLUSTERS),
        (TABLE, "DeletionProtectionEnabled"),
    ],
)
@pytest.mark.parametrize(("value", "result"), [(True, "holds"), (False, "fails"), ({"Ref": "Any"}, "cannot tell")])
def test_deletion_is_refused(resource_type: str, name: str, value: Any, result: str) -> None:
    """Each service has its own word for it."""
    assert results(DatabaseRefusesDeletion, one(resource_type, **{name: value})) == [result]


def test_each_replica_of_a_global_table_is_protected_and_recoverable() -> None:
    """Both are said for each replica."""
    recovery = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    replicas = [{"Region": "us-east-1", "DeletionProtectionEnabled": True, **recovery}, {"Region": "eu-west-1"}]
    resources = one(GLOBAL_TABLE, Replicas=replicas)

    path = "Resources/It/Properties/Replicas/1"
    message = "It.Replicas.1: found nothing; set DeletionProtectionEnabled to true"
    assert said(DatabaseRefusesDeletion, resources) == [("fails", path, message)]
    assert [each[:2] for each in said(TableHasPointInTimeRecovery, resources)] == [("fails", path)]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ([{"Key": "deletion_protection.enabled", "Value": "true"}], ["holds"]),
        ([{"Key": "idle_timeout.timeout_seconds", "Value": "60"}], ["fails"]),
        ([{"Key": "deletion_protection.enabled", "Value": "false"}], ["fails"]),
        ([{"Key": "deletion_protection.enabled", "Value": {"Ref": "Any"}}], ["cannot tell"]),
        ([{"Key": {"Ref": "Any"}, "Value": "true"}], ["cannot tell"]),
        ([either("IsProd", {"Key": "deletion_protection.enabled", "Value": "true"}, NO_VALUE)], ["holds", "fails"]),
        ("none", ["fails"]),
        (NO_VALUE, ["fails"]),
        ({"Ref": "Any"}, ["cannot tell"]),
    ],
)
def test_load_balancer_refuses_deletion_by_an_attribute(attributes: Any, expected: list[str]) -> None:
    """The attribute is found by its key."""
    assert results(DatabaseRefusesDeletion, one(BALANCER, LoadBalancerAttributes=attributes)) == expected


@pytest.mark.parametrize(("value", "result"), [(True, "holds"), (NO_VALUE, "fails"), ({"Ref": "Any"}, "cannot tell")])
def test_instance_is_multi_az(value: Any, result: str) -> None:
    """An instance that stands alone has a standby in another zone."""
    assert results(DatabaseIsMultiAz, one(INSTANCE, MultiAZ=value)) == [result]


def aurora(*conditions: str | None, engine: Any = "aurora-postgresql", **cluster: Any) -> dict[str, Any]:
    """A cluster with an instance for each condition; None is an instance that is always there."""
    resources: dict[str, Any] = {"It": {"Type": CLUSTER, "Properties": {"Engine": engine}, **cluster}}
    for number, condition in enumerate(conditions):
        body = {"Type": INSTANCE, "Properties": {"DBClusterIdentifier": {"Ref": "It"}}}
        resources[f"Member{number}"] = {**body, **({"Condition": condition} if condition else {})}
    return resources


@pytest.mark.parametrize(
    ("resources", "result"),
    [
        (aurora(None, None), "holds"),
        (aurora(None), "fails"),
        (aurora(None, "IsProd"), "fails"),
        (aurora(None, "IsProd", Condition="IsProd"), "holds"),
        (aurora(), "cannot tell"),
        (aurora(None, engine={"Ref": "Engine"}), "cannot tell"),
        (aurora(None, None, engine={"Ref": "Engine"}), "holds"),
        (aurora(engine=NO_VALUE), "cannot tell"),
        (aurora(engine="postgres"), "holds"),
    ],
)
def test_cluster_has_two_instances_in_every_form(resources: dict[str, Any], result: str) -> None:
    """Other engines make clusters of three zones; instances may stand in another template."""
    assert results(DatabaseIsMultiAz, resources) == [result]


def test_cluster_with_one_instance_says_so() -> None:
    """The message counts."""
    message = "It: found '1 instance'; add a second AWS::RDS::DBInstance to the cluster"
    assert said(DatabaseIsMultiAz, aurora(None)) == [("fails", "Resources/It", message)]


@pytest.mark.parametrize(("value", "result"), [(True, "holds"), (False, "fails"), ({"Ref": "Any"}, "cannot tell")])
def test_table_has_recovery(value: Any, result: str) -> None:
    """The switch is inside a specification."""
    resources = one(TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": value})

    assert results(TableHasPointInTimeRecovery, resources) == [result]
