"""Relational databases: encrypted, reached over TLS from inside the network alone, watched, backed up, and kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import awacs.aws as aws
import awacs.rds_db as database_actions
import awacs.secretsmanager as secret_actions
from troposphere import AWSHelperFn, GetAtt, If, Ref, Sub, rds

from tap_templates.components.databases import options, parts
from tap_templates.components.databases.monitoring import instance_alarms, lag_alarm
from tap_templates.components.databases.surroundings import surroundings
from tap_templates.components.keys import Key
from tap_templates.components.network import ISOLATED, Network, SecurityGroup
from tap_templates.components.topics import Topic
from tap_templates.data.database_engines import Engine
from tap_templates.errors import PropertyError
from tap_templates.naming import role_of
from tap_templates.policies import allow
from tap_templates.requirements import DELETE
from tap_templates.stack import Stack

OWNER = "dbowner"
USER = re.compile(r"[A-Za-z0-9_.@-]{1,63}")


class Database(NamedTuple):
    """An RDS instance or an Aurora cluster, the group in front of it, and the verbs that let someone in."""

    stack: Stack
    resource: rds.DBInstance | rds.DBCluster
    instances: tuple[rds.DBInstance, ...]  # Itself, or the writer and the readers of the cluster.
    group: SecurityGroup
    engine: Engine
    port: int
    key: Key | None

    @property
    def title(self) -> str:
        """Logical id of the instance or the cluster."""
        return str(self.resource.title)

    @property
    def address(self) -> AWSHelperFn:
        """Host name to connect to; of a cluster, that of its writer."""
        return GetAtt(self.resource, "Endpoint.Address")

    @property
    def secret_arn(self) -> AWSHelperFn:
        """ARN of the secret with the owner's name and password, which RDS made and replaces."""
        return GetAtt(self.resource, "MasterUserSecret.SecretArn")

    def accepts(self, group: SecurityGroup) -> None:
        """Lets whatever is in a security group reach the database's port.

        Raises:
            StackError: The group is in another network, or this was said before.
        """
        self.group.accepts(group, port=self.port)

    def connect(self, user: str, *, through: SecurityGroup | None = None) -> list[aws.Statement]:
        """Connect as a user of the database with a token of IAM, which lasts for a quarter of an hour.

        The user must be there, and be one of IAM: ``GRANT rds_iam TO app`` in PostgreSQL, ``IDENTIFIED WITH
        AWSAuthenticationPlugin AS 'RDS'`` in MySQL.

        Args:
            user: Name of the user in the database.
            through: Security group of who connects; it is let in as by ``accepts``.

        Raises:
            PropertyError: Not the name of one user.

        Source: RDS user guide, "Creating and using an IAM policy for IAM database access".
        """
        if not USER.fullmatch(user):
            remedy = "use the name of one user: 1 to 63 letters, digits and _ . @ -"
            raise PropertyError(self.title, "connect", found=user, remedy=remedy)
        if through is not None:
            self.accepts(through)
        attribute = "DBClusterResourceId" if self.engine.is_aurora else "DbiResourceId"
        place = "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser"
        user_arn = Sub(f"{place}:${{{self.title}.{attribute}}}/{user}")
        return [allow([database_actions.connect], on=user_arn, sid=f"ConnectTo{self.title}As{_word(user)}")]

    def read_owner(self) -> list[aws.Statement]:
        """Read the owner's name and password: to make the users of the database, not to work with it."""
        reading = [secret_actions.DescribeSecret, secret_actions.GetSecretValue]
        own = allow(reading, on=self.secret_arn, sid=f"ReadOwnerOf{self.title}")
        return [own, *(self.key.decrypt() if self.key else [])]


def database(
    stack: Stack,
    title: str,
    *,
    network: Network,
    topic: Topic,
    engine: str = "postgres",
    version: str | None = None,
    workload: str = "small",
    instance_class: str | None = None,
    storage_gib: int | None = None,
    storage_limit_gib: int | None = None,
    tier: str = ISOLATED,
    port: int | None = None,
    owner: str = OWNER,
    database_name: str | None = None,
    parameters: Mapping[str, str] | None = None,
    password: None = None,
) -> Database:
    """RDS instance of PostgreSQL or MySQL.

    Encrypted, without a public address, reached over TLS alone, with logs, Performance Insights, Enhanced Monitoring,
    alarms, and events that tell the topic. RDS makes up the owner's password and keeps it in Secrets Manager. A standby
    and protection from deletion are there where the requirements demand them, otherwise where the environment's
    ``database_standbys`` and ``database_protection`` say so. A snapshot stays when it is deleted or replaced.

    Args:
        version: ``"17"``, ``"17.6"``; the newest major version by default.
        workload: ``small``, ``standard``, ``memory`` or ``burst``: with the environment, it chooses the class.
        instance_class: A class in place of the workload's, in every environment.
        storage_gib: In place of the environment's ``database_storage_gib``; ``storage_limit_gib`` likewise.
        tier: Of the network: ``isolated`` or ``private``.
        port: Another one than the engine's usual port.
        owner: Name of the user that owns everything in the database.
        database_name: A database that is made at once.
        parameters: Further parameters of the engine.
        password: Refused: there is none in a template.

    Raises:
        PropertyError: An engine, a version, a class, a port, storage, a name or a place that RDS does not take, a
            parameter that would let a connection in without TLS, or a password.
        UsageError: No such workload.
        StackError: The title is taken.

    Of MySQL the audit log is not among the logs: it takes an option group.

    Source: Security Hub controls RDS.2, RDS.3, RDS.5, RDS.6, RDS.8 to RDS.11, RDS.13, RDS.17, RDS.20, RDS.23, RDS.25,
    RDS.36, RDS.46.
    """
    chosen = options.chosen_engine(title, engine, aurora=False)
    release = options.chosen_version(title, chosen, version)
    classes = options.chosen_classes(stack, title, chosen, workload=workload, instance_class=instance_class)
    at_port = options.chosen_port(title, chosen, port)
    storage, limits = options.chosen_storage(stack, title, storage_gib=storage_gib, storage_limit_gib=storage_limit_gib)
    options.check_names(title, chosen, owner=owner, database_name=database_name, password=password)
    tuned = options.chosen_parameters(stack, title, chosen, parameters or {})
    options.check_place(title, network, tier)
    around = surroundings(stack, title, chosen, release, tuned, network=network, tier=tier)
    sized = _class(stack, title, classes, workload=None if instance_class else workload, kind="database")
    made = stack.add(
        rds.DBInstance(
            title,
            DBInstanceIdentifier=stack.name(title, rds.DBInstance),
            Engine=chosen.name,
            EngineVersion=release,
            DBInstanceClass=sized,
            AllocatedStorage=_storage(stack, title, "database_storage_gib", storage, storage_gib),
            MaxAllocatedStorage=_storage(stack, title, "database_storage_limit_gib", limits, storage_limit_gib),
            StorageType="gp3",
            **({"DBName": database_name} if database_name else {}),
            **around.login(owner),
            **around.encryption,
            DBSubnetGroupName=Ref(around.subnets),
            VPCSecurityGroups=[around.group.id],
            PubliclyAccessible=False,
            Port=str(at_port),
            DBParameterGroupName=Ref(around.parameters),
            EnableIAMDatabaseAuthentication=True,
            MultiAZ=_switch(stack, "database_standbys"),
            BackupRetentionPeriod=_backup_days(stack, fewest=0),
            CopyTagsToSnapshot=True,
            DeleteAutomatedBackups=stack.requirements.data_retention == DELETE,
            DeletionProtection=_protection(stack),
            AutoMinorVersionUpgrade=True,
            EnableCloudwatchLogsExports=list(chosen.exports),
            **around.watching(stack, title, classes),
            **_kept(stack),
            DependsOn=around.waits_for,
        ),
        says=f"database {title}",
    )
    _outputs(stack, title, made)
    parts.event_subscription(
        topic, f"{title}Events", source=Ref(made), kind="db-instance", categories=parts.INSTANCE_EVENTS
    )
    instance_alarms(topic, made, engine=chosen, classes=classes, sizes_of=title)
    return Database(stack, made, (made,), around.group, chosen, at_port, around.key)


def cluster(
    stack: Stack,
    title: str,
    *,
    network: Network,
    topic: Topic,
    engine: str = "aurora-postgresql",
    version: str | None = None,
    workload: str = "small",
    instance_class: str | None = None,
    tier: str = ISOLATED,
    port: int | None = None,
    owner: str = OWNER,
    database_name: str | None = None,
    parameters: Mapping[str, str] | None = None,
    password: None = None,
) -> Database:
    """Aurora cluster of PostgreSQL or MySQL: a writer, and a reader in another zone that takes over from it.

    As ``database``, with the reader in the place of the standby, made after the writer. The storage grows by itself,
    and is in three zones.

    Raises:
        PropertyError, UsageError, StackError: As ``database``.

    Source: Security Hub controls RDS.7, RDS.12, RDS.15, RDS.16, RDS.19, RDS.24, RDS.27, RDS.34, RDS.37, RDS.45.
    """
    chosen = options.chosen_engine(title, engine, aurora=True)
    release = options.chosen_version(title, chosen, version)
    classes = options.chosen_classes(stack, title, chosen, workload=workload, instance_class=instance_class)
    at_port = options.chosen_port(title, chosen, port)
    options.check_names(title, chosen, owner=owner, database_name=database_name, password=password)
    tuned = options.chosen_parameters(stack, title, chosen, parameters or {})
    options.check_place(title, network, tier)
    around = surroundings(stack, title, chosen, release, tuned, network=network, tier=tier)
    made = stack.add(
        rds.DBCluster(
            title,
            DBClusterIdentifier=stack.name(title, rds.DBCluster),
            Engine=chosen.name,
            EngineVersion=release,
            **({"DatabaseName": database_name} if database_name else {}),
            **around.login(owner),
            **around.encryption,
            DBSubnetGroupName=Ref(around.subnets),
            VpcSecurityGroupIds=[around.group.id],
            Port=at_port,
            DBClusterParameterGroupName=Ref(around.parameters),
            EnableIAMDatabaseAuthentication=True,
            BackupRetentionPeriod=_backup_days(stack, fewest=1),
            CopyTagsToSnapshot=True,
            DeleteAutomatedBackups=stack.requirements.data_retention == DELETE,
            DeletionProtection=_protection(stack),
            EnableCloudwatchLogsExports=list(chosen.exports),
            **_kept(stack),
            DependsOn=around.waits_for,
        ),
        says=f"database cluster {title}",
    )
    _outputs(stack, title, made)
    stack.output(f"{title}ReadAddress", GetAtt(made, "ReadEndpoint.Address"), f"Host name of the readers of {title}")
    parts.event_subscription(
        topic, f"{title}Events", source=Ref(made), kind="db-cluster", categories=parts.CLUSTER_EVENTS
    )
    sized = _class(stack, title, classes, workload=None if instance_class else workload, kind="aurora")
    there = stack.at_least("database_standbys", 1)
    members = [f"{title}Writer", *([f"{title}Reader"] if there else [])]
    instances = []
    for tier_of_promotion, member in enumerate(members):
        condition = there if tier_of_promotion and isinstance(there, str) else None
        instance = stack.add(
            rds.DBInstance(
                member,
                DBInstanceIdentifier=stack.name(member, rds.DBInstance),
                DBClusterIdentifier=Ref(made),
                Engine=chosen.name,
                DBInstanceClass=sized,
                PubliclyAccessible=False,
                PromotionTier=tier_of_promotion,
                AutoMinorVersionUpgrade=True,
                **around.watching(stack, title, classes),
                **({"Condition": condition} if condition else {}),
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Delete",
                DependsOn=[*around.role_policies, *members[:tier_of_promotion]],
            ),
            says=f"instance {member}",
        )
        instance_alarms(topic, instance, engine=chosen, classes=classes, sizes_of=title, condition=condition)
        if tier_of_promotion:
            lag_alarm(topic, instance, condition=condition)
        instances.append(instance)
    return Database(stack, made, tuple(instances), around.group, chosen, at_port, around.key)


def _class(stack: Stack, title: str, classes: Mapping[str, str], *, workload: str | None, kind: str) -> Any:
    return stack.machine(workload, kind) if workload else stack.by_environment(f"{role_of(title)}-class", classes)


def _storage(stack: Stack, title: str, amount: str, gib: Mapping[str, int], given: int | None) -> Any:
    """CloudFormation takes the storage as text, and turns the numbers of a Mapping into it."""
    if given is None:
        return _text(stack.per_environment(amount))
    return str(given)


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def _backup_days(stack: Stack, *, fewest: int) -> Any:
    """The fewest that RDS takes where data must not be retained: an instance can be without backups, Aurora cannot."""
    return fewest if stack.requirements.data_retention == DELETE else stack.per_environment("database_backup_days")


def _protection(stack: Stack) -> Any:
    """Never where data must go with the stack."""
    return False if stack.requirements.data_retention == DELETE else _switch(stack, "database_protection")


def _switch(stack: Stack, amount: str) -> Any:
    """An amount of 0 or 1 as true or false."""
    there = stack.at_least(amount, 1)
    return If(there, True, False) if isinstance(there, str) else there


def _kept(stack: Stack) -> dict[str, str]:
    """A snapshot is what stays, unless nothing may."""
    word = "Delete" if stack.requirements.data_retention == DELETE else "Snapshot"
    return {"DeletionPolicy": word, "UpdateReplacePolicy": word}


def _outputs(stack: Stack, title: str, made: rds.DBInstance | rds.DBCluster) -> None:
    kind = "cluster" if isinstance(made, rds.DBCluster) else "instance"
    attribute = "DBClusterArn" if isinstance(made, rds.DBCluster) else "DBInstanceArn"
    stack.output(f"{title}Id", Ref(made), f"Identifier of the {kind} {title}")
    stack.output(f"{title}Arn", GetAtt(made, attribute), f"ARN of the {kind} {title}")
    stack.output(f"{title}Address", GetAtt(made, "Endpoint.Address"), f"Host name of {title}")
    stack.output(f"{title}Port", GetAtt(made, "Endpoint.Port"), f"Port of {title}")
    secret = GetAtt(made, "MasterUserSecret.SecretArn")
    stack.output(f"{title}SecretArn", secret, f"ARN of the secret with the owner's password of {title}")


def _word(user: str) -> str:
    """A user's name as part of a Sid."""
    return "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", user))
