"""The order of a rollout, how much of it goes on at one time, and when it stops: StackSets' rules, without StackSets.

Within a region, accounts take their turn as far as the concurrency allows. Each failure lowers it, so that a region
never has more failures than it bears, plus the one that stops it. A region that has stopped ends the operation: what
was not begun is cancelled, in it and in the regions after it; regions that go on in parallel are not.

Source: CloudFormation API reference, StackSetOperationPreferences; user guide, "Concurrency Mode", strict.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from tap_templates.deployment.rollouts.model import CANCELLED, FAILED, SUCCEEDED, TOLERANCE_EXCEEDED, Result
from tap_templates.deployment.rollouts.preferences import Preferences
from tap_templates.deployment.rollouts.targets import Block

Work = Callable[[str, str], Result]
"""Does the work in one account and region, and says what it came to; never raises."""


def distribute(
    block: Block, work: Work, preferences: Preferences, on_result: Callable[[Result], None] = lambda result: None
) -> tuple[str, tuple[Result, ...]]:
    """The status of the operation and one result for each account and region of the block, in the order of the block.

    ``on_result`` is told each as it comes, one at a time.
    """
    telling = threading.Lock()

    def told(result: Result) -> None:
        with telling:
            on_result(result)

    if preferences.parallel_regions:
        with ThreadPoolExecutor(max(1, len(block.regions))) as pool:
            futures = [
                pool.submit(_in_region, region, block.owners, work, preferences, told) for region in block.regions
            ]
            by_region = [future.result() for future in futures]
    else:
        by_region = []
        for region in block.regions:
            stopped = any(_failed(results) > preferences.tolerated(len(block.owners)) for results in by_region)
            results = (
                _cancelled(region, block.owners, told)
                if stopped
                else _in_region(region, block.owners, work, preferences, told)
            )
            by_region.append(results)
    exceeded = any(_failed(results) > preferences.tolerated(len(block.owners)) for results in by_region)
    return FAILED if exceeded else SUCCEEDED, tuple(result for results in by_region for result in results)


def _in_region(
    region: str, accounts: Sequence[str], work: Work, preferences: Preferences, told: Callable[[Result], None]
) -> list[Result]:
    """One result for each account, in the accounts' order."""
    waiting, running, done = list(accounts), set[Future[Result]](), dict[str, Result]()
    with ThreadPoolExecutor(max(1, preferences.at_once(len(accounts)))) as pool:
        while True:
            allowed = preferences.at_once(len(accounts), failed=_failed(done.values()))
            while waiting and len(running) < allowed:
                running.add(pool.submit(work, waiting.pop(0), region))
            if not running:
                break
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                result = future.result()
                done[result.account] = result
                told(result)
    cancelled = _cancelled(region, waiting, told)
    return [*(done[account] for account in accounts if account in done), *cancelled]


def _cancelled(region: str, accounts: Sequence[str], told: Callable[[Result], None]) -> list[Result]:
    results = [Result(account, region, CANCELLED, TOLERANCE_EXCEEDED) for account in accounts]
    for result in results:
        told(result)
    return results


def _failed(results: Iterable[Result]) -> int:
    return sum(result.status == FAILED for result in results)
