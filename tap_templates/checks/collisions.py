"""Names that two templates, or two resources of one, would both want in the same account and Region; found offline.

A name with something unique for each stack collides with nothing. What is left is compared as patterns: an answer to a
Parameter can be anything, and the account, the Region and the partition are the same for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from math import prod
from typing import Any, NamedTuple

from tap_templates.checks.names import Name, Part, is_unique, names, parts_of
from tap_templates.checks.values import as_text
from tap_templates.checks.view import Found, Path, Scenario, View
from tap_templates.data.pseudo_parameters import pseudo_parameters

EXPORT = "Export"
RULE = "E9516"
FIX = "put part of AWS::StackId into the name, or leave it to CloudFormation"
MOST_SPELLINGS = 100  # Of one name; beyond that a choice of texts counts as any text.
ANY = ""  # Any text, in a row of letters.
Row = tuple[str, ...]  # Single letters, ANY, or pseudo parameters such as ``${AWS::Region}``.


class Claim(NamedTuple):
    """A name that a template wants, in a space where each name is given once."""

    space: str  # A resource type, or Export.
    holder: str  # What the name must be unique in, where that is less than the account.
    logical_id: str
    found: Found
    parts: tuple[Part, ...]
    folds_case: bool = False

    @property
    def key(self) -> str:
        """The name as it stands: within one template, the same key is the same name."""
        text = "".join(part.texts[0] if part.texts and len(part.texts) == 1 else part.token for part in self.parts)
        return text.lower() if self.folds_case else text


class Place(NamedTuple):
    """Where a name stands."""

    file: str
    logical_id: str
    path: Path
    found: Any


class _Wanted(NamedTuple):
    """A claim ready to be compared."""

    file: str
    claim: Claim
    rows: list[Row]  # What the name can be.
    plain: bool  # Whether they are letters and nothing else.

    @property
    def is_certain(self) -> bool:
        """Whether it is one name, whatever the parameters."""
        return len(self.rows) == 1 and ANY not in self.rows[0]


class Collision(NamedTuple):
    """Two places in different templates whose names are, or can be, the same."""

    space: str
    first: Place
    second: Place
    certain: bool  # False where it takes equal answers to parameters.

    def message(self) -> str:
        """Both places, what was found, what to do."""
        one, other = self.first, self.second
        whose = f"{'the export' if self.space == EXPORT else f'the {self.space}'} {one.logical_id} in {one.file}"
        return (
            f"{other.logical_id}: found {as_text(other.found)!r}, which {'is also' if self.certain else 'can also be'} "
            f"the name of {whose} ({as_text(one.found)!r}); {FIX}"
        )


def collisions(views: Mapping[str, View]) -> list[Collision]:
    """Every pair of names of different templates that can be equal in one account and Region.

    Args:
        views: the templates by the names of their files
    """
    spaces: dict[str, list[_Wanted]] = {}
    for file, view in views.items():
        for claim in claims(view):
            if not is_unique(claim.parts):
                rows = _rows(claim)
                plain = all(len(letter) == 1 for row in rows for letter in row)
                spaces.setdefault(claim.space, []).append(_Wanted(file, claim, rows, plain))
    return [
        Collision(space, _place(one), _place(other), one.is_certain and one.rows == other.rows)
        for space, wanted in spaces.items()
        for one, other in combinations(wanted, 2)
        if one.file != other.file and _can_be_equal(one, other)
    ]


def claims(view: View) -> Iterator[Claim]:
    """The names and exports of a template that must be unique in its account, or in what a property names."""
    for name in names(view):
        if name.rule.unique:
            holder = _holder(name)
            if not name.rule.within or view.referred(holder) is None:
                yield _claim(name, as_text(holder))
    for title, output in view.section("Outputs").items():
        export = output.get("Export") if isinstance(output, Mapping) else None
        if isinstance(export, Mapping) and "Name" in export:
            condition = output.get("Condition")
            when: Scenario = {condition: True} if isinstance(condition, str) else {}
            path = ("Outputs", str(title), "Export", "Name")
            for found in view.alternatives(export["Name"], path, when):
                yield Claim(EXPORT, "", str(title), found, tuple(parts_of(view, found.value, found.when)))


def duplicates(view: View) -> Iterator[tuple[Claim, Claim | None]]:
    """Every claim of one template, with an earlier one of the same name that can exist at the same time."""
    earlier: dict[tuple[str, str, str], list[Claim]] = {}
    for claim in _all_claims(view):
        same = earlier.setdefault((claim.space, claim.holder, claim.key), [])
        yield claim, next((each for each in same if _can_be_together(view, each, claim)), None)
        same.append(claim)


def _all_claims(view: View) -> Iterator[Claim]:
    """Those of ``claims``, and those that must be unique only in what the template itself makes."""
    yield from claims(view)
    for name in names(view):
        if name.rule.within and name.rule.unique and view.referred(_holder(name)) is not None:
            yield _claim(name, as_text(_holder(name)))


def _claim(name: Name, holder: str) -> Claim:
    space = name.rule.shared_with or name.rule.type
    return Claim(space, holder, name.resource.logical_id, name.found, name.parts, name.rule.folds_case)


def _holder(name: Name) -> Any:
    if not name.rule.within:
        return ""
    return next(iter(name.resource.get(name.rule.within, name.found.when)), name.found).value


def _place(wanted: _Wanted) -> Place:
    claim = wanted.claim
    return Place(wanted.file, claim.logical_id, claim.found.path, claim.found.value)


def _can_be_together(view: View, one: Claim, other: Claim) -> bool:
    first, second = one.found.when, other.found.when
    agree = all(second.get(name, holds) == holds for name, holds in first.items())
    return agree and view.is_possible({**first, **second})


def _rows(claim: Claim) -> list[Row]:
    """The rows of letters that a name can be."""
    texts = [part.texts for part in claim.parts if part.texts]
    known = prod(map(len, texts)) <= MOST_SPELLINGS
    choices = [_choices(part, known, claim.folds_case) for part in claim.parts]
    return [tuple(letter for row in rows for letter in row) for rows in product(*choices)]


def _choices(part: Part, known: bool, folds_case: bool) -> list[Row]:
    if part.texts and (known or len(part.texts) == 1):
        return [tuple(text.lower() if folds_case else text) for text in part.texts]
    return [(part.token if _pseudo(part.token) else ANY,)]


def _pseudo(token: str) -> str | None:
    """The pattern of a pseudo parameter; None for any other token."""
    known = pseudo_parameters().get(token[2:-1])
    return known.pattern if known else None


def _can_be_equal(one: _Wanted, other: _Wanted) -> bool:
    if one.plain and other.plain:
        return any(row in other.rows for row in one.rows)
    return any(_meet(row, other_row) for row in one.rows for other_row in other.rows)


def _meet(one: Row, other: Row) -> bool:
    """Whether some text is spelled by both rows."""
    waiting, seen = [(0, 0)], {(0, 0)}
    while waiting:
        at, other_at = waiting.pop()
        if at == len(one) and other_at == len(other):
            return True
        for state in _next(one, other, at, other_at):
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return False


def _next(one: Row, other: Row, at: int, other_at: int) -> Iterator[tuple[int, int]]:
    left = one[at] if at < len(one) else None
    right = other[other_at] if other_at < len(other) else None
    if left == ANY:
        yield at + 1, other_at
        if right is not None:
            yield at, other_at + 1
    elif right == ANY:
        yield at, other_at + 1
        if left is not None:
            yield at + 1, other_at
    elif left is not None and right is not None:
        if left == right:
            yield at + 1, other_at + 1
        elif len(left) > 1:
            yield from ((at + 1, other_at + count) for count in _spelled(left, other[other_at:]))
        elif len(right) > 1:
            yield from ((at + count, other_at + 1) for count in _spelled(right, one[at:]))


def _spelled(token: str, row: Row) -> Iterator[int]:
    """How many letters at the start of a row a pseudo parameter can be."""
    text = ""
    for letter in row:
        if len(letter) != 1:
            return
        text += letter
        if re.fullmatch(_pseudo(token) or "", text):
            yield len(text)
