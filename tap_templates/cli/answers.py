"""Words of a command line that mean the same in every command: pairs, files that must be there, consent."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import click

from tap_templates.errors import UsageError

PARAMETER_EXAMPLE = "Project=payments"


def pairs(given: tuple[str, ...], option: str, example: str) -> dict[str, str]:
    """``("Owner=me", ...)`` as a mapping; the last of a key counts."""
    mapping = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(option, found=pair, remedy=f"write KEY=VALUE, for example {example}")
        mapping[key] = value
    return mapping


def read_template(file: str) -> str:
    """The text of a template file."""
    try:
        with open(file, encoding="utf-8-sig") as opened:
            return opened.read()
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(file, found=found, remedy="name a readable template file") from error


def require_consent(command: str, *, agreed: bool) -> None:
    """Raises a UsageError when nobody can be asked, and nobody has agreed beforehand."""
    if not agreed and not sys.stdin.isatty():
        remedy = "run it on a terminal, which shows what will happen and asks, or agree beforehand with --yes"
        raise UsageError(f"tap-templates {command}", found="no terminal to ask on", remedy=remedy)


def confirmed(question: str, *, agreed: bool) -> bool:
    """Whether the person agrees, now or beforehand."""
    return agreed or click.confirm(question, err=True)


@contextmanager
def picked_up_again(secret_keys: Collection[str] = ()) -> Iterator[None]:
    """An operation that nobody waits for any more is told with the command that waits for it again.

    Values of ``secret_keys`` (parameters that nobody may see) are left out of that command.
    """
    from tap_templates.deployment.failures import StillRunningError

    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nnothing was changed", err=True)
        raise
    except StillRunningError as error:
        words = [_without_secret(word, secret_keys) for word in click.get_current_context().obj or []]
        command = shlex.join(["tap-templates", *words])
        raise type(error)(error.where, found=error.found, remedy=f"{error.remedy}: {command}") from error


def _without_secret(word: str, secret_keys: Collection[str]) -> str:
    """An option and its pair may be one word: ``-pPassword=x``, ``--parameter=Password=x``."""
    given = next((option for option in ("--parameter=", "-p") if word.startswith(option)), "")
    key, equals, _ = word.removeprefix(given).partition("=")
    return f"{given}{key}=…" if equals and key in secret_keys else word
