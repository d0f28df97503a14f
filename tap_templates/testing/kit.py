"""What the kit does in a run that uses it: judges every test, and keeps the budgets."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

import pytest

from tap_templates.errors import TapTemplatesError
from tap_templates.testing.budgets import Budgets
from tap_templates.testing.clients import CallLog
from tap_templates.testing.options import Options
from tap_templates.testing.taxonomy import (
    FAILED,
    INFRASTRUCTURE,
    PASSED,
    SKIPPED,
    BudgetSpentError,
    Judgement,
    judged,
    verdict_of,
)

FIXTURES_HOME = "tap_templates.testing.fixtures"
MARK, DENIED_MARK = "tap_templates", "denied_is_infrastructure"
VERDICT, KIND, REASON = "tap-templates.verdict", "tap-templates.kind", "tap-templates.reason"
WORSE = (PASSED, SKIPPED, INFRASTRUCTURE, FAILED)

_worst = pytest.StashKey[Judgement]()
UNJUDGED = Judgement(PASSED, "", "")


class Kit:
    """Registered as a plugin when the run uses the kit."""

    def __init__(self, options: Options) -> None:
        self._required = options.require_stack
        self._budgets = Budgets(test_seconds=options.test_budget, suite_seconds=options.suite_budget)
        self.calls = CallLog()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Not begun when the suite's budget is spent."""
        self.calls.forget()
        self._budgets.check_suite()
        with self._budgets.running(test=False):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Interrupted when a budget is spent."""
        with self._budgets.running(test=True):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """The report with the kit's verdict; outside all other plugins, so that none sees another one."""
        report = yield
        before = item.stash.get(_worst, UNJUDGED) if call.when != "setup" else UNJUDGED
        judgement = self._judged(item, call, report)
        if judgement and judgement.verdict == SKIPPED and call.when == "teardown" and before.verdict != SKIPPED:
            judgement = judgement._replace(verdict=INFRASTRUCTURE)  # what it made may still be there
        if judgement is not None:
            _applied(report, item, judgement)
        worst = max(before, judgement or Judgement(_plain(report), "", ""), key=lambda each: WORSE.index(each.verdict))
        item.stash[_worst] = worst
        if report.when == "teardown":
            said = ((VERDICT, worst.verdict), (KIND, worst.kind), (REASON, worst.reason))
            report.user_properties += [(name, value) for name, value in said if value]
        return report

    def _judged(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> Judgement | None:
        """None where the kit has nothing to add to what pytest says."""
        error = call.excinfo.value if call.excinfo else None
        if not isinstance(error, BudgetSpentError) and not uses_kit(item):
            return None
        if error is None:
            return self._judged_by_calls() if call.when == "call" and report.passed else None
        marked = item.get_closest_marker(DENIED_MARK) is not None
        found = judged(error, denied_is_infrastructure=marked, required=self._required)
        if found is not None and found.verdict != FAILED:
            return found
        if isinstance(error, TapTemplatesError) and _is_from_fixtures(call):
            return Judgement(FAILED, found.kind if found else "input", str(error), is_all=True)
        return None if hasattr(report, "wasxfail") else found

    def _judged_by_calls(self) -> Judgement | None:
        """A test that passed, by the errors that it swallowed."""
        hidden = self.calls.hidden()
        if hidden is None:
            return None
        reason = f"{hidden.kind.title}: {hidden.operation}: {hidden.message}; the test swallowed it and proves nothing"
        return Judgement(verdict_of(hidden.kind, required=self._required), hidden.kind.name, reason)


def uses_kit(item: pytest.Item) -> bool:
    """Whether the test asks for a fixture of the kit (not for another one of that name), or carries its marks."""
    if any(item.get_closest_marker(name) for name in (MARK, DENIED_MARK)):
        return True
    definitions = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return any(_is_ours(name, found) for name, found in definitions.items())


def _is_ours(name: str, definitions: Iterable[Any]) -> bool:
    """Whether the fixture in force is the kit's, or one that is built on the kit's of the same name."""
    for definition in reversed(tuple(definitions)):
        if definition.func.__module__ == FIXTURES_HOME:
            return True
        if name not in definition.argnames:
            return False
    return False


def _is_from_fixtures(call: pytest.CallInfo[None]) -> bool:
    """Whether the error came out of a fixture of the kit, where no line of the test had a part in it."""
    entries = call.excinfo.traceback if call.excinfo else ()
    return any(entry.frame.f_globals.get("__name__") == FIXTURES_HOME for entry in entries)


def _plain(report: pytest.TestReport) -> str:
    """The verdict where AWS has no part in it; an expected failure is a check that was made."""
    if report.skipped:
        return PASSED if hasattr(report, "wasxfail") else SKIPPED
    return FAILED if report.failed else PASSED


def _applied(report: pytest.TestReport, item: pytest.Item, judgement: Judgement) -> None:
    """Makes the report say what was judged."""
    if judgement.verdict == FAILED:
        if judgement.is_all or not report.failed:
            report.longrepr = judgement.reason
        else:
            report.sections.append(("tap-templates", f"{judgement.kind}: {judgement.reason}"))
        report.outcome = "failed"
        return
    if hasattr(report, "wasxfail"):
        del report.wasxfail
    if judgement.verdict == SKIPPED:
        path, line, _ = item.location
        report.outcome, report.longrepr = "skipped", (path, (line or 0) + 1, f"Skipped: {judgement.reason}")
        return
    report.outcome = "failed"
    report.tap_templates = judgement.verdict  # type: ignore[attr-defined]
    if report.longrepr is None or isinstance(report.longrepr, tuple):
        report.longrepr = judgement.reason
