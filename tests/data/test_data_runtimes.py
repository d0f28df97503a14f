"""Lambda runtimes and the days until which AWS supports them."""

from __future__ import annotations

from datetime import date

import pytest

from tap_templates.data import runtimes
from tap_templates.errors import UsageError


@pytest.mark.parametrize(
    ("language", "runtime"),
    [("python", "python3.14"), ("nodejs", "nodejs24.x"), ("java", "java25"), ("provided", "provided.al2023")],
)
def test_newest(language: str, runtime: str) -> None:
    """Versions are told apart as numbers are: 3.14 is newer than 3.9."""
    assert runtimes.newest(language) == runtime


def test_newest_on_a_day() -> None:
    """On a day, only what is supported then counts."""
    assert runtimes.newest("go", on=date(2023, 1, 1)) == "go1.x"
    assert runtimes.newest("python", on=date(2026, 1, 1)) == "python3.14"


@pytest.mark.parametrize(
    ("language", "on", "hint"),
    [
        ("go", date(2030, 1, 1), "supported on 2030-01-01"),
        ("pyton", None, "did you mean python?"),
        ("pyton", date(2026, 1, 1), "did you mean python?"),
    ],
)
def test_no_such_runtime(language: str, on: date | None, hint: str) -> None:
    """A language without a runtime, or without one on that day, is refused."""
    with pytest.raises(UsageError, match=hint.replace("?", r"\?")):
        runtimes.newest(language, on=on)


def test_support_ends_on_the_day_of_deprecation() -> None:
    """The last supported day is the one before."""
    assert runtimes.is_supported("python3.12", date(2028, 10, 30))
    assert not runtimes.is_supported("python3.12", date(2028, 10, 31))


def test_runtime_without_an_end_is_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    """No date of deprecation means that none is announced."""
    monkeypatch.setattr(runtimes, "load", lambda name: {"runtimes": {"python4.0": {"deprecated": None}}})

    assert runtimes.is_supported("python4.0", date(2099, 1, 1))


def test_unknown_runtime_is_refused() -> None:
    """The error names the nearest."""
    with pytest.raises(UsageError, match=r"did you mean python3\.12\?"):
        runtimes.is_supported("pyton3.12", date(2026, 1, 1))
