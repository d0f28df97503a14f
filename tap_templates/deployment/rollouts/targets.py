"""Where a rollout goes: accounts or organizational units, and regions; said wrong, all of it is said at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tap_templates.data.regions import partition_of, regions
from tap_templates.data.stack_sets import fact
from tap_templates.errors import UsageError, did_you_mean

SELF_MANAGED, SERVICE_MANAGED = "SELF_MANAGED", "SERVICE_MANAGED"
Pair = tuple[str, str]
"""An account or organizational unit, and a region."""


class Block(NamedTuple):
    """What one call can name: each of its owners (accounts, or organizational units) in each of its regions."""

    owners: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Each owner with each region."""
        return tuple((owner, region) for region in self.regions for owner in self.owners)


class Targets(NamedTuple):
    """Owners and regions of a rollout, as ``targets`` has found them acceptable; regions in the order of their turn."""

    permission_model: str
    owners: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Each owner with each region."""
        return Block(self.owners, self.regions).pairs

    def blocks(self, pairs: Iterable[Pair]) -> tuple[Block, ...]:
        """``pairs`` in as few calls as rows or columns allow; no block holds a pair that is not among them."""
        return blocks(pairs, order=self.regions)


def targets(
    *,
    accounts: Sequence[str] = (),
    ous: Sequence[str] = (),
    regions: Sequence[str],
    permission_model: str | None = None,
) -> Targets:
    """What was named, each once: accounts under self-managed permissions, or units under service-managed ones.

    Raises:
        UsageError: Everything that StackSets would refuse, in one message.
    """
    problems = [
        *_owner_problems(accounts, ous, permission_model),
        *_malformed(accounts, "account_pattern", "an account is twelve digits"),
        *_malformed(
            ous, "organizational_unit_pattern", "an organizational unit is ou-… or r-…, as Organizations shows"
        ),
        *_region_problems(regions),
    ]
    if problems:
        raise UsageError(
            "targets", found="; ".join(problems), remedy="name accounts or organizational units, and regions"
        )
    model = SERVICE_MANAGED if ous else SELF_MANAGED
    return Targets(model, tuple(dict.fromkeys(accounts or ous)), tuple(dict.fromkeys(regions)))


def _owner_problems(accounts: Sequence[str], ous: Sequence[str], permission_model: str | None) -> list[str]:
    if accounts and ous:
        return ["accounts beside organizational units: use one of them"]
    if not accounts and not ous:
        return ["neither accounts nor organizational units"]
    if ous and permission_model == SELF_MANAGED:
        return ["organizational units with self-managed permissions: these take accounts"]
    if accounts and permission_model == SERVICE_MANAGED:
        return ["accounts with service-managed permissions: these take organizational units"]
    most = fact("most_organizational_units")
    return [f"{len(ous)} organizational units: one operation takes {most}"] if len(ous) > most else []


def _malformed(named: Sequence[str], pattern: str, rule: str) -> list[str]:
    wrong = [name for name in named if not re.fullmatch(fact(pattern), name)]
    return [f"{', '.join(map(repr, wrong))}: {rule}"] if wrong else []


def _region_problems(named: Sequence[str]) -> list[str]:
    if not named:
        return ["no region"]
    unknown = [region for region in named if partition_of(region) is None]
    if unknown:
        return [f"{region!r}: no such region{did_you_mean(region, regions())}" for region in unknown]
    partitions = sorted({str(partition_of(region)) for region in named})
    return [f"regions of {' and '.join(partitions)}: an account has only one of these"] if len(partitions) > 1 else []


def blocks(pairs: Iterable[Pair], *, order: Sequence[str] = ()) -> tuple[Block, ...]:
    """``pairs`` as blocks. A call names owners times regions and is refused when one of these has no instance.

    Source: github.com/aws-cloudformation/cloudformation-coverage-roadmap, issue 1978.
    """
    wanted = set(pairs)
    turn = {region: at for at, region in enumerate(order)}

    def rows(by: int) -> dict[str, tuple[str, ...]]:
        of: dict[str, list[str]] = {}
        for pair in sorted(wanted, key=lambda pair: (turn.get(pair[1], len(turn)), pair[1], pair[0])):
            of.setdefault(pair[by], []).append(pair[1 - by])
        return {name: tuple(others) for name, others in of.items()}

    def merged(of: dict[str, tuple[str, ...]]) -> dict[tuple[str, ...], list[str]]:
        same: dict[tuple[str, ...], list[str]] = {}
        for name, others in of.items():
            same.setdefault(others, []).append(name)
        return same

    by_owner, by_region = merged(rows(0)), merged(rows(1))
    if len(by_owner) <= len(by_region):
        return tuple(Block(tuple(owners), regions) for regions, owners in by_owner.items())
    return tuple(Block(owners, tuple(regions)) for owners, regions in by_region.items())
