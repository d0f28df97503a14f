"""What cannot be a database: said when it is built, with place, value and remedy."""

from __future__ import annotations

from typing import Any

import pytest
from support.component_samples import fixed
from support.database_samples import a_database

from tap_templates.data.engine_versions import newest_release
from tap_templates.errors import PropertyError, StackError, UsageError
from tap_templates.settings import Settings

POSTGRES, MYSQL = newest_release("postgres"), newest_release("mysql")
SECRET = (
    "found 'a password in plain text'; "
    "leave it out: RDS makes one up, keeps it in Secrets Manager, and replaces it every week"
)
NAMES = "letters, digits and underscores, beginning with a letter"
OLD_CLASS = "use a class with memory of its own, of the fifth generation or later, db.r6g.large for instance"


def refused(built: str, given: dict[str, Any], message: str) -> None:
    """It is not built, and this is said."""
    with pytest.raises(PropertyError) as caught:
        a_database(built, **given)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("built", "engine", "message"),
    [
        ("postgres", "postgress", "found 'postgress'; use postgres or mysql (did you mean postgres?)"),
        ("postgres", "oracle-ee", "found 'oracle-ee'; use postgres or mysql"),
        (
            "mysql",
            "aurora-mysql",
            "found 'aurora-mysql'; use postgres or mysql (did you mean mysql?); aurora-mysql is built by cluster()",
        ),
        (
            "aurora-mysql",
            "postgres",
            "found 'postgres'; use aurora-postgresql or aurora-mysql (did you mean aurora-postgresql?); "
            "postgres is built by database()",
        ),
    ],
)
def test_engine(built: str, engine: str, message: str) -> None:
    """One of those that are built, by the function that builds it."""
    refused(built, {"engine": engine}, f"Orders.Engine: {message}")


@pytest.mark.parametrize(
    ("built", "version", "message"),
    [
        ("postgres", "17.99", f"use a version of PostgreSQL, {POSTGRES} for instance (did you mean 17.9?)"),
        ("aurora-mysql", "latest", "use a version of Aurora MySQL, 8.4 for instance"),
        ("postgres", "11.22", f"supported until 2024-02-29: use {POSTGRES} for instance"),
        ("mysql", "5.7.44", f"supported until 2024-02-29: use {MYSQL} for instance"),
        ("postgres", "9.3.1", f"how long it is supported is not in the table: use {POSTGRES} for instance"),
    ],
)
def test_version(built: str, version: str, message: str) -> None:
    """One that RDS has, and supports without extra charge."""
    refused(built, {"version": version}, f"Orders.EngineVersion: found {version!r}; {message}")


@pytest.mark.parametrize(
    ("built", "name", "message"),
    [
        (
            "postgres",
            "db.t4g.huge",
            "use a class that PostgreSQL has, db.r6g.large for instance (did you mean db.t4g.large?)",
        ),
        (
            "postgres",
            "t4g.micro",
            "use a class that PostgreSQL has, db.r6g.large for instance (did you mean db.t4g.micro?)",
        ),
        (
            "postgres",
            "db.m7.large",
            "use a class that PostgreSQL has, db.r6g.large for instance (did you mean db.m7i.large?)",
        ),
        (
            "aurora-mysql",
            "db.t4g.micro",
            "use a class that Aurora MySQL has, db.r6g.large for instance (did you mean db.t4g.medium?); "
            "that one is of PostgreSQL, MySQL",
        ),
        ("aurora-postgresql", "db.serverless", OLD_CLASS),
        ("postgres", "db.m4.large", OLD_CLASS),
    ],
)
def test_class(built: str, name: str, message: str) -> None:
    """One that the engine has; what is meant is of the same architecture."""
    refused(built, {"instance_class": name}, f"Orders.DBInstanceClass: found {name!r}; {message}")


def test_class_from_the_settings() -> None:
    """It is checked like one that is given."""
    settings = fixed(sizes={"small_database": "db.t4g.2xlarge"})
    assert a_database(settings=settings).resource.DBInstanceClass == "db.t4g.2xlarge"


def test_workload() -> None:
    """One of the table."""
    with pytest.raises(UsageError, match="workload: found 'huge'; use one of small, standard, memory, burst"):
        a_database(workload="huge")


@pytest.mark.parametrize(
    ("built", "port", "message"),
    [
        ("postgres", 0, "use 1150 to 65535, 15432 for instance"),
        ("postgres", 70_000, "use 1150 to 65535, 15432 for instance"),
        ("aurora-mysql", True, "use 1150 to 65535, 13306 for instance"),
        ("mysql", "6000", "use 1150 to 65535, 13306 for instance"),
        ("postgres", 5432, "use another port than PostgreSQL's usual one, 15432 for instance"),
        ("aurora-mysql", 3306, "use another port than Aurora MySQL's usual one, 13306 for instance"),
    ],
)
def test_port(built: str, port: Any, message: str) -> None:
    """One that RDS takes, and that scanners do not try first."""
    refused(built, {"port": port}, f"Orders.Port: found {port!r}; {message}")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"storage_gib": 10}, "AllocatedStorage: found 10; use 20 to 65536 GiB"),
        ({"storage_gib": "20"}, "AllocatedStorage: found '20'; use 20 to 65536 GiB"),
        ({"storage_limit_gib": 99_999}, "MaxAllocatedStorage: found 99999; use 20 to 65536 GiB"),
        (
            {"storage_gib": 100, "storage_limit_gib": 50},
            "MaxAllocatedStorage: found 50; use at least 110: a tenth above AllocatedStorage, which is 100",
        ),
        (
            {"storage_gib": 2000},
            "MaxAllocatedStorage: found 1000; use at least 2200: a tenth above AllocatedStorage, which is 2000",
        ),
        (
            {"settings": Settings(sizes={"database_storage_gib": 95})},
            "MaxAllocatedStorage: found 100; use at least 105: a tenth above AllocatedStorage, which is 95",
        ),
    ],
)
def test_storage(given: dict[str, Any], message: str) -> None:
    """What RDS has, with room to grow, in every environment."""
    refused("postgres", given, f"Orders.{message}")


@pytest.mark.parametrize("built", ["postgres", "aurora-mysql"])
def test_password_in_plain_text(built: str) -> None:
    """It is not taken, and not repeated."""
    refused(built, {"password": "correct horse"}, f"Orders.MasterUserPassword: {SECRET}")


@pytest.mark.parametrize(
    ("built", "given", "message"),
    [
        (
            "postgres",
            {"owner": "Admin"},
            "MasterUsername: found 'Admin'; use a name of your own: admin, postgres, rdsadmin, root are tried first, "
            "or are RDS's own",
        ),
        ("postgres", {"owner": "1x"}, f"MasterUsername: found '1x'; use 1 to 63 {NAMES}"),
        ("mysql", {"owner": "x" * 33}, f"MasterUsername: found '{'x' * 33}'; use 1 to 32 {NAMES}"),
        ("postgres", {"database_name": "a-b"}, f"DBName: found 'a-b'; use 1 to 63 {NAMES}"),
        ("aurora-mysql", {"database_name": "9"}, f"DatabaseName: found '9'; use 1 to 63 {NAMES}"),
    ],
)
def test_names(built: str, given: dict[str, Any], message: str) -> None:
    """Names that the engine takes, and of the owner, none that everyone would try."""
    refused(built, given, f"Orders.{message}")


@pytest.mark.parametrize(
    ("built", "name", "value", "kept"),
    [
        ("postgres", "rds.force_ssl", "0", "1"),
        ("mysql", "tls_version", "TLSv1.1", "TLSv1.2,TLSv1.3"),
        ("aurora-mysql", "require_secure_transport", "OFF", "ON"),
    ],
)
def test_parameters(built: str, name: str, value: str, kept: str) -> None:
    """None that would let a connection in without TLS, or with an old version of it."""
    message = f"Orders.Parameters.{name}: found {value!r}; leave it out: it is {kept!r}, for TLS 1.2 or later alone"
    refused(built, {"parameters": {name: value}}, message)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"zones": 1},
            "Orders.SubnetIds: found '1 isolated subnet'; give Network two zones or more: RDS takes no subnet group in "
            "a single one",
        ),
        (
            {"tier": "public"},
            "Orders.DBSubnetGroupName: found 'public'; use isolated or private: a database is not reached from the "
            "internet",
        ),
        ({"tiers": ("private",)}, "Network.tiers: found 'isolated'; use private, or add the tier to the network"),
    ],
)
@pytest.mark.parametrize("built", ["mysql", "aurora-postgresql"])
def test_place(built: str, given: dict[str, Any], message: str) -> None:
    """Two subnets at least, without a way in from the internet."""
    refused(built, given, message)


def test_title_that_is_taken() -> None:
    """Two databases have two titles."""
    from support.network_samples import a_stack

    from tap_templates.components.databases import database
    from tap_templates.components.network import network

    stack, topic = a_stack()
    net = network(stack, topic=topic, endpoints=())
    database(stack, "Orders", network=net, topic=topic)

    with pytest.raises(StackError, match="Orders"):
        database(stack, "Orders", network=net, topic=topic)
