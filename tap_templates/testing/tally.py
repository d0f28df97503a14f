"""The verdicts of a run, counted where all workers report to, and what they make of the exit status."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tap_templates.testing.kit import REASON, VERDICT
from tap_templates.testing.options import Options
from tap_templates.testing.taxonomy import FAILED, INFRASTRUCTURE, SKIPPED, VERDICTS

if TYPE_CHECKING:
    from tap_templates.testing.condition_coverage import ConditionCoverage

PHASES = ("setup", "call", "teardown")
NOT_A_RUN = ("collectonly", "setuponly", "setupplan")


class Tally:
    """Always there; says and does something only in a run that uses the kit."""

    def __init__(self, config: pytest.Config, options: Options, coverage: ConditionCoverage | None) -> None:
        self._options, self._coverage = options, coverage
        self._counts: Counter[str] = Counter()
        self._crashed = 0
        self._skips: Counter[str] = Counter()
        self._infrastructure: list[tuple[str, str]] = []
        self._is_run = not any(config.getoption(name, False) for name in NOT_A_RUN)
        self.notes: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Counts a test when it is through."""
        if report.when not in PHASES:  # a worker that crashed
            self._crashed += report.failed
            return
        said = {str(name): str(value) for name, value in report.user_properties}
        if report.when != "teardown" or VERDICT not in said:
            return
        verdict, reason = said[VERDICT], said.get(REASON, "")
        self._counts[verdict] += 1
        if verdict == SKIPPED and reason:
            self._skips[reason] += 1
        if verdict == INFRASTRUCTURE:
            self._infrastructure.append((report.nodeid, reason))

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """A category of its own for infrastructure."""
        if getattr(report, "tap_templates", "") == INFRASTRUCTURE:
            return INFRASTRUCTURE, "I", (INFRASTRUCTURE.upper(), {"yellow": True})
        return None

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Not green when nothing was checked, or too little was covered."""
        if not self._is_active:
            return
        none_collected = exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
        if none_collected and self._options.allow_empty:
            session.exitstatus = pytest.ExitCode.OK
        elif exitstatus == pytest.ExitCode.OK and self._is_empty and not self._options.allow_empty:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
        if session.exitstatus == pytest.ExitCode.OK and self._lacking is not None:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The counts, and every reason that is not a failure of the stack."""
        if not self._is_active:
            return
        write = terminalreporter.write_line
        if self._coverage is not None:
            terminalreporter.section("condition coverage")
            for line in self._coverage.report():
                write(line)
            if self._lacking is not None:
                write(f"FAIL: {self._lacking}", red=True)
        terminalreporter.section("tap-templates")
        for reason, count in self._skips.items():
            write(f"SKIPPED {count}: {reason}")
        for test, reason in self._infrastructure:
            write(f"INFRASTRUCTURE {test}: {reason}")
        for note in self.notes:
            write(note)
        if self._is_empty:
            accepted = "accepted by --allow-empty" if self._options.allow_empty else "--allow-empty accepts that"
            write(f"nothing was checked ({accepted})", red=not self._options.allow_empty)
        counted = self._counts + Counter({FAILED: self._crashed})
        write(f"tap-templates: {', '.join(f'{counted[verdict]} {verdict}' for verdict in VERDICTS)}", bold=True)

    @property
    def _is_active(self) -> bool:
        return self._is_run and (bool(self._counts) or self._options.any_given)

    @property
    def _is_empty(self) -> bool:
        return not self._crashed and not sum(n for verdict, n in self._counts.items() if verdict != SKIPPED)

    @property
    def _lacking(self) -> str | None:
        """Why the coverage of conditions is too low; None when it is not."""
        wanted = self._options.condition_fail_under
        if self._coverage is None or wanted is None or self._coverage.percent >= wanted:
            return None
        return f"condition coverage of {self._coverage.percent:.1f} % is below {wanted:g} %"
