"""Aurora clusters: the cluster, its writer and its reader, for each engine, binding, profile and demand."""

from __future__ import annotations

from typing import Any

import pytest
from support.component_samples import ANSWERS, fixed
from support.database_samples import CLUSTERS, GONE, KEYED, UNDEMANDED, a_database, seen

from tap_templates.data.engine_versions import newest_release
from tap_templates.settings import Settings

KEY = "arn:aws:kms:eu-central-1:111122223333:key/orderskey"


def properties(made: Any, title: str = "Orders", **answers: str) -> dict[str, Any]:
    """What RDS is told, without tags."""
    return {name: value for name, value in seen(made, answers).properties(title).items() if name != "Tags"}


def test_postgresql() -> None:
    """Encrypted, private, protected, backed up, with its logs in CloudWatch."""
    assert properties(a_database("aurora-postgresql")) == {
        "DBClusterIdentifier": "payments-prod-orders-ab12cd34",
        "Engine": "aurora-postgresql",
        "EngineVersion": newest_release("aurora-postgresql"),
        "StorageEncrypted": True,
        "MasterUsername": "dbowner",
        "ManageMasterUserPassword": True,
        "DBSubnetGroupName": "OrdersSubnets",
        "VpcSecurityGroupIds": ["OrdersGroup.GroupId"],
        "Port": 15432,
        "DBClusterParameterGroupName": "OrdersParametersAurorapostgresql17",
        "EnableIAMDatabaseAuthentication": True,
        "BackupRetentionPeriod": 35,
        "CopyTagsToSnapshot": True,
        "DeleteAutomatedBackups": False,
        "DeletionProtection": True,
        "EnableCloudwatchLogsExports": ["postgresql"],
    }


def test_mysql() -> None:
    """Its own version, port, logs, with the audit log among them, and parameters."""
    mysql, postgresql = properties(a_database("aurora-mysql")), properties(a_database("aurora-postgresql"))

    assert {name: value for name, value in mysql.items() if value != postgresql.get(name)} == {
        "Engine": "aurora-mysql",
        "EngineVersion": newest_release("aurora-mysql"),
        "Port": 13306,
        "DBClusterParameterGroupName": "OrdersParametersAuroramysql84",
        "EnableCloudwatchLogsExports": ["audit", "error", "slowquery"],
    }


@pytest.mark.parametrize("engine", CLUSTERS)
def test_instances(engine: str) -> None:
    """The writer is made first, the reader is the first to take over; both are watched, and neither is public."""
    made = a_database(engine)
    resources = made.stack.to_dict()["Resources"]
    role = "arn:aws:iam::111122223333:role/payments/prod/ab12cd34/payments-prod-orders-monitoring-role-ab12cd34"
    shared = {
        "DBClusterIdentifier": "Orders",
        "Engine": engine,
        "DBInstanceClass": "db.t4g.large",
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": role,
        "EnablePerformanceInsights": True,
        "PerformanceInsightsRetentionPeriod": 7,
    }

    for tier, word in enumerate(("Writer", "Reader")):
        name = f"payments-prod-orders-{word.lower()}-ab12cd34"
        assert properties(made, f"Orders{word}") == {**shared, "DBInstanceIdentifier": name, "PromotionTier": tier}
    assert resources["OrdersWriter"]["DependsOn"] == ["OrdersMonitoringRolePolicy"]
    assert resources["OrdersReader"]["DependsOn"] == ["OrdersMonitoringRolePolicy", "OrdersWriter"]
    assert [str(each.title) for each in made.instances] == ["OrdersWriter", "OrdersReader"]


@pytest.mark.parametrize("engine", CLUSTERS)
def test_snapshot_stays(engine: str) -> None:
    """Of the cluster, which has the rows; its instances have none."""
    resources = a_database(engine).stack.to_dict()["Resources"]
    kept = {
        title: (resources[title]["DeletionPolicy"], resources[title]["UpdateReplacePolicy"])
        for title in ("Orders", "OrdersWriter", "OrdersReader")
    }

    assert kept == {
        "Orders": ("Snapshot", "Snapshot"),
        "OrdersWriter": ("Delete", "Delete"),
        "OrdersReader": ("Delete", "Delete"),
    }


def test_nothing_stays_where_nothing_may() -> None:
    """No snapshot, no protection, and of backups the day without which there is no Aurora, which goes as well."""
    made = a_database("aurora-mysql", fixed(requirements=GONE))
    found, resource = properties(made), made.stack.to_dict()["Resources"]["Orders"]

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")
    assert (found["BackupRetentionPeriod"], found["DeleteAutomatedBackups"]) == (1, True)
    assert found["DeletionProtection"] is False


PROFILES = {
    "dev": ("db.t4g.medium", 7, False, False),
    "staging": ("db.t4g.medium", 14, False, False),
    "prod": ("db.t4g.large", 35, True, True),
}


@pytest.mark.parametrize("environment", PROFILES)
def test_profiles(environment: str) -> None:
    """Class, backups, protection, and whether there is a reader are the same, fixed or asked for."""
    at_once = seen(a_database("aurora-mysql", fixed(environment=environment, requirements=UNDEMANDED)))
    answers = {**ANSWERS, "Environment": environment}
    at_upload = seen(a_database("aurora-mysql", Settings(requirements=UNDEMANDED)), answers)

    for found in (at_once, at_upload):
        made = found.properties("Orders")
        assert (
            found.properties("OrdersWriter")["DBInstanceClass"],
            int(made["BackupRetentionPeriod"]),
            made["DeletionProtection"],
            "OrdersReader" in found.resources,
        ) == PROFILES[environment]


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_what_is_of_the_reader_goes_with_it(environment: str) -> None:
    """Its alarms and outputs are there when it is."""
    answers = {**ANSWERS, "Environment": environment}
    found = seen(a_database("aurora-postgresql", Settings(requirements=UNDEMANDED)), answers)
    reader = {title for title in (*found.resources, *found.outputs()) if title.startswith("OrdersReader")}

    assert bool(reader) == (environment == "prod")
    assert ("OrdersReaderLag" in found.resources) == (environment == "prod")


def test_demand_goes_before_the_profile() -> None:
    """Where Multi-AZ is demanded there is a reader, in the smallest environment too."""
    demanded = a_database("aurora-mysql", fixed(environment="dev"))
    undemanded = a_database("aurora-mysql", fixed(environment="dev", requirements=UNDEMANDED))

    assert len(demanded.instances) == 2
    assert len(undemanded.instances) == 1


def test_what_is_said_goes_before_what_is_chosen() -> None:
    """Class, version, port, owner, place and the database that is made at once."""
    made = a_database(
        "aurora-mysql",
        Settings(),
        version="8.0.mysql_aurora.3.10.1",
        instance_class="db.r6g.large",
        port=6000,
        owner="keeper",
        database_name="orders",
        tier="private",
    )
    found = properties(made, **ANSWERS)
    names = ("EngineVersion", "Port", "MasterUsername", "DatabaseName", "DBClusterParameterGroupName")

    assert tuple(found[name] for name in names) == (
        "8.0.mysql_aurora.3.10.1", 6000, "keeper", "orders", "OrdersParametersAuroramysql80",
    )  # fmt: skip
    assert properties(made, "OrdersReader", **ANSWERS)["DBInstanceClass"] == "db.r6g.large"
    assert properties(made, "OrdersSubnets", **ANSWERS)["SubnetIds"] == ["NetworkPrivate1", "NetworkPrivate2"]


def test_key_of_its_own() -> None:
    """Where one is demanded it encrypts rows, the owner's secret and what Performance Insights keeps."""
    made = a_database("aurora-postgresql", fixed(requirements=KEYED))
    found = properties(made)

    assert found["KmsKeyId"] == KEY
    assert found["MasterUserSecret"] == {"KmsKeyId": KEY}
    assert properties(made, "OrdersReader")["PerformanceInsightsKMSKeyId"] == KEY


@pytest.mark.parametrize(("instance_class", "there"), [("db.t3.medium", False), ("db.t4g.medium", True)])
def test_insights_where_the_class_has_them(instance_class: str, there: bool) -> None:
    """On a class that has none, they are off, and nothing else is said of them."""
    found = properties(a_database("aurora-mysql", instance_class=instance_class), "OrdersWriter")

    assert found["EnablePerformanceInsights"] is there
    assert ("PerformanceInsightsRetentionPeriod" in found) is there


def test_readers_have_an_address() -> None:
    """The output of a cluster that an instance has not."""
    assert seen(a_database("aurora-mysql")).outputs()["OrdersReadAddress"] == "Orders.ReadEndpoint.Address"
    assert "OrdersReadAddress" not in seen(a_database("mysql")).outputs()
