"""Watching an operation of a stack: whoever began it, to its end, within a time budget."""

from __future__ import annotations

import getpass
import re
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tap_templates.deployment.events import EventStream, OnEvent, OnWait, StackEvent
from tap_templates.deployment.failures import InterruptedWaitError
from tap_templates.deployment.stacks import wait_until_settled
from tap_templates.errors import DeploymentError

OURS = "tap-templates-"
BY_CONSOLE = "Console-"
LONGEST_NAME = 90  # Of who begins it; a whole token may have 128 characters.

Note = Callable[[str], None]
"""Told what is going on, one sentence at a time."""


@dataclass(frozen=True)
class Watch:
    """One stack being watched until ``deadline`` (of ``time.monotonic``), and who is told."""

    client: Any
    stack_name: str
    deadline: float
    poll_seconds: float
    on_event: OnEvent | None = None
    on_wait: OnWait | None = None
    on_note: Note | None = None

    def events(self, stack_id: str) -> EventStream:
        """A stream of the stack's events that tells them."""
        return EventStream(self.client, stack_id, self.on_event, self.on_wait)

    def settled(self, stack_id: str, events: EventStream, *, busy: str | None = None) -> dict[str, Any]:
        """The stack when the operation has ended.

        Raises:
            StillRunningError: The time is up, or somebody pressed Ctrl-C; the operation goes on.
        """
        with goes_on(self.stack_name):
            return wait_until_settled(
                self.client,
                self.stack_name,
                stack_id=stack_id,
                events=events,
                deadline=self.deadline,
                poll_seconds=self.poll_seconds,
                busy=busy,
            )

    @property
    def seconds_left(self) -> float:
        """Until the deadline."""
        return self.deadline - time.monotonic()

    def note(self, text: str) -> None:
        """Tells a sentence."""
        if self.on_note:
            self.on_note(text)

    def error(self, found: str, remedy: str) -> DeploymentError:
        """An error about the stack."""
        return DeploymentError(f"stack {self.stack_name}", found=found, remedy=remedy)


@contextmanager
def goes_on(stack_name: str) -> Iterator[None]:
    """Ctrl-C in the block ends the wait, not the operation: told as such."""
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedWaitError(
            f"stack {stack_name}",
            found="interrupted",
            remedy="AWS goes on with the operation, and nothing is lost: run the command again to pick it up",
        ) from None


def operation_said(status: str, beginning: StackEvent | None) -> str:
    """``UPDATE_IN_PROGRESS since 12:01:22 UTC, begun by tap-templates of alice on build-7``."""
    if beginning is None:
        return status
    since = f" since {_clock(beginning.time)}" if beginning.time else ""
    return f"{status}{since}, begun {_by(beginning.token)}"


def _by(token: str) -> str:
    """Who began an operation, as the client's token tells it."""
    if token.startswith(OURS):
        user, _, host = token.removeprefix(OURS).rpartition("-")[0].partition("-on-")
        return f"by tap-templates of {user}{f' on {host}' if host else ''}"
    if token.startswith(BY_CONSOLE):
        return "in the console"
    return f"by a client with the token {token}" if token else "by another client"


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S %Z").strip()


def request_token() -> str:
    """A token for one operation that says who begins it; CloudFormation shows it with each event.

    Letters, digits and hyphens (CloudFormation API reference, ClientRequestToken).
    """
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    who = re.sub(r"[^A-Za-z0-9]+", "-", f"{user}-on-{socket.gethostname()}").strip("-")
    return f"{OURS}{who[:LONGEST_NAME]}-{uuid.uuid4().hex[:12]}"
