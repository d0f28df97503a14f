"""Python literals as a person writes them: short ones on a line, long ones one item to a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

WIDTH = 120
STEP = "    "


def literal(value: Any, *, before: str = "", indent: str = "") -> str:
    """``value`` as Python; ``before`` stands on the same line (``BUCKETS = ``), ``indent`` before further lines."""
    short = _short(value)
    fits = len(indent) + len(before) + len(short) + 1 <= WIDTH
    if fits or not isinstance(value, (Mapping, list)) or not value:
        return before + short
    inner = indent + STEP
    if isinstance(value, Mapping):
        items = [literal(item, before=f"{_short(key)}: ", indent=inner) for key, item in value.items()]
        opened, closed = "{", "}"
    else:
        items = [literal(item, indent=inner) for item in value]
        opened, closed = "[", "]"
    lines = "".join(f"{inner}{item},\n" for item in items)
    return f"{before}{opened}\n{lines}{indent}{closed}"


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_short(key)}: {_short(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_short, value)) + "]"
    if isinstance(value, str):
        single = '"' in value and "'" not in value
        return repr(value) if single or not value.isprintable() else json.dumps(value, ensure_ascii=False)
    return repr(value)
