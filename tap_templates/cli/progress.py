"""What a person sees of an operation: each resource that is done, how many there are, and signs of life."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tap_templates.deployment import StackEvent

SILENCE_SECONDS = 20.0
MOST_NAMED = 3
COLORS = {"FAILED": "red", "COMPLETE": "green"}


class Progress:
    """Tells each resource that is done, with how many there are, and everything that fails.

    ``total`` is how many resources the operation is about; 0 where nobody knows.
    """

    def __init__(self, total: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.done: set[str] = set()
        self.skipped: set[str] = set()
        self._working: dict[str, str] = {}
        self._clock = clock
        self._began = self._told = clock()

    def __call__(self, event: StackEvent) -> None:
        """Prints one event, unless it only says that something has begun."""
        if event.status.endswith("_IN_PROGRESS"):
            if not event.of_stack:
                self._working[event.logical_id] = event.status
            return
        self._working.pop(event.logical_id, None)
        if not event.of_stack:
            self.done.add(event.logical_id)
        if event.status == "DELETE_SKIPPED":
            self.skipped.add(event.logical_id)
        count = f"{min(len(self.done), self.total)}/{self.total}" if self.total and not event.of_stack else ""
        status = click.style(f"{event.status:18}", fg=COLORS.get(event.status.rpartition("_")[2]))
        self._say(f"{count:>8} {status} {event.logical_id} {event.reason}".rstrip())

    def waiting(self) -> None:
        """Says what is at work when nothing has been said for a while."""
        now = self._clock()
        if now - self._told >= SILENCE_SECONDS:
            named = [f"{title} {status}" for title, status in list(self._working.items())[:MOST_NAMED]]
            more = len(self._working) - len(named)
            what = ", ".join([*named, *([f"{more} more"] if more else [])])
            self._say(f"       … {now - self._began:.0f} s{f': {what}' if what else ''}")

    def _say(self, text: str) -> None:
        self._told = self._clock()
        click.echo(text, err=True)
