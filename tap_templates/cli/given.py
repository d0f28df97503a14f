"""What several commands are given: a template file, answers to its parameters, lists."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from tap_templates.errors import UsageError


def template_text(file: str) -> str:
    """The text of a template file.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with open(file, encoding="utf-8") as opened:
            return opened.read()
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(file, found=found, remedy="name a readable template file") from error


def answers(pairs: Iterable[str]) -> dict[str, str]:
    """``["Project=pay"]`` as a mapping.

    Raises:
        UsageError: One of them is no pair.
    """
    given = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError("--parameter", found=pair, remedy="write KEY=VALUE, for example Project=payments")
        given[key] = value
    return given


def listed(values: Iterable[str]) -> list[str]:
    """``["a,b", "c"]`` as ``["a", "b", "c"]``: an option may be given again, or hold several."""
    return [item.strip() for value in values for item in value.split(",") if item.strip()]


def agreed(*, yes: bool) -> bool:
    """Whether to go on: asked on the terminal, unless it was said before.

    Raises:
        UsageError: There is nobody to ask.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("--yes", found="no terminal to ask on", remedy="pass --yes to go on without being asked")
    return click.confirm("Go on?", err=True)
