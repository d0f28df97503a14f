"""Machines by workload and environment: their power, and their price beside the smallest. Source: ``sizes.json``."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tap_templates.data import load
from tap_templates.data.instance_classes import architecture
from tap_templates.data.profiles import profiles


class Machine(NamedTuple):
    """One type of machine, as EC2, RDS or Aurora sells it."""

    name: str  # m7g.large, db.m6g.large
    vcpu: int
    memory_gib: int
    network_gbps: str
    architecture: str  # arm64 or x86_64
    usd_per_hour: float
    times_smallest: float  # Its price beside that of the smallest machine of its kind in the table.


class Choice(NamedTuple):
    """What a workload gets of one kind: the machine's name in each profile."""

    key: str  # standard_database: what sizes calls it in the settings.
    workload: str
    kind: str
    means: str
    values: dict[str, str]


class Price(NamedTuple):
    """Where the prices of a kind are from."""

    says: str
    source: str
    region: str
    date: str
    of: str


def kinds() -> tuple[str, ...]:
    """``instance`` of EC2, ``database`` of RDS, ``aurora``."""
    return tuple(load("sizes.json")["kinds"])


def workloads() -> tuple[str, ...]:
    """``small``, ``standard``, ``memory``, ``burst``."""
    return tuple(load("sizes.json")["workloads"])


@cache
def choices() -> dict[str, Choice]:
    """Each workload of each kind, by its key."""
    rows = {}
    for kind in kinds():
        for workload, row in load("sizes.json")["workloads"].items():
            key = f"{workload}_{kind}"
            values = dict(zip(profiles(), row[kind], strict=True))
            rows[key] = Choice(key, workload, kind, row["means"], values)
    return rows


def price(kind: str) -> Price:
    """Where the prices of a kind are from, and of when."""
    row = load("sizes.json")["kinds"][kind]
    return Price(row["says"], row["price_source"], row["price_region"], row["price_date"], row["price_of"])


def machine(kind: str, name: str) -> Machine | None:
    """A machine of the table; None when the table does not have it, whoever sells it."""
    prices = load("sizes.json")["kinds"][kind]["usd_per_hour"]
    if name not in prices:
        return None
    row = load("sizes.json")["specifications"][name.removeprefix("db.")]
    times = prices[name] / min(prices.values())
    return Machine(
        name,
        row["vcpu"],
        row["memory_gib"],
        row["network_gbps"],
        architecture(name),
        prices[name],
        round(times, 1),
    )
