"""What the template states beside what the service says, down to the last value that can differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tap_templates.deployment.verification.documents import statements, version
from tap_templates.deployment.verification.values import Policy, Tags, Unknown, Whole, first_unknown, tags_of

IDENTITIES = ("Id", "Key", "Name", "PolicyName", "MetricName", "Sid")
"""Properties that tell the items of a list apart, whatever their order."""


class Pair(NamedTuple):
    """One value: where it is, what is expected and what was found."""

    path: str
    expected: Any
    found: Any
    same: bool


def pairs(path: str, expected: Any, found: Any) -> Iterator[Pair]:
    """Every value below ``path``. What the service says beyond the template is no matter unless it says ``Whole``."""
    if isinstance(expected, Unknown):
        yield Pair(path, expected, found, False)
    elif isinstance(found, Policy):
        yield from _of_policy(path, expected, found)
    elif isinstance(found, Tags):
        yield from _of_mapping(path, tags_of(expected), found)
    elif isinstance(expected, Mapping) and isinstance(found, Mapping) and expected:
        yield from _of_mapping(path, expected, found)
    elif isinstance(expected, list) and isinstance(found, list):
        yield from _of_list(path, expected, found)
    else:
        yield Pair(path, expected, found, same(expected, found))


def same(expected: Any, found: Any) -> bool:
    """Whether two plain values are one: CloudFormation and the services write numbers and booleans as text, too."""
    if expected in (None, "", [], {}) and found in (None, "", [], {}):
        return True
    left, right = _parsed(expected), _parsed(found)
    if isinstance(left, (Mapping, list)) or isinstance(right, (Mapping, list)):
        return bool(_plain(left) == _plain(right))
    if isinstance(expected, str) and isinstance(found, str):
        return expected == found
    return _scalar(expected) == _scalar(found)


def _of_policy(path: str, expected: Any, found: Policy) -> Iterator[Pair]:
    if not isinstance(expected, (Mapping, str)):
        yield Pair(path, expected, dict(found), False)
        return
    yield Pair(f"{path}.Version", version(expected), version(found), version(expected) == version(found))
    wanted, there = statements(expected), statements(found)
    for label in [*wanted, *(label for label in there if label not in wanted)]:
        left, right = wanted.get(label), there.get(label)
        yield Pair(f"{path}.{label}", first_unknown(left) or left, right, left == right)


def _of_mapping(path: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Pair]:
    for key, value in expected.items():
        yield from pairs(f"{path}.{key}", value, found.get(key))
    if isinstance(found, Whole):
        for key, value in found.items():
            if key not in expected and value not in (None, "", [], {}):
                yield Pair(f"{path}.{key}", None, value, False)


def _of_list(path: str, expected: list[Any], found: list[Any]) -> Iterator[Pair]:
    identity = _identity(expected, found)
    if identity is None:
        if expected and all(isinstance(item, Mapping) for item in [*expected, *found]):
            by_position = zip(range(max(len(expected), len(found))), _padded(expected, found), strict=True)
            for at, (left, right) in by_position:
                yield from pairs(f"{path}[{at}]", left, right)
            return
        unknown = first_unknown(expected)
        yield Pair(path, unknown or expected, found, not unknown and _unordered(expected) == _unordered(found))
        return
    wanted, there = ({str(item[identity]): item for item in items} for items in (expected, found))
    for name in [*wanted, *(name for name in there if name not in wanted)]:
        yield from pairs(f"{path}[{name}]", wanted.get(name), there.get(name))


def _padded(left: list[Any], right: list[Any]) -> list[tuple[Any, Any]]:
    longest = max(len(left), len(right))
    return [(left[at] if at < len(left) else None, right[at] if at < len(right) else None) for at in range(longest)]


def _identity(expected: list[Any], found: list[Any]) -> str | None:
    """The property that all items of both lists have, each list with different values; None when there is none."""
    if not expected:
        return None
    for name in IDENTITIES:
        if all(
            all(isinstance(item, Mapping) and isinstance(item.get(name), str) for item in items)
            and len({item[name] for item in items}) == len(items)
            for items in (expected, found)
        ):
            return name
    return None


def _unordered(items: list[Any]) -> list[str]:
    return sorted(json.dumps(_plain(item), sort_keys=True) for item in items)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    return text.removesuffix(".0")


def _parsed(value: Any) -> Any:
    """The JSON text of an object or a list as data, anything else as it is."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
