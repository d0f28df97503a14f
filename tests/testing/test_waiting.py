"""Polling, budgets and sharing between workers."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tap_templates.errors import UsageError
from tap_templates.testing import budgets as budgets_module
from tap_templates.testing import eventually
from tap_templates.testing.budgets import Budgets
from tap_templates.testing.sharing import Shared, dismiss
from tap_templates.testing.taxonomy import BudgetSpentError, InfrastructureError


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Moves on."""
        self.now += seconds


def polled(check: Callable[[], Any], **times: float) -> Any:
    """``eventually`` without waiting."""
    clock = Clock()
    return eventually(check, clock=clock, sleep=clock.sleep, **times)


def answers(*values: Any) -> Callable[[], Any]:
    """Gives one value after the other, and raises those that are errors; the last for ever."""
    left: Iterator[Any] = iter(values)
    last: list[Any] = []

    def give() -> Any:
        last.append(next(left, last[-1] if last else None))
        if isinstance(last[-1], Exception):
            raise last[-1]
        return last[-1]

    return give


def refusal(code: str) -> ClientError:
    """An error of AWS."""
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "GetObject")


def test_eventually_returns_what_was_found() -> None:
    """False values, failed assertions and things not found yet are waited for."""
    assert polled(answers([], None, AssertionError("no"), refusal("NoSuchKey"), "found")) == "found"


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ([], "last seen: []"),
        (None, "last seen: None (return True, or what was found, once it is good)"),
        (AssertionError("count is 3"), "last seen: count is 3"),
        (AssertionError(), "last seen: a failed assertion without a message"),
        (refusal("NoSuchKey"), "last seen: An error occurred (NoSuchKey) when calling the GetObject operation: m"),
    ],
)
def test_eventually_says_what_was_seen_last(last: Any, said: str) -> None:
    """When the time is up, the last try is told."""
    with pytest.raises(AssertionError) as caught:
        polled(answers(last), within_seconds=2, every_seconds=0.5)

    assert str(caught.value) == f"not within 2 seconds (5 tries); {said}"


@pytest.mark.parametrize("error", [refusal("AccessDenied"), ValueError("mine")])
def test_eventually_does_not_wait_on_other_errors(error: Exception) -> None:
    """A denied call will not be allowed by waiting."""
    with pytest.raises(type(error)):
        polled(answers(error, "found"))


@pytest.mark.parametrize("times", [{"within_seconds": 0}, {"every_seconds": -1}])
def test_eventually_needs_positive_times(times: dict[str, float]) -> None:
    """No endless and no empty waiting."""
    with pytest.raises(UsageError, match="give it a positive time"):
        polled(answers(1), **times)


def test_budget_restores_the_alarm_that_was_set_before() -> None:
    """A longer alarm of somebody else is set again, with what is left of it; its handler too."""
    rung: list[int] = []
    before = signal.getitimer(signal.ITIMER_REAL)
    handler = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    signal.setitimer(signal.ITIMER_REAL, 50)
    try:
        with Budgets(test_seconds=5, suite_seconds=None).running(test=True):
            assert signal.getitimer(signal.ITIMER_REAL)[0] <= 5
        left = signal.getitimer(signal.ITIMER_REAL)[0]
        signal.setitimer(signal.ITIMER_REAL, 2)
        with Budgets(test_seconds=30, suite_seconds=None).running(test=True):
            assert signal.getitimer(signal.ITIMER_REAL)[0] <= 2
        signal.raise_signal(signal.SIGALRM)
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)
        signal.signal(signal.SIGALRM, handler)

    assert 45 < left <= 50
    assert rung == [signal.SIGALRM]


def test_budget_where_no_signal_arrives_is_told_afterwards() -> None:
    """In another thread nothing is interrupted, but nothing passes either."""
    clock = Clock()
    caught: list[BudgetSpentError] = []

    def run() -> None:
        try:
            with Budgets(test_seconds=1, suite_seconds=None, clock=clock).running(test=True):
                clock.sleep(2)
        except BudgetSpentError as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()

    assert str(caught[0]) == "the test's budget of 1 seconds was spent outside any call of AWS"


def test_waiting_for_a_deployment_is_inside_aws() -> None:
    """The library's own waiting for CloudFormation counts as a call."""

    def rung_in(module: str) -> bool:
        frames: dict[str, Any] = {"__name__": module, "sys": sys}
        exec("def frame():\n    return sys._getframe()", frames)
        return budgets_module._in_aws(frames["frame"]())

    assert rung_in("tap_templates.deployment.stacks")
    assert rung_in("botocore.endpoint")
    assert not rung_in("botocorean")


def test_budget_without_limits_is_none() -> None:
    """Nothing is interrupted and nothing is spent."""
    unlimited = Budgets(test_seconds=None, suite_seconds=None)

    unlimited.check_suite()
    with unlimited.running(test=True):
        assert signal.getitimer(signal.ITIMER_REAL)[0] != budgets_module.SHORTEST_SECONDS


def test_first_worker_makes_and_the_others_take(tmp_path: Path) -> None:
    """Made once, the same for all; the last to leave takes the folder with it."""
    first, second = Shared(tmp_path / "run", "gw0"), Shared(tmp_path / "run", "gw1")

    assert first.made_once(lambda: {"name": "s"}) == ({"name": "s"}, True)
    assert second.made_once(lambda: {"name": "other"}) == ({"name": "s"}, False)
    second.leave()
    assert (tmp_path / "run").exists()
    first.leave()
    assert not (tmp_path / "run").exists()


def test_maker_waits_until_the_others_have_left(tmp_path: Path) -> None:
    """It returns when the last one left, not before."""
    first, second = Shared(tmp_path / "run", "gw0"), Shared(tmp_path / "run", "gw1")
    waiting = threading.Thread(target=first.wait_for_others)

    waiting.start()
    time.sleep(0.15)
    assert waiting.is_alive()
    second.leave()
    waiting.join(5)

    assert not waiting.is_alive()


def test_worker_waits_for_the_result_of_the_maker(tmp_path: Path) -> None:
    """Until it is there, as long as the maker lives."""
    first, second = Shared(tmp_path / "run", "gw0"), Shared(tmp_path / "run", "gw1")
    begun, finish = threading.Event(), threading.Event()

    def slowly() -> dict[str, Any]:
        begun.set()
        finish.wait(5)
        return {"name": "s"}

    maker = threading.Thread(target=first.made_once, args=(slowly,))
    maker.start()
    begun.wait(5)
    threading.Timer(0.2, finish.set).start()

    assert second.made_once(dict) == ({"name": "s"}, False)
    maker.join()


def test_nobody_takes_over_from_a_maker_that_crashed(tmp_path: Path) -> None:
    """What it had made is unknown: infrastructure, for whoever waits and for whoever comes later."""
    told = {"testrunuid": uuid.uuid4().hex, "workerid": "gw0"}
    first, second = Shared.of_worker(told), Shared.of_worker({**told, "workerid": "gw1"})

    def crash() -> dict[str, Any]:
        dismiss(told)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        first.made_once(crash)
    with pytest.raises(InfrastructureError, match="is gone"):
        second.made_once(dict)
    second.leave()
    dismiss({**told, "workerid": "gw1"})

    assert not list(Path(tempfile.gettempdir()).glob(f"*{told['testrunuid']}"))
