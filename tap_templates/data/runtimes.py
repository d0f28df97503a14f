"""Lambda runtimes: until when AWS supports each. Source: ``runtimes.json``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tap_templates.data import load
from tap_templates.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from datetime import date


def newest(language: str, on: date | None = None) -> str:
    """The newest runtime of ``language``: of all that AWS has, or of those it supports on the day ``on``.

    Args:
        language: ``"python"``, ``"nodejs"``, ``"java"``, ...

    Raises:
        UsageError: There is no such runtime.
    """
    known: list[str] = [name for name in load("runtimes.json")["runtimes"] if _parts(name)[0] == language]
    supported = known if on is None else [name for name in known if is_supported(name, on)]
    if not supported:
        languages = {_parts(name)[0] for name in load("runtimes.json")["runtimes"]}
        when = f" that is supported on {on}" if on and known else did_you_mean(language, languages)
        raise UsageError("Runtime", found=language, remedy=f"use a language that Lambda has a runtime for{when}")
    return max(supported, key=_parts)


def is_supported(runtime: str, on: date) -> bool:
    """Whether AWS still patches ``runtime`` on the day ``on``.

    Raises:
        UsageError: There is no such runtime.
    """
    runtimes = load("runtimes.json")["runtimes"]
    if runtime not in runtimes:
        remedy = f"use a runtime that Lambda has{did_you_mean(runtime, runtimes)}"
        raise UsageError("Runtime", found=runtime, remedy=remedy)
    deprecated: str | None = runtimes[runtime]["deprecated"]
    return deprecated is None or on.isoformat() < deprecated


def is_known(runtime: object) -> bool:
    """Whether Lambda has, or had, a runtime of this name."""
    return isinstance(runtime, str) and runtime in load("runtimes.json")["runtimes"]


def runtimes() -> tuple[str, ...]:
    """Names of all runtimes that Lambda has, or had."""
    return tuple(load("runtimes.json")["runtimes"])


def successor(runtime: str) -> str:
    """The runtime that follows a known one, of the same language; itself where none does."""
    return str(load("runtimes.json")["runtimes"][runtime]["successor"] or runtime)


def _parts(runtime: str) -> tuple[str, tuple[int, ...]]:
    """``("python", (3, 12))``: language and version, which order as numbers do."""
    language = runtime.rstrip("x").partition(".")[0].rstrip("0123456789")
    return language, tuple(int(number) for number in re.findall("[0-9]+", runtime))
