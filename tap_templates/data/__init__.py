"""Facts about AWS as tables: how a table is read. A fact is data in a JSON file with its source, never code.

A large table is parsed a line at a time: its file has one entry per line, at the first column, so that a lookup reads
the file once and parses one line.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

DIRECTORY = os.path.dirname(os.path.abspath(__file__))


@cache
def load(name: str) -> dict[str, Any]:
    """Table ``name``, whole; the same object each time, so callers leave it as it is.

    Args:
        name: its file: ``"regions.json"``
    """
    table: dict[str, Any] = json.loads(text(name))
    return table


def entry(name: str, key: str) -> Any:
    """The entry ``key`` of a table with one entry per line; None when there is none. Nothing else is parsed."""
    line = _lines(name).get(key)
    return None if line is None else json.loads(line[len(key) + 3 :].rstrip(","))


def keys(name: str) -> tuple[str, ...]:
    """Keys of a table with one entry per line, in the order of the file. Nothing is parsed."""
    return tuple(_lines(name))


@cache
def text(name: str) -> str:
    """Table ``name`` as it is written."""
    with open(os.path.join(DIRECTORY, name), encoding="utf-8") as file:
        return file.read()


@cache
def _lines(name: str) -> dict[str, str]:
    """Each key of a table with one entry per line, with that line: ``"key":entry,``."""
    return {line[1 : line.index('"', 1)]: line for line in text(name).split("\n") if line[:1] == '"'}
