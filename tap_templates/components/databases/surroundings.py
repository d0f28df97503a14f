"""What a database needs before it is made: a place, a group, parameters, logs, whoever watches it, and a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, If, NoValue, rds

from tap_templates.components.databases import parts
from tap_templates.components.keys import Key
from tap_templates.components.network import Network, SecurityGroup
from tap_templates.data.database_engines import Engine
from tap_templates.stack import Stack

MONITORING_SECONDS = 60
INSIGHTS_DAYS = 7  # RDS API reference, CreateDBInstance: what costs nothing.


class Surroundings(NamedTuple):
    """What a database needs before it is made."""

    subnets: rds.DBSubnetGroup
    group: SecurityGroup
    parameters: rds.DBParameterGroup | rds.DBClusterParameterGroup
    key: Key | None
    role_arn: AWSHelperFn
    role_policies: tuple[str, ...]
    logs: tuple[str, ...]
    engine: Engine

    @property
    def waits_for(self) -> list[str]:
        """Log groups that RDS would make itself, and the policies of its role."""
        return [*self.logs, *(() if self.engine.is_aurora else self.role_policies)]

    @property
    def encryption(self) -> dict[str, Any]:
        """With the stack's key, or that of RDS."""
        return {"StorageEncrypted": True, **({"KmsKeyId": self.key.arn} if self.key else {})}

    def login(self, owner: str) -> dict[str, Any]:
        """The owner, with a password that RDS makes up."""
        keyed = {"MasterUserSecret": rds.MasterUserSecret(KmsKeyId=self.key.arn)} if self.key else {}
        return {"MasterUsername": owner, "ManageMasterUserPassword": True, **keyed}

    def watching(self, stack: Stack, title: str, classes: Mapping[str, str]) -> dict[str, Any]:
        """Enhanced Monitoring, and Performance Insights on the classes that have it."""
        monitoring = {"MonitoringInterval": MONITORING_SECONDS, "MonitoringRoleArn": self.role_arn}
        has = {profile: name not in self.engine.without_insights for profile, name in classes.items()}
        there = stack.where(f"{title}HasInsights", has)
        if not there:
            return {**monitoring, "EnablePerformanceInsights": False}
        details = {"PerformanceInsightsRetentionPeriod": INSIGHTS_DAYS}
        keyed = {"PerformanceInsightsKMSKeyId": self.key.arn} if self.key else {}
        insights = {"EnablePerformanceInsights": True, **details, **keyed}
        if isinstance(there, str):
            insights = {name: If(there, value, False if value is True else NoValue) for name, value in insights.items()}
        return {**monitoring, **insights}


def surroundings(
    stack: Stack,
    title: str,
    engine: Engine,
    release: str,
    tuned: Mapping[str, str],
    *,
    network: Network,
    tier: str,
) -> Surroundings:
    """Adds what a database needs, in the subnets of a tier."""
    role = parts.monitoring_role(stack, title)
    return Surroundings(
        subnets=parts.subnet_group(stack, title, network=network, tier=tier),
        group=network.group(f"{title}Group", f"database {title}"),
        parameters=parts.parameter_group(
            stack, title, family=_family(engine, release), parameters=tuned, aurora=engine.is_aurora
        ),
        key=parts.own_key(stack, title),
        role_arn=role.arn,
        role_policies=role.policy_titles,
        logs=tuple(parts.exported_logs(stack, title, engine)),
        engine=engine,
    )


def _family(engine: Engine, release: str) -> str:
    """``postgres17``, ``mysql8.4``: PostgreSQL's major version is one number, MySQL's are two."""
    numbers = release.split(".")[: 1 if engine.language == "postgresql" else 2]
    return f"{engine.name}{'.'.join(numbers)}"
