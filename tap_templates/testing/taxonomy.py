"""What an exception means for the test that ended in it: the kind of AWS error, the verdict, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tap_templates.data.aws_errors import ErrorKind, kind_of_error
from tap_templates.testing.outputs_file import OutputsFileMissingError

PASSED, FAILED, SKIPPED, INFRASTRUCTURE = "passed", "failed", "skipped", "infrastructure"
VERDICTS = (PASSED, FAILED, SKIPPED, INFRASTRUCTURE)


class InfrastructureError(Exception):
    """Something that the test needs and does not test could not be had."""


class SharedFailureError(Exception):
    """What went wrong in the worker that deployed the stack for all others; judged as it was there."""

    def __init__(self, message: str, *, verdict: str, kind: str) -> None:
        super().__init__(message)
        self.verdict, self.kind = verdict, kind


class BudgetSpentError(BaseException):
    """A time budget is spent. Not an ``Exception``, so that a test that swallows those does not swallow it.

    ``inside_aws`` is True when the time ran out in a call of AWS; ``begun`` is False when there was none left to begin.
    """

    def __init__(self, message: str, *, inside_aws: bool, begun: bool = True) -> None:
        super().__init__(message)
        self.inside_aws, self.begun = inside_aws, begun


class Judgement(NamedTuple):
    """A verdict with its reason; ``kind`` is one of ``aws_errors.json``, or says what else it was.

    ``is_all`` is True when a traceback adds nothing to the reason.
    """

    verdict: str
    kind: str
    reason: str
    is_all: bool = False


def judged(error: BaseException, *, denied_is_infrastructure: bool = False, required: bool = False) -> Judgement | None:
    """What ``error`` means; None when it is no matter of AWS.

    ``required`` is True when a test that is skipped for want of credentials or outputs is a failure.
    """
    if isinstance(error, BudgetSpentError):
        kind = "budget" if error.begun else "not_run"
        return Judgement(INFRASTRUCTURE if error.inside_aws else FAILED, kind, str(error), is_all=not error.begun)
    for link in causes(error):
        if isinstance(link, InfrastructureError):
            return Judgement(INFRASTRUCTURE, "environment", str(link))
        if isinstance(link, SharedFailureError):
            verdict = FAILED if required and link.verdict == SKIPPED else link.verdict
            return Judgement(verdict, link.kind, str(link), is_all=True)
        if isinstance(link, OutputsFileMissingError):
            return Judgement(FAILED if required else SKIPPED, "no_outputs", str(link), is_all=True)
        aws = kind_of_error(link)
        if aws is not None:
            verdict = verdict_of(aws, denied_is_infrastructure=denied_is_infrastructure, required=required)
            return Judgement(verdict, aws.name, f"{aws.title}: {str(link).rstrip('.')}; {aws.remedy}")
    return None


def verdict_of(kind: ErrorKind, *, denied_is_infrastructure: bool = False, required: bool = False) -> str:
    """The verdict on a test that ended in an error of this kind."""
    if kind.name == "denied" and denied_is_infrastructure:
        return INFRASTRUCTURE
    if kind.verdict == SKIPPED and required:
        return FAILED
    return kind.verdict


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it was raised ``from``, and so on; what was merely handled meanwhile is no cause."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__
