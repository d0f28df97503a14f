"""Waiting for what AWS does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from tap_templates.data.aws_errors import kind_of_error
from tap_templates.errors import UsageError

T = TypeVar("T")
WITHIN_SECONDS = 30.0
EVERY_SECONDS = 1.0


def eventually(
    check: Callable[[], T],
    *,
    within_seconds: float = WITHIN_SECONDS,
    every_seconds: float = EVERY_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """What ``check`` returns once that is true; asked at least once, and once more when the time is up.

    Not yet: it returns something false, an assertion in it fails, or AWS does not find something. Any other error ends
    the waiting at once.

    Raises:
        AssertionError: The time is up; says what was seen last.
        UsageError: A time that is not positive.

    >>> message = eventually(lambda: first_message(queue), within_seconds=60)
    """
    if within_seconds <= 0 or every_seconds <= 0:
        raise UsageError("eventually", found=min(within_seconds, every_seconds), remedy="give it a positive time")
    __tracebackhide__ = True
    begun, tries = clock(), 0
    while True:
        tries += 1
        value, seen = _tried(check)
        if seen is None:
            return value  # type: ignore[return-value]
        left = begun + within_seconds - clock()
        if left <= 0:
            raise AssertionError(f"not within {within_seconds:g} seconds ({tries} tries); last seen: {seen}")
        sleep(min(every_seconds, left))


def _tried(check: Callable[[], T]) -> tuple[T | None, str | None]:
    """The value, and None when it is good, or else what was seen."""
    try:
        value = check()
    except AssertionError as error:
        return None, str(error) or "a failed assertion without a message"
    except Exception as error:
        kind = kind_of_error(error)
        if kind is None or kind.name != "not_found":
            raise
        return None, str(error)
    if value:
        return value, None
    hint = " (return True, or what was found, once it is good)" if value is None else ""
    return value, f"{value!r}{hint}"
