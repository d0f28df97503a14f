"""Errors say where, what was found and what to do."""

from __future__ import annotations

import pytest

from tap_templates.errors import (
    DeploymentError,
    MissingExtraError,
    NamingError,
    SettingsError,
    TapTemplatesError,
    did_you_mean,
    nearest,
    plain,
)


def test_error_keeps_its_parts() -> None:
    """An error's text is put together of the parts that it keeps."""
    error = NamingError("Box", found="x" * 3, remedy="use less")

    assert (error.where, error.found, error.remedy) == ("Box", "xxx", "use less")
    assert str(error) == "Box: found 'xxx'; use less"


def test_input_errors_exit_with_2() -> None:
    """What is wrong with an input ends the command line with 2."""
    assert TapTemplatesError("a", found=1, remedy="b").exit_code == 2


def test_deployment_errors_exit_with_1() -> None:
    """What AWS refused ends the command line with 1."""
    assert DeploymentError("a", found=1, remedy="b").exit_code == 1


def test_settings_error_reads_as_its_problems() -> None:
    """A settings error is one line for each problem."""
    error = SettingsError("tap.yaml", problems=["one", "two"], remedy="mend")

    assert str(error) == "one\ntwo"
    assert (error.where, error.found, error.remedy) == ("tap.yaml", "2 problem(s)", "mend")
    assert error.problems == ("one", "two")


def test_missing_extra_names_the_install_line() -> None:
    """A feature that is not installed says how to install it."""
    error = MissingExtraError("lint", extra="check", missing="cfnlint")

    assert str(error) == "lint: found \"no module 'cfnlint'\"; install the extra: pip install 'tap_templates[check]'"
    assert (error.extra, error.missing) == ("check", "cfnlint")


@pytest.mark.parametrize(
    ("word", "expected"),
    [("AES-256", "AES256"), ("aes_256", "AES256"), ("kms", "aws:kms"), ("zzzz", None), ("", None)],
)
def test_nearest(word: str, expected: str | None) -> None:
    """The closest known word is found whatever its case and punctuation; a word like none finds none."""
    assert nearest(word, ["AES256", "aws:kms"]) == expected


def test_plain_is_letters_and_digits() -> None:
    """Case and punctuation do not count."""
    assert plain("AES-256 (SSE)") == "aes256sse"


@pytest.mark.parametrize(("word", "expected"), [("projct", " (did you mean project?)"), (None, ""), (3, "")])
def test_did_you_mean(word: object, expected: str) -> None:
    """A close word is offered, otherwise nothing is said."""
    assert did_you_mean(word, ["project"]) == expected
