"""What every command asks and is told: consent, an interrupted wait, secrets that stay out of what is printed."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import click
import pytest

from tap_templates.cli.answers import confirmed, picked_up_again, require_consent
from tap_templates.deployment import InterruptedWaitError, StillRunningError
from tap_templates.errors import DeploymentError, UsageError

Typed = Callable[[str], None]


def test_without_a_terminal_consent_is_given_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline is refused unless it says --yes."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))

    require_consent("deploy", agreed=True)
    with pytest.raises(UsageError, match=r"tap-templates deploy: found 'no terminal to ask on'.*--yes"):
        require_consent("deploy", agreed=False)


@pytest.mark.parametrize(("words", "answer"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_person_is_asked(typed: Typed, words: str, answer: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """No is the default; the question is not on stdout, which may be a file."""
    typed(words)

    require_consent("delete", agreed=False)
    assert confirmed("Delete it?", agreed=False) is answer
    assert "Delete it? [y/N]" in capsys.readouterr().err


def test_consent_that_was_given_beforehand_is_not_asked_for(typed: Typed) -> None:
    """--yes."""
    typed("n\n")

    assert confirmed("Delete it?", agreed=True)


@pytest.mark.parametrize("kind", [StillRunningError, InterruptedWaitError])
def test_wait_that_ended_early_is_told_with_the_command_that_resumes_it(kind: type[StillRunningError]) -> None:
    """As it was typed, quoted for a shell, without the values of secret parameters; the exit code stays."""
    words = ["deploy", "my stack.json", "--stack", "s", "-p", "Password=hunter2", "-p", "Owner=me", "--yes"]

    with (
        click.Context(click.Command("deploy"), obj=words),
        pytest.raises(kind) as raised,
        picked_up_again(("Password",)),
    ):
        raise kind("stack s", found="interrupted", remedy="run the command again")
    assert raised.value.remedy == (
        "run the command again: tap-templates deploy 'my stack.json' --stack s -p 'Password=…' -p Owner=me --yes"
    )
    assert "hunter2" not in str(raised.value)
    assert raised.value.exit_code == kind.exit_code


@pytest.mark.parametrize("word", ["-pPassword=hunter2", "--parameter=Password=hunter2"])
def test_secrets_stay_secret_however_they_are_given(word: str) -> None:
    """An option and its value in one word."""
    with (
        click.Context(click.Command("deploy"), obj=["deploy", "t.json", word]),
        pytest.raises(StillRunningError) as raised,
        picked_up_again(("Password",)),
    ):
        raise StillRunningError("stack s", found="x", remedy="run again")
    assert "hunter2" not in str(raised.value)
    assert "Password=…" in raised.value.remedy


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_interruption_before_anything_began_says_so(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was changed: no command to resume."""
    with pytest.raises(type(error)), picked_up_again():
        raise error
    assert "nothing was changed" in capsys.readouterr().err


def test_other_failures_pass_as_they_are() -> None:
    """There is nothing to resume."""
    with pytest.raises(DeploymentError) as raised, picked_up_again():
        raise DeploymentError("stack s", found="x", remedy="correct it")
    assert raised.value.remedy == "correct it"
