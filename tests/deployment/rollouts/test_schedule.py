"""The rules of order, concurrency and failure tolerance, tried on generated rollouts."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_templates.deployment.rollouts import Preferences, Result, Share
from tap_templates.deployment.rollouts.schedule import distribute
from tap_templates.deployment.rollouts.targets import Block

REGIONS = ("eu-west-1", "us-east-1", "ap-south-1")
CANCELLED = "Cancelled since failure tolerance has exceeded"


class Accounts:
    """Accounts of which some fail; remembers what was at work beside what, and in which order it began."""

    def __init__(self, failing: set[tuple[str, str]], *, seconds: float = 0.0) -> None:
        self.failing, self.seconds = failing, seconds
        self.begun: list[tuple[str, str]] = []
        self.beside: list[tuple[int, int]] = []  # at work in the region, and failed in it before
        self._running: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, account: str, region: str) -> Result:
        """Works for a moment."""
        with self._at_work(account, region):
            time.sleep(self.seconds)
        failed = (account, region) in self.failing
        return Result(account, region, "FAILED", "no") if failed else Result(account, region, "SUCCEEDED")

    def told(self, result: Result) -> None:
        """A result has been counted."""
        with self._lock:
            self._failed[result.region] += result.status == "FAILED"

    @contextmanager
    def _at_work(self, account: str, region: str) -> Iterator[None]:
        with self._lock:
            self.begun.append((account, region))
            self._running[region] += 1
            self.beside.append((self._running[region], self._failed[region]))
        yield
        with self._lock:
            self._running[region] -= 1


@st.composite
def rollouts(draw: st.DrawFn) -> tuple[Block, Accounts, Preferences]:
    """Up to 6 accounts in up to 3 regions, some failing, under any preferences."""
    accounts = tuple(f"{at:012}" for at in range(draw(st.integers(1, 6))))
    block = Block(accounts, REGIONS[: draw(st.integers(1, 3))])
    failing = draw(st.sets(st.sampled_from(block.pairs)))
    tolerance = draw(
        st.one_of(st.integers(0, 6).map(Share), st.integers(0, 100).map(lambda number: Share(number, True)))
    )
    concurrency = draw(
        st.one_of(st.integers(1, 8).map(Share), st.integers(1, 100).map(lambda number: Share(number, True)))
    )
    return block, Accounts(failing), Preferences(tolerance, concurrency, parallel_regions=draw(st.booleans()))


@given(rollouts())
def test_rules_hold_of_every_rollout(rollout: tuple[Block, Accounts, Preferences]) -> None:
    """One result for each place, in order; failures within bounds; status, concurrency and cancellation as promised."""
    block, work, preferences = rollout
    told: list[Result] = []

    def on_result(result: Result) -> None:
        told.append(result)
        work.told(result)

    status, results = distribute(block, work, preferences, on_result)

    borne, most = preferences.tolerated(len(block.owners)), preferences.at_once(len(block.owners))
    by_region = {region: [result for result in results if result.region == region] for region in block.regions}
    failed = {region: sum(r.status == "FAILED" for r in found) for region, found in by_region.items()}
    assert sorted((r.account, r.region) for r in results) == sorted(block.pairs)
    assert sorted(told) == sorted(results)
    assert [r.region for r in results] == [region for region in block.regions for _ in block.owners]
    assert {(r.account, r.region) for r in results if r.status == "FAILED"} <= work.failing
    assert max(failed.values()) <= borne + 1
    assert status == ("FAILED" if max(failed.values()) > borne else "SUCCEEDED")
    assert max((running for running, _ in work.beside), default=0) <= most
    assert all(r.reason == CANCELLED for r in results if r.status == "CANCELLED")
    if status == "SUCCEEDED":
        assert set(work.begun) == set(block.pairs)
        assert {(r.account, r.region) for r in results if r.status == "FAILED"} == work.failing
    if not preferences.parallel_regions:
        began = [REGIONS.index(region) for _, region in work.begun]
        assert began == sorted(began)
        stopped = [region for region in block.regions if failed[region] > borne]
        after = block.regions[block.regions.index(stopped[0]) + 1 :] if stopped else ()
        assert all(r.status == "CANCELLED" for region in after for r in by_region[region])


@given(rollouts())
def test_concurrency_falls_with_each_failure(rollout: tuple[Block, Accounts, Preferences]) -> None:
    """What begins finds no more at work than the failures that are still borne, plus one."""
    block, work, preferences = rollout

    distribute(block, work, preferences, work.told)

    borne = preferences.tolerated(len(block.owners))
    assert all(running <= max(1, borne + 1 - failed) for running, failed in work.beside)


def test_accounts_of_a_region_go_side_by_side() -> None:
    """As many as the concurrency allows are at work at one time."""
    work = Accounts(set(), seconds=0.05)

    status, _ = distribute(Block(tuple("abcd"), REGIONS[:1]), work, Preferences(Share(3), Share(4)))

    assert status == "SUCCEEDED"
    assert max(running for running, _ in work.beside) == 4


def test_regions_in_parallel_do_not_wait_for_each_other() -> None:
    """Every region has begun before the first has ended."""
    meeting = threading.Barrier(3, timeout=5)

    def work(account: str, region: str) -> Result:
        meeting.wait()
        return Result(account, region, "SUCCEEDED")

    status, results = distribute(Block(("a",), REGIONS), work, Preferences(parallel_regions=True))

    assert (status, len(results)) == ("SUCCEEDED", 3)


@pytest.mark.parametrize("parallel", [False, True])
def test_nothing_to_do_succeeds(parallel: bool) -> None:
    """An empty block has no results."""
    assert distribute(Block((), ()), Accounts(set()), Preferences(parallel_regions=parallel)) == ("SUCCEEDED", ())
