"""Makes the helpers beside the tests importable in every import mode, and publishes the size of the fault matrix."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker, where the project has not."""
    config.addinivalue_line("markers", "slow: the larger part of a matrix or a property test")


@pytest.fixture
def count_interleavings(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Call with a number of interleavings; the sum is printed at the end of the run."""
    return lambda number: request.node.user_properties.append(("interleavings", number))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: how many interleavings of failures the functions went through."""
    counts: dict[str, int] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "interleavings":
                    counts[report.nodeid] = value
    if counts:
        terminalreporter.write_line(
            f"functions: {sum(counts.values()):,} interleavings of failures in {len(counts)} tests"
        )
