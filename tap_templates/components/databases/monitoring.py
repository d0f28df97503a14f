"""Alarms on what a database runs out of: processor, storage, memory, connections, and how far a reader is behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import Ref, rds

from tap_templates.components.alarms import alarm
from tap_templates.components.topics import Topic
from tap_templates.data.database_engines import GIB, Engine
from tap_templates.data.instance_classes import memory_gib
from tap_templates.naming import role_of

NAMESPACE = "AWS/RDS"  # RDS user guide, Amazon CloudWatch metrics for Amazon RDS.
BUSY_PERCENT = 80
BUSY_PERIODS = 3  # A quarter of an hour: a backup or a vacuum is no alarm.
LITTLE_STORAGE_BYTES = 2 * GIB  # A tenth of the smallest storage; storage autoscaling begins there, too.
LITTLE_MEMORY_PERCENT = 5  # Of the class's memory: databases fill what there is with their cache.
MANY_CONNECTIONS_PERCENT = 70  # Of the most that the class takes, by all its memory; the system has some of that.
LAG_MILLISECONDS = 1000  # Aurora user guide, replication: usually much less than 100.


def instance_alarms(
    topic: Topic,
    instance: rds.DBInstance,
    *,
    engine: Engine,
    classes: Mapping[str, str],
    sizes_of: str,
    condition: str | None = None,
) -> None:
    """Processor, memory and connections of one instance; of one that stands alone, storage too.

    Args:
        classes: Its class in each profile, which decides what is little and what is many.
        sizes_of: Title of the database, for the keys of the Mapping.

    Source: RDS user guide and Aurora user guide, CloudWatch metrics.
    """
    title, own = str(instance.title), {"DBInstanceIdentifier": Ref(instance)}
    shared: dict[str, Any] = {"namespace": NAMESPACE, "dimensions": own, "condition": condition}
    memories = {profile: memory_gib(name) or 0 for profile, name in classes.items()}
    floor = {profile: gib * GIB * LITTLE_MEMORY_PERCENT // 100 for profile, gib in memories.items()}
    many = {profile: engine.connections(gib) * MANY_CONNECTIONS_PERCENT // 100 for profile, gib in memories.items()}
    alarm(
        topic,
        f"{title}Cpu",
        says=f"{title} has been busy for a quarter of an hour",
        metric="CPUUtilization",
        statistic="Average",
        threshold=BUSY_PERCENT,
        periods=BUSY_PERIODS,
        **shared,
    )
    alarm(
        topic,
        f"{title}Memory",
        says=f"{title} has little memory left",
        metric="FreeableMemory",
        statistic="Average",
        threshold=topic.stack.by_environment(f"{role_of(sizes_of)}-memory-floor", floor),
        periods=BUSY_PERIODS,
        below=True,
        **shared,
    )
    alarm(
        topic,
        f"{title}Connections",
        says=f"{title} has nearly as many connections as it takes",
        metric="DatabaseConnections",
        statistic="Maximum",
        threshold=topic.stack.by_environment(f"{role_of(sizes_of)}-connections", many),
        **shared,
    )
    if not engine.is_aurora:
        alarm(topic, f"{title}Storage", says=f"{title} has little storage left", metric="FreeStorageSpace",
              statistic="Minimum", threshold=LITTLE_STORAGE_BYTES, below=True, **shared)  # fmt: skip


def lag_alarm(topic: Topic, reader: rds.DBInstance, *, condition: str | None) -> None:
    """Alarm on how far a reader of an Aurora cluster is behind its writer."""
    alarm(
        topic,
        f"{reader.title}Lag",
        says=f"{reader.title} is a second or more behind",
        namespace=NAMESPACE,
        metric="AuroraReplicaLag",
        dimensions={"DBInstanceIdentifier": Ref(reader)},
        statistic="Maximum",
        threshold=LAG_MILLISECONDS,
        periods=BUSY_PERIODS,
        condition=condition,
    )
