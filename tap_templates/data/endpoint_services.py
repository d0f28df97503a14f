"""AWS services that a VPC endpoint leads to: their names, their actions, and what of Amazon's own goes through it.

Source: ``endpoint_services.json``.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tap_templates.data import load


class EndpointService(NamedTuple):
    """One service: the end of its name, what it is, the prefix of its actions, and whether it takes a policy.

    ``prefixes`` are those of partitions that are not ``com.amazonaws``.
    """

    name: str
    says: str
    actions: str
    gateway: bool
    policy: bool
    prefixes: dict[str, str]

    def full_name(self, partition: str = "aws") -> str:
        """``com.amazonaws.${AWS::Region}.sqs``, as a text for ``Fn::Sub``."""
        prefix = self.prefixes.get(partition, load("endpoint_services.json")["prefix"])
        return f"{prefix}.${{AWS::Region}}.{self.name}"


class OfAmazon(NamedTuple):
    """What of Amazon's own goes through ``endpoint`` where the endpoint ``beside`` is there.

    ``ours`` says whether only this account's principals may; otherwise the caller shows no credentials of it.
    """

    endpoint: str
    beside: str
    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]  # ARNs, as texts for Fn::Sub.
    when: dict[str, str]  # Condition keys and what they equal.
    ours: bool
    reason: str


@cache
def endpoint_services() -> dict[str, EndpointService]:
    """Every service by its name, gateways first."""
    table = load("endpoint_services.json")
    return {
        name: EndpointService(
            name,
            row["says"],
            row["actions"],
            kind == "gateways",
            row.get("policy", True),
            {
                partition: said["prefix"]
                for partition, said in table["partition_prefixes"].items()
                if kind != "gateways" and name in said["services"]
            },
        )
        for kind in ("gateways", "interfaces")
        for name, row in table[kind].items()
    }


@cache
def of_amazon() -> tuple[OfAmazon, ...]:
    """Every exception from "this account's resources alone"."""
    return tuple(
        OfAmazon(
            row["endpoint"],
            row["with"],
            row["sid"],
            tuple(row["actions"]),
            tuple(row["resources"]),
            row.get("when", {}),
            row["ours"],
            row["reason"],
        )
        for row in load("endpoint_services.json")["of_amazon"]
    )
