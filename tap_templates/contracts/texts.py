"""Texts with open places: what a value of a template becomes, as far as the template says.

A text is an ordinary string in which a single character from a private plane of Unicode stands for what only the
deployed stack knows, so that texts are joined, split and taken apart as strings are.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from tap_templates.data.pseudo_parameters import pseudo_parameters

FIRST_PLACE, LAST_PLACE = 0xF0000, 0xFFFFD  # Unicode, Supplementary Private Use Area-A.
MOST_ALTERNATIVES = 24
ANYTHING = r"[\s\S]*"
SYNTAX = re.compile(r"[\\^$.*+?()\[\]{}|]")
LENGTHS_IN_UUID = (8, 4, 4, 4, 12)
T = TypeVar("T")


class Place(NamedTuple):
    """What may stand in an open place: a regular expression of the whole, and of each character where that is known."""

    pattern: str
    character: str | None = None


class Places:
    """The open places of the texts of one template."""

    def __init__(self) -> None:
        self._places: list[Place] = []

    def text(self, pattern: str, character: str | None = None) -> str:
        """The text that consists of one open place."""
        place = Place(pattern, character)
        if place not in self._places:
            self._places.append(place)
        return chr(FIRST_PLACE + self._places.index(place))

    @property
    def unknown(self) -> str:
        """The text of which nothing is known."""
        return self.text(ANYTHING)

    def pseudo(self, name: str) -> str | None:
        """What a pseudo parameter gives; the id of a stack in its parts."""
        if name == "AWS::StackId":
            digits = (self.text(f"[0-9a-f]{{{length}}}", "[0-9a-f]") for length in LENGTHS_IN_UUID)
            words = [self.pseudo(f"AWS::{word}") for word in ("Partition", "Region", "AccountId", "StackName")]
            return "arn:{}:cloudformation:{}:{}:stack/{}/{}".format(*words, "-".join(digits))
        known = pseudo_parameters().get(name)
        return self.text(known.pattern, known.character) if known else None

    def split(self, text: str, delimiter: str) -> list[str] | None:
        """The parts of a text; None where an open place may hold the delimiter."""
        places = [self._place(character) for character in text]
        return None if any(place and _may_hold(place, delimiter) for place in places) else text.split(delimiter)

    def pattern(self, texts: Iterable[str]) -> str:
        """A regular expression of whichever of the texts it is, to stand anywhere in a longer one."""
        patterns = list(dict.fromkeys(map(self._pattern, texts)))
        return patterns[0] if len(patterns) == 1 else f"(?:{'|'.join(patterns)})"

    def _pattern(self, text: str) -> str:
        return "".join(grouped(place.pattern) if (place := self._place(each)) else escaped(each) for each in text)

    def _place(self, character: str) -> Place | None:
        return self._places[ord(character) - FIRST_PLACE] if FIRST_PLACE <= ord(character) <= LAST_PLACE else None


def escaped(text: str) -> str:
    """A text as a regular expression, in what JavaScript and Python have in common."""
    return SYNTAX.sub(r"\\\g<0>", text)


def grouped(pattern: str) -> str:
    """The pattern, in a group where it could come apart."""
    return f"(?:{pattern})" if "|" in pattern else pattern


def combined(alternatives: Sequence[Sequence[T]]) -> list[tuple[T, ...]] | None:
    """One of each, in every way; None where these are too many to be told."""
    count = 1
    for each in alternatives:
        count *= len(each)
        if count > MOST_ALTERNATIVES:
            return None
    return list(itertools.product(*alternatives))


def _may_hold(place: Place, delimiter: str) -> bool:
    return place.character is None or all(re.fullmatch(place.character, letter) for letter in delimiter)
