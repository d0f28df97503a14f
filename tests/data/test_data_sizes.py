"""Machines are what AWS has: in every Region that is tested, with the power that is written down, growing in price."""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from support.clean import REGIONS

from tap_templates.data.instance_classes import ARM64, EC2, X86_64, architecture, classes, memory_gib, sellers
from tap_templates.data.profiles import profiles
from tap_templates.data.sizes import Choice, choices, kinds, machine, price, workloads

ENGINES = {"database": ("postgres", "mysql"), "aurora": ("aurora-postgresql", "aurora-mysql")}


@cache
def extension(*path: str) -> Any:
    """A table of cfn-lint's."""
    spec = find_spec("cfnlint")
    assert spec
    assert spec.origin
    return json.loads(Path(spec.origin).parent.joinpath("data", "schemas", "extensions", *path).read_text("utf-8"))


@cache
def specifications() -> dict[str, Any]:
    """What EC2's DescribeInstanceTypes answered, as moto keeps it."""
    spec = find_spec("moto")
    assert spec
    assert spec.origin
    path = Path(spec.origin).parent / "ec2" / "resources" / "instance_types.json.gz"
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def sold(kind: str, region: str) -> set[str]:
    """Machines of a kind that a Region has, for each engine of it."""
    if kind == "instance":
        return set(extension("aws_ec2_instance", "instancetype_enum.json")[region]["enum"])
    rows = extension("aws_rds_dbinstance", "dbinstanceclass_enum.json")[region]["allOf"]
    by_engine = {engine: set[str]() for engine in ENGINES[kind]}
    for row in rows:
        engine = row["if"]["properties"]["Engine"]["const"]
        if engine in by_engine:
            by_engine[engine].update(row["then"]["properties"]["DBInstanceClass"]["enum"])
    return set.intersection(*by_engine.values())


def test_words() -> None:
    """The workloads and kinds, the smallest first."""
    assert workloads() == ("small", "standard", "memory", "burst")
    assert kinds() == ("instance", "database", "aurora")


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("kind", ["instance", "database", "aurora"])
def test_every_machine_is_sold(kind: str, region: str) -> None:
    """In every Region that is tested, to every engine."""
    names = {name for choice in choices().values() if choice.kind == kind for name in choice.values.values()}

    assert names <= sold(kind, region)


@pytest.mark.parametrize("choice", choices().values(), ids=lambda choice: choice.key)
def test_choice_grows_with_the_environment(choice: Choice) -> None:
    """Each profile has a Graviton machine with a price, and none costs less than that of a smaller environment."""
    made = [machine(choice.kind, choice.values[profile]) for profile in profiles()]

    prices = [each.usd_per_hour for each in made if each]
    assert len(prices) == len(made)
    assert prices == sorted(prices)
    assert {each.architecture for each in made if each} == {ARM64}
    assert choice.means.endswith(".")


@pytest.mark.parametrize("kind", kinds())
def test_prices_have_a_source(kind: str) -> None:
    """A price says where it is from, of which Region, and of when; the smallest machine is the measure."""
    rows = [
        machine(kind, name) for choice in choices().values() if choice.kind == kind for name in choice.values.values()
    ]

    assert price(kind).source.startswith("https://")
    assert price(kind).date < "2026-11-27"
    assert min(row.times_smallest for row in rows if row) == 1.0


def test_power_is_what_ec2_says() -> None:
    """vCPU, memory, network and architecture of each machine, under its name without ``db.``."""
    for choice in choices().values():
        for name in choice.values.values():
            row, known = machine(choice.kind, name), specifications()[name.removeprefix("db.")]
            assert row
            assert row.vcpu == known["VCpuInfo"]["DefaultVCpus"]
            assert row.memory_gib * 1024 == known["MemoryInfo"]["SizeInMiB"]
            assert f"U{row.network_gbps[1:]} Gigabit" == known["NetworkInfo"]["NetworkPerformance"]
            assert row.architecture in known["ProcessorInfo"]["SupportedArchitectures"]


def test_machine_that_is_not_there() -> None:
    """What the table does not have is None, also when another kind has it."""
    assert machine("instance", "db.m6g.large") is None
    assert machine("aurora", "db.m6g.large") is None


def test_architecture_is_in_the_name() -> None:
    """Of every type that EC2 told, Apple's apart."""
    for name, row in specifications().items():
        told = row["ProcessorInfo"]["SupportedArchitectures"]
        if not name.startswith("mac"):
            assert (architecture(name) == ARM64) == (ARM64 in told), name
    assert architecture("m7i.large") == X86_64


def test_memory_of_classes_is_that_of_their_types() -> None:
    """Of every class with a type of EC2's below it; old generations and serverless have none."""
    names = {name for seller in sellers() if seller != EC2 for name in classes(seller)}
    compared = 0
    for name in names:
        known, told = specifications().get(name.removeprefix("db.")), memory_gib(name)
        if known and told is not None:
            assert told * 1024 == known["MemoryInfo"]["SizeInMiB"], name
            compared += 1
    assert compared > 200
    assert [memory_gib(name) for name in ("db.serverless", "db.r3.large", "db.t2.nano", "db.x2g.large")] == [
        None,
        None,
        None,
        32,
    ]


def test_seller_without_a_row() -> None:
    """An engine that is not in the table has no classes."""
    assert classes("oracle-ee") == ()
    assert "db.m6g.large" in classes("postgres")
