"""The outputs of every instance in one flat mapping: all of them, or none.

A key is ``KEY_ACCOUNT_REGION``, the region with underscores: ``DataBucketName_111122223333_eu_west_1``. It sorts by
key, is a name in every format of outputs (JSON, env, dotenv, shell, YAML, tfvars), and comes apart again, because
CloudFormation's keys are letters and digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tap_templates.deployment.outputs import OutputError, stack_outputs
from tap_templates.deployment.rollouts.distributor import ClientsOf
from tap_templates.deployment.rollouts.model import Instance
from tap_templates.deployment.watching import Note
from tap_templates.errors import TapTemplatesError


class Place(NamedTuple):
    """An output's key with the account and region of its stack."""

    key: str
    account: str
    region: str


def merged_key(key: str, account: str, region: str) -> str:
    """``DataBucketName_111122223333_eu_west_1``."""
    return f"{key}_{account}_{region.replace('-', '_')}"


def parts_of(merged: str) -> Place:
    """What ``merged_key`` was made of."""
    key, account, region = merged.split("_", 2)
    return Place(key, account, region.replace("_", "-"))


def rollout_outputs(
    name: str, instances: Sequence[Instance], clients_of: ClientsOf, *, on_note: Note | None = None
) -> dict[str, str]:
    """The outputs of all instances that hold no secret, sorted by key; ``on_note`` is told which others there are.

    Raises:
        OutputError: Every account and region whose outputs cannot be had, each with the reason; or there are none.
    """
    if not instances:
        raise OutputError(f"stack set {name}", found="no instances", remedy="roll it out first")
    merged: dict[str, str] = {}
    problems: list[str] = []
    for instance in instances:
        place = f"{instance.account}/{instance.region}"
        if not instance.stack_id:
            problems.append(f"{place}: no stack ({instance.cause or instance.status})")
            continue
        try:
            client = clients_of(instance.account, instance.region)("cloudformation")
            outputs = stack_outputs(client, instance.stack_id, on_note=on_note)
        except TapTemplatesError as error:
            problems.append(f"{place}: {error.found}; {error.remedy}")
            continue
        merged.update({merged_key(key, instance.account, instance.region): said for key, said in outputs.items()})
    if problems:
        remedy = "correct these and ask again; another role: --role"
        raise OutputError(f"stack set {name}", found="; ".join(problems), remedy=remedy)
    return dict(sorted(merged.items()))
