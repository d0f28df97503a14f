"""Databases that the tests of the component share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.network_samples import a_stack
from support.resolved_template import Resolved

from tap_templates.components.databases import Database, cluster, database
from tap_templates.components.identity import service_role
from tap_templates.components.network import network
from tap_templates.settings import Settings

INSTANCES = ("postgres", "mysql")
CLUSTERS = ("aurora-postgresql", "aurora-mysql")
KEYED = {"customer_managed_keys": ["databases", "logs", "secrets", "topics"]}
# Demands that leave standbys and protection to the environment.
UNDEMANDED = {"multi_az": False, "deletion_protection": False, "backup_retention_days": 0}
# Demands under which nothing may stay.
GONE = {"data_retention": "delete", "backup_retention_days": 0, "deletion_protection": False}


def a_database(
    built: str = "postgres",
    /,
    settings: Settings | None = None,
    *,
    zones: int = 2,
    tiers: Any = ("private", "isolated"),
    **given: Any,
) -> Database:
    """``Orders``, an instance or a cluster by what is built, in a network of its own."""
    stack, topic = a_stack(settings)
    net = network(stack, topic=topic, zones=zones, tiers=tiers, endpoints=())
    make = cluster if built in CLUSTERS else database
    return make(stack, "Orders", **{"network": net, "topic": topic, "engine": built, **given})


def seen(made: Database, answers: Mapping[str, Any] | None = None) -> Resolved:
    """The stack of a database as AWS sees it."""
    return Resolved(made.stack.to_dict(), answers)


def both(settings: Settings | None = None, *, language: str = "postgres") -> tuple[Database, Database]:
    """``Orders``, an instance, and ``Stock``, a cluster, in one stack; servers reach both, and may connect."""
    stack, topic = a_stack(settings)
    net = network(stack, topic=topic, endpoints=())
    servers = net.group("Servers", "servers of the shop")
    instance, aurora = {"postgres": ("postgres", "aurora-postgresql"), "mysql": ("mysql", "aurora-mysql")}[language]
    orders = database(stack, "Orders", network=net, topic=topic, engine=instance)
    stock = cluster(stack, "Stock", network=net, topic=topic, engine=aurora, workload="memory")
    reading = [
        *orders.connect("app", through=servers),
        *stock.connect("app", through=servers),
        *orders.read_owner(),
        *stock.read_owner(),
    ]
    service_role(
        stack, "ServersRole", service="ec2.amazonaws.com", statements=reading, description="Servers of the shop"
    )
    return orders, stock
