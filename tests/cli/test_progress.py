"""What a person sees of an operation while it runs."""

from __future__ import annotations

import pytest

from tap_templates.cli.progress import Progress
from tap_templates.deployment import StackEvent


def event(title: str, status: str, reason: str = "", *, of_stack: bool = False) -> StackEvent:
    """One event."""
    return StackEvent(f"{title}-{status}", title, "", "AWS::SQS::Queue", status, reason, of_stack=of_stack)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_what_is_done_is_counted_and_what_begins_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Each resource once, of how many; failures with their reason; the stack itself without a count."""
    progress = Progress(2)
    for each in (
        event("Jobs", "CREATE_IN_PROGRESS"),
        event("Jobs", "CREATE_COMPLETE"),
        event("Mail", "CREATE_FAILED", "already exists"),
        event("Jobs", "DELETE_COMPLETE"),
        event("s", "ROLLBACK_COMPLETE", of_stack=True),
    ):
        progress(each)

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "     1/2 CREATE_COMPLETE    Jobs",
        "     2/2 CREATE_FAILED      Mail already exists",
        "     2/2 DELETE_COMPLETE    Jobs",
        "         ROLLBACK_COMPLETE  s",
    ]


def test_more_resources_than_were_expected_are_never_counted_beyond_the_total(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A rollback touches others; without a total there is no count."""
    progress = Progress(1)
    progress(event("A", "UPDATE_COMPLETE"))
    progress(event("B", "UPDATE_COMPLETE"))
    Progress()(event("C", "UPDATE_COMPLETE"))

    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == ["1/1", "1/1", "UPDATE_COMPLETE"]


def test_resource_that_was_left_behind_is_remembered() -> None:
    """For what is told at the end of a deletion."""
    progress = Progress(1)
    progress(event("Data", "DELETE_SKIPPED"))

    assert progress.skipped == {"Data"}


def test_silence_is_broken_with_what_is_at_work(capsys: pytest.CaptureFixture[str]) -> None:
    """After twenty seconds without news, and then again after twenty; not more often."""
    clock = Clock()
    progress = Progress(5, clock)
    progress(event("s", "CREATE_IN_PROGRESS", of_stack=True))
    clock.now += 19
    progress.waiting()
    assert capsys.readouterr().err == ""

    clock.now += 1
    progress.waiting()
    assert capsys.readouterr().err == "       … 20 s\n"

    for title in ("A", "B", "C", "D", "E"):
        progress(event(title, "CREATE_IN_PROGRESS"))
    progress(event("A", "CREATE_COMPLETE"))
    capsys.readouterr()
    clock.now += 25
    progress.waiting()
    progress.waiting()
    assert capsys.readouterr().err == (
        "       … 45 s: B CREATE_IN_PROGRESS, C CREATE_IN_PROGRESS, D CREATE_IN_PROGRESS, 1 more\n"
    )
