"""RDS instances: what is in the template for each engine, binding, profile and demand."""

from __future__ import annotations

from typing import Any

import pytest
from support.component_samples import ANSWERS, fixed
from support.database_samples import GONE, INSTANCES, KEYED, UNDEMANDED, a_database, both, seen

from tap_templates.data.engine_versions import newest_release
from tap_templates.settings import Settings

KEY = "arn:aws:kms:eu-central-1:111122223333:key/orderskey"


def properties(made: Any, **answers: str) -> dict[str, Any]:
    """What RDS is told of the instance, without tags."""
    return {name: value for name, value in seen(made, answers).properties("Orders").items() if name != "Tags"}


def picked(made: Any, *names: str, **answers: str) -> tuple[Any, ...]:
    """Some of it."""
    found = properties(made, **answers)
    return tuple(found.get(name) for name in names)


def test_postgres() -> None:
    """Encrypted, private, protected, watched, with a standby and backups, of the newest version."""
    made = a_database()
    role = "arn:aws:iam::111122223333:role/payments/prod/ab12cd34/payments-prod-orders-monitoring-role-ab12cd34"

    assert properties(made) == {
        "DBInstanceIdentifier": "payments-prod-orders-ab12cd34",
        "Engine": "postgres",
        "EngineVersion": newest_release("postgres"),
        "DBInstanceClass": "db.t4g.medium",
        "AllocatedStorage": "100",
        "MaxAllocatedStorage": "1000",
        "StorageType": "gp3",
        "StorageEncrypted": True,
        "MasterUsername": "dbowner",
        "ManageMasterUserPassword": True,
        "DBSubnetGroupName": "OrdersSubnets",
        "VPCSecurityGroups": ["OrdersGroup.GroupId"],
        "PubliclyAccessible": False,
        "Port": "15432",
        "DBParameterGroupName": "OrdersParametersPostgres18",
        "EnableIAMDatabaseAuthentication": True,
        "MultiAZ": True,
        "BackupRetentionPeriod": 35,
        "CopyTagsToSnapshot": True,
        "DeleteAutomatedBackups": False,
        "DeletionProtection": True,
        "AutoMinorVersionUpgrade": True,
        "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
        "MonitoringInterval": 60,
        "MonitoringRoleArn": role,
        "EnablePerformanceInsights": True,
        "PerformanceInsightsRetentionPeriod": 7,
    }


def test_mysql() -> None:
    """Its own version, port, logs and parameters; the rest as of PostgreSQL."""
    mysql, postgres = (properties(a_database(engine)) for engine in ("mysql", "postgres"))

    assert {name: value for name, value in mysql.items() if value != postgres.get(name)} == {
        "Engine": "mysql",
        "EngineVersion": newest_release("mysql"),
        "Port": "13306",
        "DBParameterGroupName": "OrdersParametersMysql84",
        "EnableCloudwatchLogsExports": ["error", "general", "slowquery"],
    }


@pytest.mark.parametrize("engine", INSTANCES)
def test_snapshot_stays(engine: str) -> None:
    """When the stack goes, and when CloudFormation replaces it."""
    resource = a_database(engine).stack.to_dict()["Resources"]["Orders"]

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")


def test_nothing_stays_where_nothing_may() -> None:
    """No snapshot, no backups, no protection."""
    made = a_database(settings=fixed(requirements=GONE))
    resource = made.stack.to_dict()["Resources"]["Orders"]
    names = ("BackupRetentionPeriod", "DeleteAutomatedBackups", "DeletionProtection")

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")
    assert picked(made, *names) == (0, True, False)


PROFILES = {
    "dev": ("db.t4g.micro", "20", "100", False, False, 7),
    "staging": ("db.t4g.small", "20", "200", False, False, 14),
    "prod": ("db.t4g.medium", "100", "1000", True, True, 35),
}
SIZED = (
    "DBInstanceClass",
    "AllocatedStorage",
    "MaxAllocatedStorage",
    "MultiAZ",
    "DeletionProtection",
    "BackupRetentionPeriod",
)


@pytest.mark.parametrize("environment", PROFILES)
def test_profiles(environment: str) -> None:
    """What the environment decides is the same, whether it is fixed or asked for."""
    at_once = a_database(settings=fixed(environment=environment, requirements=UNDEMANDED))
    at_upload = a_database(settings=Settings(requirements=UNDEMANDED))

    assert picked(at_once, *SIZED) == PROFILES[environment]
    asked_for = picked(at_upload, *SIZED, **{**ANSWERS, "Environment": environment})
    assert tuple(map(str, asked_for)) == tuple(map(str, PROFILES[environment]))


@pytest.mark.parametrize("environment", PROFILES)
def test_demands_go_before_profiles(environment: str) -> None:
    """A standby, protection and long backups are there in every environment, where they are demanded."""
    demands = {"multi_az": True, "deletion_protection": True, "backup_retention_days": 30}
    made = a_database(settings=fixed(environment=environment, requirements=demands))
    standby, protection, days = picked(made, "MultiAZ", "DeletionProtection", "BackupRetentionPeriod")

    assert (standby, protection) == (True, True)
    assert days >= 30


@pytest.mark.parametrize(
    ("workload", "expected"),
    [
        ("small", "db.t4g.medium"),
        ("standard", "db.m6g.large"),
        ("memory", "db.r6g.xlarge"),
        ("burst", "db.t4g.large"),
    ],
)
def test_workloads(workload: str, expected: str) -> None:
    """Each has its class."""
    assert picked(a_database(workload=workload), "DBInstanceClass") == (expected,)


def test_what_is_said_goes_before_what_is_chosen() -> None:
    """Class, storage, version, port, owner and the database that is made at once, in every environment."""
    made = a_database(
        settings=Settings(),
        version="17",
        instance_class="db.m6g.large",
        storage_gib=50,
        storage_limit_gib=60,
        port=6000,
        owner="keeper",
        database_name="orders",
        tier="private",
    )
    names = (
        "EngineVersion", "DBInstanceClass", "AllocatedStorage", "MaxAllocatedStorage", "Port", "MasterUsername",
        "DBName", "DBParameterGroupName",
    )  # fmt: skip

    assert picked(made, *names, **ANSWERS) == (
        "17", "db.m6g.large", "50", "60", "6000", "keeper", "orders", "OrdersParametersPostgres17",
    )  # fmt: skip
    assert seen(made, ANSWERS).properties("OrdersSubnets")["SubnetIds"] == ["NetworkPrivate1", "NetworkPrivate2"]
    assert made.port == 6000


def test_key_of_its_own() -> None:
    """Where one is demanded it encrypts rows, the owner's secret and what Performance Insights keeps."""
    found = properties(a_database(settings=fixed(requirements=KEYED)))

    assert found["KmsKeyId"] == found["PerformanceInsightsKMSKeyId"] == KEY
    assert found["MasterUserSecret"] == {"KmsKeyId": KEY}


@pytest.mark.parametrize("bucket", ["AES256", "aws:kms"])
def test_what_is_demanded_of_buckets_is_not_demanded_of_databases(bucket: str) -> None:
    """Encrypted by RDS's own key, whichever encryption buckets must have."""
    found = properties(a_database(settings=fixed(bucket=bucket)))

    assert found["StorageEncrypted"] is True
    assert not {"KmsKeyId", "MasterUserSecret", "PerformanceInsightsKMSKeyId"} & set(found)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [("dev", (False, None, None)), ("staging", (False, None, None)), ("prod", (True, 7, KEY))],
)
def test_insights_where_the_class_has_them(environment: str, expected: tuple[Any, ...]) -> None:
    """MySQL has none on the smallest classes; there RDS takes neither days nor a key."""
    names = ("EnablePerformanceInsights", "PerformanceInsightsRetentionPeriod", "PerformanceInsightsKMSKeyId")
    at_once = a_database("mysql", fixed(environment=environment, requirements=KEYED))
    at_upload = a_database("mysql", Settings(requirements=KEYED))

    assert picked(at_once, *names) == expected
    assert picked(at_upload, *names, **{**ANSWERS, "Environment": environment}) == expected


def test_two_in_one_stack() -> None:
    """Each has what is its own; the log groups share a key, the topic's policy has one statement for both."""
    found = seen(both(Settings())[0], ANSWERS)
    sids = [each.get("Sid") for each in found.properties("AlarmTopicPolicy")["PolicyDocument"]["Statement"]]

    assert found.properties("StockWriter")["DBInstanceClass"] == "db.r7g.xlarge"
    assert found.properties("Orders")["DBInstanceClass"] == "db.t4g.medium"
    assert sids.count("PublishDatabaseEvents") == 1
