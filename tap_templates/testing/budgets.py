"""Time budgets: what runs longer is interrupted, and it is known whether AWS was at work."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from tap_templates.testing.taxonomy import BudgetSpentError

AWS_MODULES = ("boto3", "botocore", "s3transfer", "tap_templates.deployment")
SHORTEST_SECONDS = 0.001


class Limit(NamedTuple):
    """A moment at which the time is up, and what to say then."""

    deadline: float
    name: str
    seconds: float


class Budgets:
    """The budget of each test and the one of all tests together; None is no limit."""

    def __init__(
        self, *, test_seconds: float | None, suite_seconds: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._test_seconds, self._clock = test_seconds, clock
        self._suite_seconds = suite_seconds
        self._suite: Limit | None = None
        self._spent_inside_aws = False

    def check_suite(self) -> None:
        """Nothing while there is time left for another test; the suite's time begins with the first one.

        Raises:
            BudgetSpentError: There is none; classed as the test was that spent it.
        """
        if self._suite is None and self._suite_seconds:
            self._suite = Limit(self._clock() + self._suite_seconds, "suite", self._suite_seconds)
        if self._suite and self._clock() >= self._suite.deadline:
            raise BudgetSpentError(
                f"not run: the suite's budget of {self._suite.seconds:g} seconds is spent",
                inside_aws=self._spent_inside_aws,
                begun=False,
            )

    @contextmanager
    def running(self, *, test: bool) -> Iterator[None]:
        """The block within the suite's budget and, for a ``test``, within that of one test.

        Raises:
            BudgetSpentError: The time is up.
        """
        limits = [self._suite] if self._suite else []
        if test and self._test_seconds:
            limits.append(Limit(self._clock() + self._test_seconds, "test", self._test_seconds))
        if not limits:
            yield
            return
        limit = min(limits)
        with _interrupted(limit.deadline - self._clock(), lambda frame: self._spent(limit, frame)):
            yield
        if self._clock() >= limit.deadline:  # where no signal could interrupt it
            raise self._spent(limit, None)

    def _spent(self, limit: Limit, frame: FrameType | None) -> BudgetSpentError:
        inside = _in_aws(frame)
        if limit is self._suite:
            self._spent_inside_aws = inside
        where = "in a call of AWS" if inside else "outside any call of AWS"
        return BudgetSpentError(
            f"the {limit.name}'s budget of {limit.seconds:g} seconds was spent {where}", inside_aws=inside
        )


@contextmanager
def _interrupted(seconds: float, spent: Callable[[FrameType | None], BaseException]) -> Iterator[None]:
    """The block, interrupted after so long. An alarm that was set before and is due earlier stays in force."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier, interval = signal.getitimer(signal.ITIMER_REAL)
    if 0 < earlier <= seconds:
        yield
        return

    def ring(_: int, frame: FrameType | None) -> None:
        raise spent(frame)

    begun = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, SHORTEST_SECONDS))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if earlier:
            left = earlier - (time.monotonic() - begun)
            signal.setitimer(signal.ITIMER_REAL, max(left, SHORTEST_SECONDS), interval)


def _in_aws(frame: FrameType | None) -> bool:
    """Whether the SDK, or a deployment, is among those who wait for this frame."""
    while frame is not None:
        module = f"{frame.f_globals.get('__name__', '')}."
        if module.startswith(tuple(f"{name}." for name in AWS_MODULES)):
            return True
        frame = frame.f_back
    return False
