"""How the benchmarks measure: commands in turn, round by round, since machines drift; ratios, no verdict."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(sys.executable)


def rounds(count: int, measures: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Each measure once in each round."""
    results: dict[str, list[float]] = {name: [] for name in measures}
    for measure in measures.values():
        measure()  # Not counted: the files are in the cache afterwards.
    for _ in range(count):
        for name, measure in measures.items():
            results[name].append(measure())
    return results


def cold(command: list[str], folder: str = HERE, *, check: bool = True) -> float:
    """Seconds that a process takes from start to end."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=check, cwd=folder)
    return time.perf_counter() - began


def table(title: str, results: dict[str, list[float]], reference: str) -> None:
    """Prints minimum, median and maximum of each, and the median of its ratios to the reference."""
    print(f"{title:48}{'minimum':>10}{'median':>10}{'maximum':>10}   times the {reference}")
    for name, values in results.items():
        ratio = statistics.median(mine / its for mine, its in zip(values, results[reference], strict=True))
        figures = "".join(f"{value:10.4f}" for value in (min(values), statistics.median(values), max(values)))
        print(f"  {name:46}{figures}   {ratio:.2f}")
