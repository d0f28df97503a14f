"""Whatever a settings file holds: settings, or an error of ours that says where."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tap_templates.errors import SettingsError, TapTemplatesError
from tap_templates.settings.file import environments, load

GOOD = """\
version: 1
project: payments
owner: team-payments@example.com
cost_center: CC-1234
requirements: {bucket_encryption: AES256, tls_floor: "1.2", required_tags: [Project, Team]}
access_keys: {max_age_days: 90, grace_days: 7}
tags: {Team: red}
groups:
  - {name: developers, data: write}
  - name: operators
users:
  - {name: alice, groups: [developers], email: alice@example.com}
  - {name: bob, groups: [operators]}
environments:
  dev: {alarm_email: dev@example.com, reserve_concurrency: false}
  prod:
    data_classification: restricted
    log_retention_days: 731
"""
JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, 1.5, float("nan"), float("inf"), "", " ", "Ä", "x" * 300, "aws:x", "~", "1.2", [], [[]],
    [None], {}, {"": ""}, {"a": {"b": []}}, "dev", "a-r2", "\n", "${Owner}", "*", "<<", b"\xff", "AES-256",
)  # fmt: skip
SNIPPETS = (
    "\t", ":", "- ", "&a ", "*a", "<<: *a", "!!int ", "!!timestamp ", "!x ", "{", "}", "[", "]", "'", '"', "|\n", "#",
    "? ", "%", "@", "\x00", "\ufeff", "\n", "---\n", "...\n", "0x", "1e999", "2026-99-99", "~", "\u2028", "\U0001f600",
)  # fmt: skip


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every mapping or list of a tree with each of its keys or indexes."""
    keys: list[Any] = list(tree) if isinstance(tree, dict) else list(range(len(tree))) if isinstance(tree, list) else []
    return [(tree, key) for key in keys] + [place for key in keys for place in places(tree[key])]


def changed_tree(dice: random.Random) -> bytes:
    """The good file with a few entries dropped, renamed, doubled or replaced."""
    tree: Any = yaml.safe_load(GOOD)
    for _ in range(dice.randint(1, 3)):
        found = places(tree)
        if not found:
            break
        holder, key = dice.choice(found)
        act = dice.choice(["drop", "rename", "replace", "replace", "move"])
        if act == "drop":
            del holder[key]
        elif act == "rename" and isinstance(holder, dict):
            letters = list(str(key))
            dice.shuffle(letters)
            holder[dice.choice(["".join(letters), f"{key}s", str(key)[:-1], 7, None, True])] = holder.pop(key)
        elif act == "move":
            other, place = dice.choice(found)
            holder[key] = copy.deepcopy(other[place]) if place in other or isinstance(other, list) else None
        else:
            holder[key] = copy.deepcopy(dice.choice(JUNK))
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False).encode()


def changed_text(dice: random.Random) -> bytes:
    """The good file with lines dropped, doubled or swapped, snippets put in, or cut short."""
    lines = GOOD.splitlines(keepends=True)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(lines))
        act = dice.choice(["drop", "double", "swap", "indent", "insert", "insert", "cut"])
        if act == "drop" and len(lines) > 1:
            del lines[at]
        elif act == "double":
            lines.insert(at, lines[at])
        elif act == "swap":
            lines[at], lines[-1] = lines[-1], lines[at]
        elif act == "indent":
            lines[at] = " " * dice.randint(1, 4) + lines[at]
        elif act == "insert":
            column = dice.randint(0, len(lines[at]))
            lines[at] = lines[at][:column] + dice.choice(SNIPPETS) + lines[at][column:]
        else:
            lines = [*lines[:at], lines[at][: dice.randint(0, len(lines[at]))]]
    return "".join(lines).encode()


def changed_bytes(dice: random.Random) -> bytes:
    """The good file with a few bytes that are anything, or nothing but such bytes."""
    content = bytearray(GOOD.encode()) if dice.random() < 0.8 else bytearray(dice.randbytes(200))
    for _ in range(dice.randint(1, 4)):
        content[dice.randrange(len(content))] = dice.randrange(256)
    return bytes(content)


def outcome(path: Path, environment: str | None) -> str:
    """``good`` when a file was accepted, ``bad`` when it was refused with an explanation."""
    try:
        load(str(path), environment)
        environments(str(path))
    except TapTemplatesError as error:
        return "bad" if is_explained(error, str(path)) else f"unexplained: {error}"
    return "good"


def is_explained(error: TapTemplatesError, path: str) -> bool:
    """Whether an error says in one line each where, what was found and what to do."""
    problems = error.problems if isinstance(error, SettingsError) else (str(error),)
    explained = [
        problem.startswith(f"{path}:") and ": found " in problem and "\n" not in problem and len(problem) < 1000
        for problem in problems
    ]
    return error.exit_code == 2 and error.where.startswith(path) and bool(error.remedy and explained and all(explained))


def run(path: Path, seeds: range) -> set[str]:
    """Outcomes of files changed in one way for each seed."""
    ways: list[Callable[[random.Random], bytes]] = [changed_tree, changed_text, changed_bytes]
    found = set()
    for seed in seeds:
        dice = random.Random(seed)
        path.write_bytes(ways[seed % 3](dice))
        found.add(outcome(path, [None, "dev", "prod", "nowhere"][seed % 4]))
    return found


def test_good_file_is_good(tmp_path: Path) -> None:
    """The file that the others are made of is accepted in each of its forms."""
    path = tmp_path / "tap.yaml"
    path.write_text(GOOD, encoding="utf-8")

    assert [outcome(path, environment) for environment in (None, "dev", "prod")] == ["good"] * 3


def test_changed_files_give_settings_or_our_errors(tmp_path: Path) -> None:
    """500 files that were good once are accepted or explained, and raise nothing else."""
    assert run(tmp_path / "tap.yaml", range(500)) == {"good", "bad"}


@pytest.mark.slow
@pytest.mark.parametrize("start", range(500, 5000, 900))
def test_thousands_of_changed_files_give_settings_or_our_errors(tmp_path: Path, start: int) -> None:
    """With these, 5,000 files that were good once are accepted or explained, and raise nothing else."""
    assert run(tmp_path / "tap.yaml", range(start, start + 900)) == {"good", "bad"}
