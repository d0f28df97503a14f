"""Matching in part, and where two values differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tap_templates.errors import UsageError

SHOWN_LENGTH = 120
MISSING: Any = type("Missing", (), {"__repr__": lambda self: "nothing"})()
"""Stands for a property that is not there."""


@dataclass(frozen=True)
class Difference:
    """One place where a value is not as expected; ``path`` is dotted, as in the template."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, found {self.found}"


@dataclass
class Captured:
    """Values met on the way; captures keep them only when the whole matches."""

    pairs: list[tuple[Capture, Any]] = field(default_factory=list)

    def keep(self) -> None:
        """Every capture gets its values."""
        for capture, value in self.pairs:
            capture.values.append(value)


class Matcher:
    """A value that is matched otherwise than by being equal; subclasses say how."""

    def differences(self, found: Any, path: str, captured: Captured) -> list[Difference]:
        """Where ``found`` differs; none when it matches."""
        raise NotImplementedError


class Capture(Matcher):
    """Matches any value, or what ``expected`` matches, and keeps it: ``value``, or ``values`` of all that matched."""

    def __init__(self, expected: Any = None) -> None:
        self.expected = _Anything() if expected is None else expected
        self.values: list[Any] = []

    @property
    def value(self) -> Any:
        """The one value.

        Raises:
            UsageError: None was captured, or several.
        """
        if len(self.values) != 1:
            raise UsageError("Capture.value", found=f"{len(self.values)} values", remedy="read values, or match one")
        return self.values[0]

    def differences(self, found: Any, path: str, captured: Captured) -> list[Difference]:
        """As those of what it expects."""
        different = compare(self.expected, found, path, captured)
        if not different:
            captured.pairs.append((self, found))
        return different


class _Anything(Matcher):
    def differences(self, found: Any, path: str, captured: Captured) -> list[Difference]:
        return [Difference(path, repr(self), shown(found))] if found is MISSING else []

    def __repr__(self) -> str:
        return "anything"


class _Absent(Matcher):
    def differences(self, found: Any, path: str, captured: Captured) -> list[Difference]:
        return [] if found is MISSING else [Difference(path, repr(self), shown(found))]

    def __repr__(self) -> str:
        return "nothing"


@dataclass(frozen=True)
class _Exactly(Matcher):
    expected: Any

    def differences(self, found: Any, path: str, captured: Captured) -> list[Difference]:
        if _same(self.expected, found):
            return []
        return [Difference(path, repr(self), shown(found))]

    def __repr__(self) -> str:
        return f"exactly {shown(self.expected)}"


@dataclass(frozen=True)
class _Matching(Matcher):
    pattern: str

    def differences(self, found: Any, path: str, captured: Captured) -> list[Difference]:
        if isinstance(found, str) and re.search(self.pattern, found):
            return []
        return [Difference(path, repr(self), shown(found))]

    def __repr__(self) -> str:
        return f"text matching /{self.pattern}/"


@dataclass(frozen=True)
class _NotMatching(Matcher):
    unwanted: Any

    def differences(self, found: Any, path: str, captured: Captured) -> list[Difference]:
        if found is not MISSING and compare(self.unwanted, found, path, Captured()):
            return []
        return [Difference(path, repr(self), shown(found))]

    def __repr__(self) -> str:
        return f"anything but {shown(self.unwanted)}"


@dataclass(frozen=True)
class _Contains(Matcher):
    items: tuple[Any, ...]

    def differences(self, found: Any, path: str, captured: Captured) -> list[Difference]:
        there = found if isinstance(found, list) else [] if found is MISSING else [found]
        different = []
        for expected in self.items:
            tries = [(Captured(), item) for item in there]
            results = [compare(expected, item, f"{path}[{i}]", own) for i, (own, item) in enumerate(tries)]
            fitting = [own for (own, _), result in zip(tries, results, strict=True) if not result]
            if fitting:
                captured.pairs += fitting[0].pairs
            elif results and len(nearest := min(results, key=len)) < size(expected):
                different += nearest
            else:
                different.append(Difference(path, f"an item {shown(expected)}", shown(found)))
        return different

    def __repr__(self) -> str:
        return f"a list with {', '.join(map(shown, self.items))}"


@dataclass(frozen=True)
class _JsonText(Matcher):
    expected: Any

    def differences(self, found: Any, path: str, captured: Captured) -> list[Difference]:
        try:
            value = json.loads(found)
        except (TypeError, ValueError):
            return [Difference(path, repr(self), shown(found))]
        return compare(self.expected, value, f"{path}(json)", captured)

    def __repr__(self) -> str:
        return f"JSON text of {shown(self.expected)}"


anything: Matcher = _Anything()
"""There, whatever it is."""
absent: Matcher = _Absent()
"""Not there."""


def exactly(expected: Any) -> Matcher:
    """This and no more: no other key, no other item."""
    return _Exactly(expected)


def matching(pattern: str) -> Matcher:
    """Text in which the regular expression is found."""
    return _Matching(pattern)


def not_matching(unwanted: Any) -> Matcher:
    """There, and different from this."""
    return _NotMatching(unwanted)


def contains(*items: Any) -> Matcher:
    """A list in which each of these is found, in any order; a single value counts as a list of one (as in policies)."""
    return _Contains(items)


def json_text(expected: Any) -> Matcher:
    """Text that is JSON, whose value matches."""
    return _JsonText(expected)


def compare(expected: Any, found: Any, path: str, captured: Captured) -> list[Difference]:
    """Where ``found`` is not as expected; none when it matches."""
    if isinstance(expected, Matcher):
        return expected.differences(found, path, captured)
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [
            difference
            for key, value in expected.items()
            for difference in compare(value, found.get(key, MISSING), f"{path}.{key}" if path else key, captured)
        ]
    if isinstance(expected, (list, tuple)) and isinstance(found, list):
        return _items(expected, found, path, captured)
    return [] if _same(expected, found) else [Difference(path, shown(expected), shown(found))]


def _items(expected: Sequence[Any], found: list[Any], path: str, captured: Captured) -> list[Difference]:
    different = [
        difference
        for i, pair in enumerate(zip(expected, found, strict=False))
        for difference in compare(*pair, f"{path}[{i}]", captured)
    ]
    if len(expected) != len(found):
        different.append(Difference(path, f"{len(expected)} items", f"{len(found)}: {shown(found)}"))
    return different


def _same(expected: Any, found: Any) -> bool:
    """Equal, and a boolean only to a boolean."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return expected.keys() == found.keys() and all(_same(expected[key], found[key]) for key in expected)
    if isinstance(expected, (list, tuple)) and isinstance(found, list):
        return len(expected) == len(found) and all(map(_same, expected, found))
    return isinstance(expected, bool) == isinstance(found, bool) and bool(expected == found)


def size(expected: Any) -> int:
    """In how many places a value can differ."""
    parts: Iterable[Any] = ()
    if isinstance(expected, Mapping):
        parts = expected.values()
    elif isinstance(expected, (list, tuple)):
        parts = expected
    return sum(map(size, parts)) or 1


def shown(value: Any) -> str:
    """A value as the template writes it, on one line that is not too long."""
    if value is MISSING or isinstance(value, Matcher):
        return repr(value)
    try:
        text = json.dumps(value, ensure_ascii=False, default=repr)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= SHOWN_LENGTH else f"{text[: SHOWN_LENGTH - 3]}..."
