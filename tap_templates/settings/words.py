"""How places and values of settings are said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def dotted(path: Sequence[str | int]) -> str:
    """A place in a file as people write it: ``users.0.name``."""
    return ".".join(str(part) for part in path)


def words(several: Iterable[Any]) -> str:
    """Several values, separated by commas."""
    return ", ".join(str(each) for each in several)


def short(value: Any) -> str:
    """A value as it was found, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits.
        return "a number with thousands of digits"
    return text if len(text) <= 80 else f"{text[:77]}..."
