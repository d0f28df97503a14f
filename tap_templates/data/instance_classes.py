"""Which instance types EC2 has, and which DB instance classes each engine of RDS. Source: ``instance_classes.json``."""

from __future__ import annotations

import re
from functools import cache

from tap_templates.data import entry, keys

EC2 = "ec2"
ARM64, X86_64 = "arm64", "x86_64"
# EC2 instance types guide, naming conventions: among the letters after the generation, g is for AWS Graviton.
GRAVITON = re.compile(r"a1|[a-z]+[0-9]+[a-z]*?g[a-z]*")
# RDS user guide, hardware specifications for DB instance classes: GiB of memory by size, and by vCPU.
BURSTABLE = re.compile(r"t[2-9]g?")
BURSTABLE_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
GIB_PER_VCPU = ((re.compile(r"m[5-9].*"), 4), (re.compile(r"r[5-9].*"), 8), (re.compile(r"x2(g|idn)"), 16),
                (re.compile(r"x2iedn"), 32))  # fmt: skip
VCPUS = re.compile(r"(?P<times>[0-9]*)(?P<large>x?large)")


def sellers() -> tuple[str, ...]:
    """``ec2``, and the engines of RDS and Aurora in the table."""
    return keys("instance_classes.json")


@cache
def classes(seller: str) -> tuple[str, ...]:
    """Every type or class, as the template names it, in whichever Region it is; none for an engine without a row.

    Args:
        seller: ``ec2``, ``postgres``, ``aurora-mysql``, ...
    """
    rows: dict[str, str] = entry("instance_classes.json", seller) or {}
    return tuple(f"{family}.{size}" for family, sizes in rows.items() for size in sizes.split())


def architecture(name: str) -> str:
    """``arm64`` for AWS Graviton, else ``x86_64``.

    Args:
        name: ``m7g.large``, ``db.r6g.large``
    """
    family = name.removeprefix("db.").partition(".")[0]
    return ARM64 if GRAVITON.fullmatch(family) else X86_64


def memory_gib(name: str) -> int | None:
    """Memory of a DB instance class; None for one of an old generation, and for ``db.serverless``."""
    family, _, size = name.removeprefix("db.").partition(".")
    if BURSTABLE.fullmatch(family):
        return BURSTABLE_GIB.get(size)
    found = VCPUS.fullmatch(size)
    ratio = next((gib for pattern, gib in GIB_PER_VCPU if pattern.fullmatch(family)), None)
    if found is None or ratio is None:
        return None
    vcpus = 2 if found["large"] == "large" else 4 * int(found["times"] or 1)
    return vcpus * ratio
