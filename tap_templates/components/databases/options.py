"""What a database may be: engine, version, class, port, storage and owner, each refused with place and remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tap_templates.components.network import ISOLATED, PRIVATE, Network
from tap_templates.data.database_engines import (
    Engine,
    database_engines,
    database_ports,
    longest_owner,
    reserved_owners,
)
from tap_templates.data.engine_versions import known_on, newest_release, releases, supported_until
from tap_templates.data.instance_classes import architecture, classes, memory_gib
from tap_templates.errors import PropertyError, did_you_mean
from tap_templates.stack import Stack

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LONGEST_NAME = 63  # RDS API reference, CreateDBInstance, DBName: of PostgreSQL; of MySQL 64.
STORAGE_GIB = range(20, 65_537)  # RDS user guide, gp3 storage of PostgreSQL and MySQL.
ROOM = 1.1  # RDS user guide, storage autoscaling: the limit is at least a tenth above the storage.
TIERS = (ISOLATED, PRIVATE)


def chosen_engine(title: str, name: str, *, aurora: bool) -> Engine:
    """An engine of the kind that is built.

    Raises:
        PropertyError: It is none, or one of the other kind.
    """
    known = [each for each, row in database_engines().items() if row.is_aurora == aurora]
    if name in known:
        return database_engines()[name]
    remedy = f"use {' or '.join(known)}{did_you_mean(name, known)}"
    if name in database_engines():
        remedy = f"{remedy}; {name} is built by {'database()' if aurora else 'cluster()'}"
    raise PropertyError(title, "Engine", found=name, remedy=remedy)


def chosen_version(title: str, engine: Engine, version: str | None) -> str:
    """A version that RDS takes and supports; the newest major version where none is given.

    Raises:
        PropertyError: A version that RDS does not have, or no longer supports without extra charge.
    """
    if version is None:
        return newest_release(engine.name)
    newest = newest_release(engine.name)
    if version not in releases(engine.name):
        close = did_you_mean(version, releases(engine.name))
        remedy = f"use a version of {engine.says}, {newest} for instance{close}"
        raise PropertyError(title, "EngineVersion", found=version, remedy=remedy)
    last = supported_until(engine.name, version)
    if last is None or last < known_on():
        since = f"supported until {last}" if last else "how long it is supported is not in the table"
        raise PropertyError(title, "EngineVersion", found=version, remedy=f"{since}: use {newest} for instance")
    return version


def chosen_classes(
    stack: Stack, title: str, engine: Engine, *, workload: str, instance_class: str | None
) -> dict[str, str]:
    """The class in each profile: the one that is given, or that of the workload.

    Raises:
        PropertyError: A class that the engine does not have.
        UsageError: No such workload.
    """
    by_profile = stack.settings.machine(workload, "aurora" if engine.is_aurora else "database")
    if instance_class is not None:
        by_profile = dict.fromkeys(by_profile, instance_class)
    for name in by_profile.values():
        _check_class(title, engine, name)
    return by_profile


def _check_class(title: str, engine: Engine, name: str) -> None:
    known = classes(engine.name)
    if name not in known:
        close = did_you_mean(name, [each for each in known if architecture(each) == architecture(name)])
        others = [row.says for other, row in database_engines().items() if name in classes(other)]
        elsewhere = f"; that one is of {', '.join(others)}" if others else ""
        remedy = f"use a class that {engine.says} has, db.r6g.large for instance{close}{elsewhere}"
        raise PropertyError(title, "DBInstanceClass", found=name, remedy=remedy)
    if memory_gib(name) is None:
        remedy = "use a class with memory of its own, of the fifth generation or later, db.r6g.large for instance"
        raise PropertyError(title, "DBInstanceClass", found=name, remedy=remedy)


def chosen_port(title: str, engine: Engine, port: int | None) -> int:
    """A port that is not the engine's usual one, which every scanner tries first.

    Raises:
        PropertyError: A port that RDS does not take, or the usual one.

    Source: Security Hub control RDS.23.
    """
    if port is None:
        return engine.port
    ports = database_ports()
    if isinstance(port, bool) or port not in range(ports.lowest, ports.highest + 1):
        remedy = f"use {ports.lowest} to {ports.highest}, {engine.port} for instance"
        raise PropertyError(title, "Port", found=port, remedy=remedy)
    if port == engine.usual_port:
        remedy = f"use another port than {engine.says}'s usual one, {engine.port} for instance"
        raise PropertyError(title, "Port", found=port, remedy=remedy)
    return port


def chosen_storage(
    stack: Stack, title: str, *, storage_gib: int | None, storage_limit_gib: int | None
) -> tuple[dict[str, int], dict[str, int]]:
    """The storage that each profile begins with, and the limit that it may grow to.

    Raises:
        PropertyError: Storage that RDS does not have, or a limit that leaves it no room to grow.
    """
    storage, limits = (
        dict.fromkeys(by_profile, given) if given is not None else by_profile
        for given, by_profile in (
            (storage_gib, stack.settings.size("database_storage_gib")),
            (storage_limit_gib, stack.settings.size("database_storage_limit_gib")),
        )
    )
    for path, amounts in (("AllocatedStorage", storage), ("MaxAllocatedStorage", limits)):
        for gib in amounts.values():
            if isinstance(gib, bool) or gib not in STORAGE_GIB:
                remedy = f"use {STORAGE_GIB[0]} to {STORAGE_GIB[-1]} GiB"
                raise PropertyError(title, path, found=gib, remedy=remedy)
    for profile, gib in storage.items():
        if limits[profile] < gib * ROOM:
            remedy = f"use at least {int(gib * ROOM + 0.999)}: a tenth above AllocatedStorage, which is {gib}"
            raise PropertyError(title, "MaxAllocatedStorage", found=limits[profile], remedy=remedy)
    return storage, limits


def check_names(title: str, engine: Engine, *, owner: str, database_name: str | None, password: object) -> None:
    """Names that the engine takes, and no password.

    Raises:
        PropertyError: A name that is not one, or that is reserved, or any password at all.

    Source: Security Hub controls RDS.24, RDS.25.
    """
    if password is not None:
        remedy = "leave it out: RDS makes one up, keeps it in Secrets Manager, and replaces it every week"
        raise PropertyError(title, "MasterUserPassword", found="a password in plain text", remedy=remedy)
    longest = longest_owner(engine)
    if not NAME.fullmatch(owner) or len(owner) > longest:
        remedy = f"use 1 to {longest} letters, digits and underscores, beginning with a letter"
        raise PropertyError(title, "MasterUsername", found=owner, remedy=remedy)
    if owner.lower() in reserved_owners():
        remedy = f"use a name of your own: {', '.join(reserved_owners())} are tried first, or are RDS's own"
        raise PropertyError(title, "MasterUsername", found=owner, remedy=remedy)
    if database_name is not None and (not NAME.fullmatch(database_name) or len(database_name) > LONGEST_NAME):
        remedy = f"use 1 to {LONGEST_NAME} letters, digits and underscores, beginning with a letter"
        path = "DatabaseName" if engine.is_aurora else "DBName"
        raise PropertyError(title, path, found=database_name, remedy=remedy)


def chosen_parameters(stack: Stack, title: str, engine: Engine, given: Mapping[str, str]) -> dict[str, str]:
    """The engine's parameters: TLS alone, of no older version than is demanded, logs, and what is given.

    Raises:
        PropertyError: What is given would let a connection in without TLS, or with an older version.
    """
    floor = {name: values[stack.requirements.tls_floor] for name, values in engine.tls_floor.items()}
    guarded = {**engine.tls, **floor}
    for name, value in given.items():
        if guarded.get(name, value) != value:
            remedy = f"leave it out: it is {guarded[name]!r}, for TLS {stack.requirements.tls_floor} or later alone"
            raise PropertyError(title, f"Parameters.{name}", found=value, remedy=remedy)
    return {**guarded, **engine.logging, **given}


def check_place(title: str, network: Network, tier: str) -> None:
    """Subnets without a way in from the internet, in two zones at least.

    Raises:
        PropertyError: Another tier, or a single zone.

    Source: RDS user guide, "Working with a DB instance in a VPC"; Security Hub control RDS.46.
    """
    if tier not in TIERS:
        remedy = f"use {' or '.join(TIERS)}: a database is not reached from the internet"
        raise PropertyError(title, "DBSubnetGroupName", found=tier, remedy=remedy)
    count = len(network.tier(tier).resources)
    if count < 2:
        remedy = f"give {network.title} two zones or more: RDS takes no subnet group in a single one"
        raise PropertyError(title, "SubnetIds", found=f"{count} {tier} subnet", remedy=remedy)
