"""Distribution stack by stack, for an embedded AWS, which has no stack sets. This is not CloudFormation's engine.

Order, concurrency and failure tolerance are StackSets' (see ``schedule``), and so are the words of the results. Each
stack is deployed by change set under the caller's own access to every account: no administration or execution role,
no account gate, no organization, no operation that goes on when the command has ended.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from tap_templates.deployment.clients import Clients
from tap_templates.deployment.deletion import delete
from tap_templates.deployment.deploying import deploy
from tap_templates.deployment.rollouts.distributor import ClientsOf, Watch
from tap_templates.deployment.rollouts.drifts import stack_drift
from tap_templates.deployment.rollouts.model import (
    CANCELLED,
    CURRENT,
    FAILED,
    INOPERABLE,
    OUTDATED,
    SUCCEEDED,
    DriftedResource,
    Instance,
    Operation,
    Request,
    Result,
    StackSet,
)
from tap_templates.deployment.rollouts.preferences import Preferences
from tap_templates.deployment.rollouts.record import Record
from tap_templates.deployment.rollouts.schedule import distribute
from tap_templates.deployment.rollouts.targets import SELF_MANAGED, Block
from tap_templates.deployment.stacks import POLL_SECONDS
from tap_templates.deployment.uploads import uploader
from tap_templates.errors import TapTemplatesError, UsageError


class Direct:
    """Sets of stacks that are remembered in the account of ``clients``, and deployed through ``clients_of``."""

    def __init__(self, clients: Clients, watch: Watch, *, clients_of: ClientsOf) -> None:
        self._record, self._watch, self._clients_of = Record(clients), watch, clients_of

    def find(self, name: str) -> StackSet | None:
        """The set, or None."""
        found = self._record.set(name)
        return StackSet(name, SELF_MANAGED, found["body"], found["parameters"]) if found else None

    def instances(self, name: str) -> tuple[Instance, ...]:
        """Every instance of the set, by account and region."""
        revision = (self._record.set(name) or {}).get("revision")
        found = []
        for said in self._record.instances(name):
            behind = said["revision"] != revision and said["status"] == CURRENT
            known = {key: value for key, value in said.items() if key != "revision"}
            found.append(Instance(owner=said["account"], **{**known, "status": OUTDATED if behind else said["status"]}))
        return tuple(found)

    def create_set(self, request: Request, template: Mapping[str, Any]) -> None:
        """Remembers the set."""
        if request.targets.permission_model != SELF_MANAGED:
            raise UsageError("--ous", found="an embedded AWS, which has no organization", remedy="use --accounts")
        self._define(request, {})

    def update_set(
        self, request: Request, template: Mapping[str, Any], found: StackSet, block: Block | None
    ) -> Operation:
        """Remembers the set anew and updates the instances of ``block``; the others are out of date by that."""
        kept = {name: value for name, value in found.parameters.items() if name in template.get("Parameters", {})}
        self._define(request, kept)
        return self._deployed(request.name, "UPDATE", block or Block((), ()), request.preferences)

    def create_instances(self, name: str, model: str, block: Block, preferences: Preferences) -> Operation:
        """Deploys a stack in each account and region of the block."""
        return self._deployed(name, "CREATE", block, preferences)

    def update_instances(self, name: str, model: str, block: Block, preferences: Preferences) -> Operation:
        """Deploys the set's template to the stacks of the block."""
        return self._deployed(name, "UPDATE", block, preferences)

    def delete_instances(
        self, name: str, model: str, block: Block, preferences: Preferences, *, retain: bool
    ) -> Operation:
        """Deletes the stacks of the block, or only forgets them."""

        def work(account: str, region: str) -> Result:
            try:
                if not retain:
                    client = self._clients_of(account, region)("cloudformation")
                    delete(
                        _stack(name), client=client, timeout_seconds=self._watch.seconds_left, poll_seconds=self._poll
                    )
            except TapTemplatesError as error:
                return self._noted(name, Result(account, region, FAILED, _reason(error, name)), status=INOPERABLE)
            self._record.remove_instance(name, account, region)
            return Result(account, region, SUCCEEDED)

        return self._operation("DELETE", *distribute(block, work, preferences, self._watch.on_result))

    def delete_set(self, name: str) -> None:
        """Forgets the set."""
        self._record.remove_set(name)

    def last_operation(self, name: str, *, wait: bool) -> Operation | None:
        """None: an operation ends with the command that began it."""
        return None

    def detect_drift(self, name: str) -> tuple[Operation, Sequence[DriftedResource]]:
        """Asks for the drift of each stack."""
        instances = {(instance.account, instance.region): instance for instance in self.instances(name)}
        drifted: list[DriftedResource] = []
        results = []
        for (account, region), instance in instances.items():
            if not instance.stack_id:
                continue
            try:
                client = self._clients_of(account, region)("cloudformation")
                drift, resources = stack_drift(
                    client, instance.stack_id, account=account, region=region, watch=self._watch
                )
            except TapTemplatesError as error:
                results.append(Result(account, region, FAILED, _reason(error, name)))
            else:
                self._noted(name, Result(account, region, SUCCEEDED), drift=drift)
                drifted.extend(resources)
                results.append(Result(account, region, SUCCEEDED))
            self._watch.on_result(results[-1])
        return self._operation("DETECT_DRIFT", SUCCEEDED, tuple(results)), drifted

    def _deployed(self, name: str, action: str, block: Block, preferences: Preferences) -> Operation:
        definition = self._record.set(name) or {}

        def work(account: str, region: str) -> Result:
            try:
                clients = self._clients_of(account, region)
                deployed = deploy(
                    definition["body"],
                    stack_name=_stack(name),
                    client=clients("cloudformation"),
                    parameters=definition["parameters"],
                    upload=uploader(clients),
                    timeout_seconds=self._watch.seconds_left,
                    poll_seconds=self._poll,
                )
            except TapTemplatesError as error:
                return self._noted(name, Result(account, region, FAILED, _reason(error, name)), status=OUTDATED)
            current = {"status": CURRENT, "revision": definition["revision"], "stack_id": deployed.stack_id}
            return self._noted(name, Result(account, region, SUCCEEDED), **current)

        status, results = distribute(block, work, preferences, self._watch.on_result)
        for result in results:
            if result.status == CANCELLED:
                self._noted(name, result, status=OUTDATED)
        return self._operation(action, status, results)

    def _define(self, request: Request, kept: Mapping[str, str]) -> None:
        parameters = {**kept, **request.parameters}
        definition = {"body": request.body, "parameters": parameters, "revision": uuid.uuid4().hex}
        self._record.save_set(request.name, definition)

    def _noted(self, name: str, result: Result, **changes: str) -> Result:
        """The result, after it was remembered of its instance."""
        before = self._record.instance(name, result.account, result.region)
        new = {"account": result.account, "region": result.region, "status": OUTDATED, "stack_id": "", "revision": ""}
        said = {"detail": result.status, "reason": result.reason, **changes}
        self._record.save_instance(name, {**new, **(before or {}), **said})
        return result

    @property
    def _poll(self) -> float:
        return min(self._watch.poll_seconds, POLL_SECONDS)

    @staticmethod
    def _operation(action: str, status: str, results: tuple[Result, ...]) -> Operation:
        return Operation(uuid.uuid4().hex, action, status, results)


def _stack(name: str) -> str:
    """A stack's name, of which StackSets' own adds an id at the end."""
    return f"StackSet-{name}"


def _reason(error: TapTemplatesError, name: str) -> str:
    return f"{error.where.removesuffix(f' of stack {_stack(name)}')}: {error.found}"
