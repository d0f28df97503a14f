"""E9513: a physical name is within the limits of its type, whatever is filled in at upload."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from tap_templates.checks.names import Name, names
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.view import View

SAMPLE = "a1"  # Letters that every type's names may begin with and end with.


def _bucket(name: Any, longest: int) -> dict[str, Any]:
    parameter = {"Type": "String", "MinLength": 2, "MaxLength": longest}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
    return {"Parameters": {"Project": parameter}, "Resources": {"Documents": bucket}}


class NameFitsItsType(Rule):
    """Length with the longest answers that the parameters accept, and the characters of what is written out."""

    id = "E9513"
    shortdesc = "A physical name fits its type"
    description = "The longest name that can come out is within the type's limit, and its characters are allowed."
    why = "A name that is too long for one answer in the form fails in the middle of a deployment."
    fix = "shorten the name, or give its parameters a smaller MaxLength"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"
    example = Example(
        failing=_bucket({"Fn::Sub": "${Project}-${AWS::AccountId}-documents"}, 60),
        passing=_bucket({"Fn::Sub": "${Project}-${AWS::AccountId}-documents"}, 20),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each name that is given."""
        for name in names(view):
            yield self._length(name)
            yield from self._characters(name)

    def _length(self, name: Name) -> Verdict:
        path, value, most = name.found.path, name.found.value, name.rule.maximum
        longest = sum(part.longest for part in name.parts)
        known = sum(min(map(len, part.texts)) for part in name.parts if part.texts)
        if longest <= most:
            return Verdict(HOLDS, path, value)
        if known > most or not math.isinf(longest):
            up_to = known if math.isinf(longest) else int(longest)
            remedy = f"up to {up_to} characters, and {name.rule.type} allows {most}: {self.fix}"
            return Verdict(FAILS, path, value, remedy)
        loose = ", ".join(dict.fromkeys(part.token for part in name.parts if math.isinf(part.longest)))
        return Verdict(CANNOT_TELL, path, value, f"{name.rule.type} allows {most} characters: bound {loose}")

    @staticmethod
    def _characters(name: Name) -> Iterator[Verdict]:
        wrong = list(_wrong(name))
        if wrong:
            remedy = f"{name.rule.type} does not allow {', '.join(wrong)}: use names like {name.rule.characters}"
            yield Verdict(FAILS, name.found.path, name.found.value, remedy)


def _wrong(name: Name) -> Iterator[str]:
    """What is written out and not allowed: whole names where all is known, otherwise single characters."""
    known = [part.texts for part in name.parts if part.texts is not None]
    if len(known) == len(name.parts):
        yield from dict.fromkeys(repr(text) for text in _spellings(known) if not _is_name(name, text))
    else:
        before, after = f"{name.rule.prefix}{SAMPLE}", SAMPLE[::-1]
        *inner, last = name.parts
        endings = [text for text in last.texts or () if not re.fullmatch(name.rule.characters, before + text)]
        inside = [text for part in inner for text in part.texts or ()]
        for letter in dict.fromkeys("".join([*inside, *endings])):
            if not re.fullmatch(name.rule.characters, f"{before}{letter}{after}"):
                yield repr(letter)


def _is_name(name: Name, text: str) -> bool:
    longest_is_judged = len(text) > name.rule.maximum
    return longest_is_judged or (len(text) >= name.rule.minimum and bool(re.fullmatch(name.rule.characters, text)))


def _spellings(known: list[tuple[str, ...]]) -> Iterator[str]:
    """Names with each text of each part, one part varied at a time."""
    firsts = [texts[0] for texts in known]
    yield "".join(firsts)
    for index, texts in enumerate(known):
        for text in texts[1:]:
            yield "".join([*firsts[:index], text, *firsts[index + 1 :]])
