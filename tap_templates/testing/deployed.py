"""The stack under test, deployed for the time of a run."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_templates.errors import DeploymentError, TapTemplatesError
from tap_templates.testing.bindings import as_text
from tap_templates.testing.options import EMBEDDED
from tap_templates.testing.outputs_file import StackOutputs
from tap_templates.testing.sharing import Shared, State
from tap_templates.testing.taxonomy import FAILED, InfrastructureError, SharedFailureError, judged

if TYPE_CHECKING:
    from tap_templates.deployment import Clients

TIMEOUT_SECONDS = 1800.0
EMBEDDED_POLL_SECONDS = 0.05
ACCOUNT_POLL_SECONDS = 2.0


@dataclass(frozen=True)
class StackUnderTest:
    """A deployed stack; ``name`` and ``stack_id`` are empty when only its outputs are known."""

    name: str
    stack_id: str
    outputs: StackOutputs
    region: str | None
    client_arguments: Mapping[str, Any] = field(default_factory=dict)


class Deployment:
    """One template deployed once for all workers of a run, and deleted at its end."""

    def __init__(
        self, template: Mapping[str, Any], parameters: Mapping[str, Any], *, target: str, shared: Shared
    ) -> None:
        self._template, self._parameters = template, {key: as_text(value) for key, value in parameters.items()}
        self._target, self._shared = target, shared
        self._held = ExitStack()
        self._is_maker = False
        self._clients: Clients | None = None
        self._name = f"tap-test-{uuid.uuid4().hex[:8]}"
        self._state: State = {}

    def start(self) -> StackUnderTest:
        """The stack, as this worker or another has deployed it.

        Raises:
            DeploymentError, UsageError: It could not be deployed; botocore's error is the cause, where there was one.
            InfrastructureError: The embedded AWS did not start, or the time was up.
        """
        failure: list[BaseException] = []

        def make() -> State:
            try:
                return self._deployed()
            except (TapTemplatesError, InfrastructureError) as error:
                failure.append(error)
                self._abandon()
                return _told(error)
            except BaseException:  # Ctrl-C, or a budget that is spent
                self._abandon()
                raise

        self._state, self._is_maker = self._shared.made_once(make)
        if failure:
            raise failure[0]
        state = self._state
        if "failure" in state:
            raise SharedFailureError(state["failure"], verdict=state["verdict"], kind=state["kind"])
        source = f"stack {state['name']}"
        outputs = StackOutputs(state["outputs"], source=source)
        return StackUnderTest(state["name"], state["stack_id"], outputs, state["region"], state["arguments"])

    def stop(self) -> list[str]:
        """Deletes the stack when no worker needs it any more; logical ids of what stays in the account.

        Raises:
            DeploymentError: It could not be deleted; says why.
        """
        if not self._is_maker or self._clients is None:
            return []
        self._shared.wait_for_others()
        with self._held:
            from tap_templates.deployment import delete

            delete(self._name, client=self._clients("cloudformation"), poll_seconds=self._poll_seconds)
        return [] if self._target == EMBEDDED else _retained(self._template)

    @property
    def _poll_seconds(self) -> float:
        return EMBEDDED_POLL_SECONDS if self._target == EMBEDDED else ACCOUNT_POLL_SECONDS

    def _deployed(self) -> State:
        from tap_templates.deployment import Clients, deploy, uploader

        arguments = self._embedded_arguments() if self._target == EMBEDDED else {}
        clients = self._clients = Clients(arguments=arguments)
        client = clients("cloudformation")
        deadline = time.monotonic() + TIMEOUT_SECONDS
        try:
            stack = deploy(
                json.dumps(self._template, separators=(",", ":")),
                stack_name=self._name,
                client=client,
                parameters=self._parameters,
                upload=uploader(clients),
                timeout_seconds=TIMEOUT_SECONDS,
                poll_seconds=self._poll_seconds,
            )
        except DeploymentError as error:
            if time.monotonic() >= deadline:
                raise InfrastructureError(str(error)) from error
            raise
        return {
            "name": self._name,
            "stack_id": stack.stack_id,
            "outputs": dict(stack.outputs),
            "region": client.meta.region_name,
            "arguments": arguments,
        }

    def _abandon(self) -> None:
        """Whatever there is of a stack that did not come to be goes; nobody waits for it."""
        if self._clients is not None and self._target != EMBEDDED:
            with contextlib.suppress(Exception):
                self._clients("cloudformation").delete_stack(StackName=self._name)
        self._held.close()

    def _embedded_arguments(self) -> dict[str, Any]:
        from tap_templates.emulator import EmbeddedAws

        try:
            return self._held.enter_context(EmbeddedAws()).client_arguments()
        except DeploymentError as error:
            raise InfrastructureError(str(error)) from error


def _told(error: BaseException) -> State:
    """A failure as another worker can read it."""
    judgement = judged(error)
    verdict, kind = (judgement.verdict, judgement.kind) if judgement else (FAILED, "deployment")
    return {"failure": str(error), "verdict": verdict, "kind": kind}


def _retained(template: Mapping[str, Any]) -> list[str]:
    """``Documents (AWS::S3::Bucket)`` for each resource that outlives its stack."""
    return [
        f"{title} ({resource.get('Type')})"
        for title, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") in ("Retain", "Snapshot")
    ]
