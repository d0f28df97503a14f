"""What a rollout would do, worked out before it does it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from tap_templates.data.stack_sets import fact
from tap_templates.deployment.parameters import check_parameters
from tap_templates.deployment.rollouts.distributor import Distributor
from tap_templates.deployment.rollouts.model import CURRENT, INOPERABLE, Instance, Request, StackSet
from tap_templates.deployment.rollouts.targets import SERVICE_MANAGED, Pair
from tap_templates.errors import DeploymentError, UsageError


class Plan(NamedTuple):
    """The steps of a rollout; pairs of an owner and a region in the order of the regions."""

    request: Request
    template: Mapping[str, Any]
    found: StackSet | None
    changed: bool
    update: tuple[Pair, ...]
    create: tuple[Pair, ...]
    elsewhere: tuple[Instance, ...]
    inoperable: tuple[Instance, ...]

    @property
    def is_empty(self) -> bool:
        """True when everything is as it is asked for."""
        return self.found is not None and not (self.changed or self.update or self.create)

    def sentences(self) -> tuple[str, ...]:
        """The plan as a person reads it."""
        by_unit = self.request.targets.permission_model == SERVICE_MANAGED
        kind = "place" if by_unit else "instance"
        within = "instances in " if by_unit else ""
        said = []
        if self.found is None:
            said.append(f"create stack set {self.request.name}")
        elif self.changed:
            said.append(f"change the template or the parameters of stack set {self.request.name}")
        if self.update:
            said.append(f"update {within}{_counted(self.update, kind)}")
        if self.create:
            looking = by_unit and self.found is not None
            verb = "look for accounts without an instance in " if looking else f"create {within}"
            said.append(f"{verb}{_counted(self.create, kind)}")
        if self.changed and self.elsewhere:
            places = _counted(
                [instance.pair for instance in self.elsewhere], "instance elsewhere", "instances elsewhere"
            )
            said.append(f"leave as it is, and out of date then, {places}")
        if self.inoperable:
            places = _counted([instance.pair for instance in self.inoperable], "inoperable instance")
            said.append(f"skip {places}; `rollout delete {self.request.name} --retain-stacks` takes it out")
        return (*said, *self._slower())

    def _slower(self) -> list[str]:
        """Whether StackSets lowers the concurrency that was asked for."""
        accounts, preferences = len(self.request.targets.owners), self.request.preferences
        asked, allowed = preferences.concurrency.of(accounts), preferences.at_once(accounts)
        if self.is_empty or self.request.targets.permission_model == SERVICE_MANAGED or asked <= allowed:
            return []
        what = "account" if allowed == 1 else "accounts"
        return [f"go through {allowed} {what} at one time, not {asked}: the failures that are borne, plus one"]


def plan_for(request: Request, distributor: Distributor) -> Plan:
    """What is missing and out of date, compared with what is asked for.

    Raises:
        UsageError: The request contradicts itself, or the set that is there.
        DeploymentError: AWS refused to say what is there.
    """
    template = request.check()
    found = distributor.find(request.name)
    if found is not None and found.permission_model != request.targets.permission_model:
        named = "--ous" if found.permission_model == SERVICE_MANAGED else "--accounts"
        found_model = found.permission_model.lower().replace("_", "-")
        remedy = f"use {named}, or another --name: a set keeps its permission model"
        raise UsageError(f"stack set {request.name}", found=found_model, remedy=remedy)
    if found is not None and request.auto_deploy and not found.auto_deploy:
        command = f"aws cloudformation update-stack-set --stack-set-name {request.name} --use-previous-template"
        setting = "Enabled=true,RetainStacksOnAccountRemoval=true"
        remedy = f"switch it on for the whole set: {command} --auto-deployment {setting}"
        raise UsageError("--auto-deploy", found=f"stack set {request.name} without it", remedy=remedy)
    check_parameters(template, request.parameters, kept=found.parameters if found else ())
    present = distributor.instances(request.name) if found else ()
    plan = _compared(request, template, found, present)
    if plan.changed and not plan.update and plan.elsewhere:
        places = _listed([instance.pair for instance in plan.elsewhere])
        remedy = "name at least one of these as well: an update of the set has to go somewhere; or use another --name"
        raise DeploymentError(
            f"stack set {request.name}", found=f"a change, and instances only in {places}", remedy=remedy
        )
    return plan


def _compared(
    request: Request, template: Mapping[str, Any], found: StackSet | None, present: Collection[Instance]
) -> Plan:
    wanted = request.targets.pairs
    changed = found is not None and differs(request, template, found)
    inoperable = {instance.pair for instance in present if instance.status == INOPERABLE}
    operable = [instance for instance in present if instance.stack_id and instance.status != INOPERABLE]
    there = {instance.pair for instance in operable}
    update = {instance.pair for instance in operable if changed or instance.status != CURRENT}
    by_unit = request.targets.permission_model == SERVICE_MANAGED  # which accounts are in a unit, only AWS knows
    create = set(wanted) - (set() if by_unit else there | inoperable)
    return Plan(
        request=request,
        template=template,
        found=found,
        changed=changed,
        update=tuple(pair for pair in wanted if pair in update),
        create=tuple(pair for pair in wanted if pair in create),
        elsewhere=tuple(instance for instance in present if instance.pair not in wanted and instance.stack_id),
        inoperable=tuple(instance for instance in present if instance.pair in wanted and instance.status == INOPERABLE),
    )


def differs(request: Request, template: Mapping[str, Any], found: StackSet) -> bool:
    """True when template, given parameters or roles are not the set's. A hidden value is never the same."""
    roles = (
        (request.administration_role, found.administration_role),
        (request.execution_role, found.execution_role or fact("execution_role")),
    )
    return (
        _data(found.template_body) != template
        or any(found.parameters.get(name) != str(value) for name, value in request.parameters.items())
        or any(asked is not None and asked != has for asked, has in roles)
    )


def _data(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body  # a template in YAML, made by another tool


def _counted(pairs: Collection[Pair], one: str, several: str | None = None) -> str:
    """``2 instances: 111122223333/eu-west-1, 444455556666/eu-west-1``."""
    return f"{len(pairs)} {one if len(pairs) == 1 else several or f'{one}s'}: {_listed(pairs)}"


def _listed(pairs: Collection[Pair], most: int = 6) -> str:
    shown = [f"{owner}/{region}" for owner, region in list(pairs)[:most]]
    more = len(pairs) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
