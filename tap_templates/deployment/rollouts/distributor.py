"""What a rollout needs of whoever distributes the stacks, so that CloudFormation's engine and a local one are alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tap_templates.deployment.clients import Clients
from tap_templates.deployment.rollouts.model import DriftedResource, Instance, Operation, Request, Result, StackSet
from tap_templates.deployment.rollouts.preferences import Preferences
from tap_templates.deployment.rollouts.targets import Block

TIMEOUT_SECONDS = 3600.0
POLL_SECONDS = 3.0

ClientsOf = Callable[[str, str], Clients]
"""Clients of an account and region."""


@dataclass(frozen=True)
class Watch:
    """How operations are waited for: until when, how often, and who is told of results and of what is going on."""

    timeout_seconds: float = TIMEOUT_SECONDS
    poll_seconds: float = POLL_SECONDS
    on_result: Callable[[Result], None] = lambda result: None
    on_note: Callable[[str], None] = lambda text: None
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float:
        """What is left of the budget of all operations together; not below 0."""
        return max(0.0, self.started + self.timeout_seconds - time.monotonic())


class Distributor(Protocol):
    """Keeps a set of stacks with one template. Operations are waited for; failures in them are results, not raised.

    ``StackSets`` is CloudFormation's own engine. ``Direct`` deploys stack by stack, where there is none.
    """

    def find(self, name: str) -> StackSet | None:
        """The set, or None."""

    def instances(self, name: str) -> tuple[Instance, ...]:
        """Every instance of the set, by account and region."""

    def create_set(self, request: Request, template: Mapping[str, Any]) -> None:
        """Makes the set, without an instance."""

    def update_set(
        self, request: Request, template: Mapping[str, Any], found: StackSet, block: Block | None
    ) -> Operation:
        """Changes the set and the instances of ``block``; the others are out of date then."""

    def create_instances(self, name: str, model: str, block: Block, preferences: Preferences) -> Operation:
        """Adds instances; those that are there and up to date stay as they are."""

    def update_instances(self, name: str, model: str, block: Block, preferences: Preferences) -> Operation:
        """Brings instances up to date."""

    def delete_instances(
        self, name: str, model: str, block: Block, preferences: Preferences, *, retain: bool
    ) -> Operation:
        """Takes instances out of the set, and their stacks away unless they are retained."""

    def delete_set(self, name: str) -> None:
        """Removes a set that has no instance any more."""

    def last_operation(self, name: str, *, wait: bool) -> Operation | None:
        """The newest operation; with ``wait``, when it has ended."""

    def detect_drift(self, name: str) -> tuple[Operation, Sequence[DriftedResource]]:
        """Compares every stack with its template; ``instances`` says the result of each afterwards."""
