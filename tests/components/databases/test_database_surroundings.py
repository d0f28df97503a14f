"""What stands around a database: place, parameters, logs, the role that watches it, who hears of it, and its key."""

from __future__ import annotations

from typing import Any

import pytest
from support.component_samples import fixed
from support.database_samples import CLUSTERS, INSTANCES, KEYED, a_database, seen
from support.network_samples import of_type
from troposphere import encode_to_dict

HERE = "eu-central-1:111122223333"
PARAMETERS = {
    "postgres": {
        "rds.force_ssl": "1",
        "ssl_min_protocol_version": "TLSv1.2",
        "log_connections": "1",
        "log_disconnections": "1",
        "log_min_duration_statement": "1000",
    },
    "mysql": {
        "require_secure_transport": "1",
        "tls_version": "TLSv1.2,TLSv1.3",
        "slow_query_log": "1",
        "long_query_time": "1",
        "log_output": "FILE",
    },
    "aurora-mysql": {
        "require_secure_transport": "ON",
        "tls_version": "TLSv1.2,TLSv1.3",
        "server_audit_logging": "1",
        "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
        "slow_query_log": "1",
        "long_query_time": "1",
    },
}
PARAMETERS["aurora-postgresql"] = PARAMETERS["postgres"]


def statements(found: Any, title: str, name: str = "PolicyDocument") -> dict[str, Any]:
    """Statements of a policy, by their Sids."""
    return {each["Sid"]: each for each in found.properties(title)[name]["Statement"]}


@pytest.mark.parametrize(
    ("engine", "version", "title", "family"),
    [
        ("postgres", "17", "OrdersParametersPostgres17", "postgres17"),
        ("mysql", "8.4.11", "OrdersParametersMysql84", "mysql8.4"),
        ("aurora-postgresql", "16", "OrdersParametersAurorapostgresql16", "aurora-postgresql16"),
        ("aurora-mysql", "8.0.mysql_aurora.3.10.1", "OrdersParametersAuroramysql80", "aurora-mysql8.0"),
    ],
)
def test_parameters(engine: str, version: str, title: str, family: str) -> None:
    """Connections have TLS, and logs have something in them; another major version is another group."""
    found = seen(a_database(engine, version=version))
    kind = "DBClusterParameterGroup" if engine in CLUSTERS else "DBParameterGroup"

    assert {name: value for name, value in found.properties(title).items() if name != "Tags"} == {
        f"{kind}Name": f"payments-prod-{_role(title)}-ab12cd34",
        "Family": family,
        "Description": "TLS and logs of Orders",
        "Parameters": PARAMETERS[engine],
    }
    assert list(of_type(found, f"RDS::{kind}")) == [title]


def _role(title: str) -> str:
    return title.replace("OrdersParameters", "orders-parameters-").lower()


@pytest.mark.parametrize(
    ("engine", "name"),
    [
        ("postgres", "ssl_min_protocol_version"),
        ("mysql", "tls_version"),
        ("aurora-postgresql", "ssl_min_protocol_version"),
        ("aurora-mysql", "tls_version"),
    ],
)
def test_floor_of_tls(engine: str, name: str) -> None:
    """No version below the one that is demanded is accepted."""
    made = a_database(engine, fixed(requirements={"tls_floor": "1.3"}))
    [group] = [each for each in seen(made).resources.values() if each["Type"].endswith("ParameterGroup")]

    assert group["Properties"]["Parameters"][name] == "TLSv1.3"


def test_parameters_of_ones_own() -> None:
    """They come beside the guarded ones, and may change what is logged."""
    given = {"work_mem": "65536", "log_min_duration_statement": "200", "rds.force_ssl": "1"}
    found = seen(a_database(version="17", parameters=given))

    assert found.properties("OrdersParametersPostgres17")["Parameters"] == {**PARAMETERS["postgres"], **given}


def test_place() -> None:
    """The isolated subnets, and a group into which nothing comes and from which nothing goes."""
    found = seen(a_database())

    assert found.properties("OrdersSubnets")["SubnetIds"] == ["NetworkIsolated1", "NetworkIsolated2"]
    group = found.properties("OrdersGroup")
    assert "SecurityGroupIngress" not in group
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["127.0.0.1/32"]
    assert of_type(found, "EC2::SecurityGroupIngress") == {}


@pytest.mark.parametrize("engine", [*INSTANCES, *CLUSTERS])
def test_logs(engine: str) -> None:
    """Each has the group that RDS would make, there before the database, encrypted, and kept as long as is asked."""
    made = a_database(engine)
    found, kind = seen(made), "cluster" if engine in CLUSTERS else "instance"
    exports = found.properties("Orders")["EnableCloudwatchLogsExports"]

    for export in exports:
        assert found.properties(f"Orders{export.title()}Log") == {
            "LogGroupName": f"/aws/rds/{kind}/payments-prod-orders-ab12cd34/{export}",
            "RetentionInDays": 400,
            "KmsKeyId": f"arn:aws:kms:{HERE}:key/logskey",
            "Tags": found.properties(f"Orders{export.title()}Log")["Tags"],
        }
        assert f"Orders{export.title()}Log" in found.resources["Orders"]["DependsOn"]


def test_key_of_the_logs_is_for_the_stacks_databases() -> None:
    """And for groups of no other name, once, however many databases there are."""
    statement = statements(seen(a_database()), "LogsKey", "KeyPolicy")["UseForDatabaseLogs"]

    assert statement["Principal"] == {"Service": "logs.eu-central-1.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{HERE}:log-group:/aws/rds/*/payments-prod-*-ab12cd34/*"
        }
    }


def test_role_of_enhanced_monitoring() -> None:
    """RDS alone takes it, from this account, to write what it measures of the system."""
    found = seen(a_database())
    [trust] = found.properties("OrdersMonitoringRole")["AssumeRolePolicyDocument"]["Statement"]
    group = f"arn:aws:logs:{HERE}:log-group:RDSOSMetrics"

    assert trust["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    assert {sid: each["Resource"] for sid, each in statements(found, "OrdersMonitoringRolePolicy").items()} == {
        "MakeGroupOfMetrics": [group],
        "WriteMetrics": [f"{group}:log-stream:*"],
    }


@pytest.mark.parametrize(
    ("engine", "kind", "some"),
    [
        ("postgres", "db-instance", {"failure", "low storage", "configuration change"}),
        ("aurora-mysql", "db-cluster", {"failover", "failure", "maintenance"}),
    ],
)
def test_events(engine: str, kind: str, some: set[str]) -> None:
    """What RDS says of the database goes to the topic, which lets it in beforehand."""
    found = seen(a_database(engine))
    subscription = found.properties("OrdersEvents")

    assert (subscription["SourceType"], subscription["SourceIds"]) == (kind, ["Orders"])
    assert some <= set(subscription["EventCategories"])
    assert found.resources["OrdersEvents"]["DependsOn"] == ["AlarmTopicPolicy"]


def test_topic_and_its_key_let_events_in() -> None:
    """Of databases with names of the stack, in this account."""
    found = seen(a_database())
    when = {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": f"arn:aws:rds:{HERE}:*:payments-prod-*-ab12cd34*"},
    }
    publishing = statements(found, "AlarmTopicPolicy")["PublishDatabaseEvents"]
    using = statements(found, "AlarmTopicKey", "KeyPolicy")["UseForDatabaseEvents"]

    assert publishing["Principal"] == using["Principal"] == {"Service": "events.rds.amazonaws.com"}
    assert publishing["Condition"] == using["Condition"] == when


def test_own_key() -> None:
    """It is used through RDS and Secrets Manager, by whoever may make or restore a database."""
    made = a_database(settings=fixed(requirements=KEYED))
    policy = statements(seen(made), "OrdersKey", "KeyPolicy")
    through = {
        each["Condition"]["StringEquals"]["kms:ViaService"]
        for each in policy.values()
        if "kms:ViaService" in str(each.get("Condition", {}))
    }

    assert through == {"rds.eu-central-1.amazonaws.com", "secretsmanager.eu-central-1.amazonaws.com"}
    assert made.key is not None
    assert encode_to_dict(made.key.arn) == {"Fn::GetAtt": ["OrdersKey", "Arn"]}


def test_no_key_is_made_without_a_demand() -> None:
    """RDS's own does."""
    made = a_database()

    assert made.key is None
    assert "OrdersKey" not in made.stack.template.resources
