"""Alarms of databases: on what runs out, by the class of each profile."""

from __future__ import annotations

from typing import Any

import pytest
from support.component_samples import ANSWERS, fixed
from support.database_samples import a_database, seen
from support.network_samples import of_type

from tap_templates.settings import Settings

NAMED = ("MetricName", "Statistic", "ComparisonOperator", "Threshold", "EvaluationPeriods")
BELOW, ABOVE = "LessThanOrEqualToThreshold", "GreaterThanOrEqualToThreshold"


def alarms(made: Any, **answers: str) -> dict[str, tuple[Any, ...]]:
    """Alarms of RDS's metrics."""
    found = of_type(seen(made, answers), "CloudWatch::Alarm")
    return {title: tuple(row[name] for name in NAMED) for title, row in found.items() if row["Namespace"] == "AWS/RDS"}


def test_of_an_instance() -> None:
    """Processor, memory, connections and storage, of the class: 4 GiB in production."""
    assert alarms(a_database()) == {
        "OrdersCpu": ("CPUUtilization", "Average", ABOVE, 80, 3),
        "OrdersMemory": ("FreeableMemory", "Average", BELOW, 214_748_364, 3),
        "OrdersConnections": ("DatabaseConnections", "Maximum", ABOVE, 315, 1),
        "OrdersStorage": ("FreeStorageSpace", "Minimum", BELOW, 2_147_483_648, 1),
    }


def test_of_a_cluster() -> None:
    """Of each of its instances, and how far the reader is behind; its storage grows by itself."""
    found = alarms(a_database("aurora-postgresql"))
    each = {"Cpu", "Memory", "Connections"}

    assert set(found) == {f"Orders{word}{what}" for word in ("Writer", "Reader") for what in each} | {"OrdersReaderLag"}
    assert found["OrdersReaderLag"] == ("AuroraReplicaLag", "Maximum", ABOVE, 1000, 3)


def test_each_measures_its_own_and_tells_the_topic() -> None:
    """In the dimension of the instance."""
    found = of_type(seen(a_database("aurora-mysql")), "CloudWatch::Alarm")

    for word in ("Writer", "Reader"):
        row = found[f"Orders{word}Cpu"]
        assert row["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": f"Orders{word}"}]
        assert row["AlarmActions"] == ["arn:aws:sns:eu-central-1:111122223333:AlarmTopic"]


@pytest.mark.parametrize(
    ("environment", "memory", "connections"),
    [("dev", 53_687_091, 78), ("staging", 107_374_182, 157), ("prod", 214_748_364, 315)],
)
def test_thresholds_follow_the_class(environment: str, memory: int, connections: int) -> None:
    """A twentieth of the memory, and seven tenths of the connections that the class takes, fixed or asked for."""
    at_once = alarms(a_database(settings=fixed(environment=environment)))
    at_upload = alarms(a_database(settings=Settings()), **{**ANSWERS, "Environment": environment})

    for found in (at_once, at_upload):
        assert (found["OrdersMemory"][3], found["OrdersConnections"][3]) == (memory, connections)


@pytest.mark.parametrize(
    ("engine", "instance_class", "connections"),
    [
        ("postgres", "db.r6g.xlarge", 2522),
        ("postgres", "db.r6g.16xlarge", 3500),
        ("mysql", "db.m6g.large", 477),
        ("aurora-mysql", "db.t4g.medium", 63),
        ("aurora-mysql", "db.r7g.large", 700),
        ("aurora-postgresql", "db.r7g.large", 1261),
    ],
)
def test_most_connections_of_a_class(engine: str, instance_class: str, connections: int) -> None:
    """By each engine's own formula: up to 5000 of PostgreSQL, in steps of Aurora MySQL."""
    found = alarms(a_database(engine, instance_class=instance_class))
    title = "OrdersWriterConnections" if engine.startswith("aurora") else "OrdersConnections"

    assert found[title][3] == connections
