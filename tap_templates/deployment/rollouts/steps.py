"""Rolling out, looking, comparing and taking away, whoever distributes the stacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tap_templates.deployment.rollouts.distributor import Distributor, Watch
from tap_templates.deployment.rollouts.model import (
    CURRENT,
    DriftedResource,
    Instance,
    Operation,
    StackSet,
)
from tap_templates.deployment.rollouts.planning import Plan
from tap_templates.deployment.rollouts.preferences import Preferences
from tap_templates.deployment.rollouts.targets import Block, Pair, blocks
from tap_templates.errors import UsageError

Step = Callable[[], Operation]


@dataclass(frozen=True)
class Rollout:
    """A stack set with its instances, and the operations that led there."""

    name: str
    permission_model: str
    instances: tuple[Instance, ...]
    operations: tuple[Operation, ...] = ()
    wanted: tuple[Pair, ...] | None = None

    @property
    def current(self) -> bool:
        """True when every instance that was asked for, or else every one, is up to date."""
        asked = [instance for instance in self.instances if self.wanted is None or instance.pair in self.wanted]
        return all(instance.status == CURRENT for instance in asked)

    @property
    def succeeded(self) -> bool:
        """True when nothing failed, not even where that was borne, and all that was asked for is up to date."""
        return self.current and all(operation.succeeded and not operation.failures for operation in self.operations)


def apply(plan: Plan, distributor: Distributor, watch: Watch) -> Rollout:
    """Carry out a plan: change the set, update what is behind, add what is missing; stop after the first that fails.

    Raises:
        DeploymentError: AWS refused a call, or the time is up. Failures of single instances are in the result.
    """
    request = plan.request
    model = request.targets.permission_model
    if plan.found is None:
        distributor.create_set(request, plan.template)
    operations = _carried_out(list(_steps(plan, distributor)), watch)
    found = distributor.instances(request.name)
    return Rollout(request.name, model, found, operations, wanted=request.targets.pairs)


def _steps(plan: Plan, distributor: Distributor) -> Sequence[Step]:
    request, targets = plan.request, plan.request.targets
    update, create = targets.blocks(plan.update), targets.blocks(plan.create)
    steps: list[Step] = []
    if plan.changed and plan.found is not None:
        found, first = plan.found, update[0] if update else None
        steps.append(partial(distributor.update_set, request, plan.template, found, first))
        update = update[1:]
    common = (request.name, targets.permission_model)
    steps += [partial(distributor.update_instances, *common, block, request.preferences) for block in update]
    steps += [partial(distributor.create_instances, *common, block, request.preferences) for block in create]
    return steps


def _carried_out(steps: Sequence[Step], watch: Watch) -> tuple[Operation, ...]:
    done: list[Operation] = []
    for step in steps:
        done.append(step())
        if not done[-1].succeeded:
            left = len(steps) - len(done)
            if left:
                watch.on_note(f"{left} further operation{'s' if left > 1 else ''} not begun, because this one failed")
            break
    return tuple(done)


def status(name: str, distributor: Distributor, *, wait: bool = False) -> Rollout:
    """The set as it is; with ``wait``, once nothing is at work on it any more.

    Raises:
        UsageError: There is no such set.
    """
    found = existing(name, distributor)
    last = distributor.last_operation(name, wait=wait)
    return Rollout(name, found.permission_model, distributor.instances(name), (last,) if last else ())


def drift(name: str, distributor: Distributor) -> tuple[Rollout, tuple[DriftedResource, ...]]:
    """Every instance with its drift, and the resources that are not as their template says.

    Raises:
        UsageError: There is no such set.
    """
    found = existing(name, distributor)
    operation, drifted = distributor.detect_drift(name)
    return Rollout(name, found.permission_model, distributor.instances(name), (operation,)), tuple(drifted)


def delete(
    name: str,
    distributor: Distributor,
    watch: Watch,
    *,
    owners: Sequence[str] = (),
    regions: Sequence[str] = (),
    preferences: Preferences | None = None,
    retain: bool = False,
) -> Rollout:
    """Take instances away, all or those of some owners or regions; the set goes with its last one.

    Raises:
        UsageError: There is no such set, or no such instance.
    """
    found = existing(name, distributor)
    chosen = to_delete(name, distributor.instances(name), owners=owners, regions=regions)
    borne = preferences or Preferences()
    steps: list[Step] = [
        partial(distributor.delete_instances, name, found.permission_model, block, borne, retain=retain)
        for block in chosen
    ]
    operations = _carried_out(steps, watch)
    left = distributor.instances(name)
    if not left:
        distributor.delete_set(name)
    return Rollout(name, found.permission_model, left, operations, wanted=())


def to_delete(
    name: str, instances: Sequence[Instance], *, owners: Sequence[str], regions: Sequence[str]
) -> tuple[Block, ...]:
    """The instances of ``owners`` and ``regions``, each all when none is named.

    Raises:
        UsageError: One of them has no instance.
    """
    absent = [owner for owner in owners if owner not in {instance.owner for instance in instances}]
    absent += [region for region in regions if region not in {instance.region for instance in instances}]
    if absent:
        remedy = f"see `rollout status {name}` for what there is"
        raise UsageError(f"stack set {name}", found=f"no instance in {', '.join(absent)}", remedy=remedy)
    chosen = {
        instance.pair
        for instance in instances
        if (not owners or instance.owner in owners) and (not regions or instance.region in regions)
    }
    return blocks(chosen, order=regions)


def existing(name: str, distributor: Distributor) -> StackSet:
    """The set.

    Raises:
        UsageError: There is none of this name.
    """
    found = distributor.find(name)
    if found is None:
        remedy = (
            "stack sets belong to one account and one region: correct name, --region or --profile, or roll it out first"
        )
        raise UsageError(f"stack set {name}", found="no such stack set", remedy=remedy)
    return found
