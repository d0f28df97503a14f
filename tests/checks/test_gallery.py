"""The gallery: no rule fires on a good template, and nearly every fault that is put into one is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from zlib import crc32

import pytest
from checks.test_every_rule import JUDGING, LOWEST_SCORE, demanding
from support.gallery import Piece, gallery

from tap_templates.checks.engine import configuration
from tap_templates.checks.rule import FAILS, HOLDS, Rule
from tap_templates.checks.view import View

pytestmark = pytest.mark.once

DROPPED, NEITHER, UNKNOWN, FLIPPED, PLANTED = "dropped", "neither side", "unknown", "flipped", "planted"
NO_VALUE = {"Ref": "AWS::NoValue"}
ELSEWHERE = {"Fn::ImportValue": "elsewhere"}
# What a change leaves as good as it was, by rule, and why. Nothing else is taken out of the score.
WITHOUT = {
    "E9208": "who is not named is not let in",
    "E9303": "a rule without addresses lets a group or a prefix list in",
    "E9305": "EC2 gives subnets no public addresses by default",
    "E9309": "an entry without addresses lets nothing through",
    "E9401": "what is not allowed is no wildcard",
    "E9402": "a statement without this resource allows less",
    "E9403": "a statement that is gone allows nothing",
    "E9404": "a statement that is gone allows nothing",
    "E9405": "a role that nobody assumes is closed",
    "E9408": "a statement without this resource allows less",
    "E9409": "what a key's policy does not allow is not too much",
    "E9410": "an action that is not there is not misspelt",
    "E9501": "what is not there is not literal",
    "E9502": "what is not there is not literal",
    "E9503": "what is not there is not literal",
    "E9512": "CloudFormation names what has no name, uniquely",
    "E9513": "CloudFormation keeps to the limits of its own names",
    "E9516": "CloudFormation's own names collide with nothing",
    "E9803": "a variable that is gone holds no secret",
    "E9801": "a function without Runtime is a container image",
    "W9306": "a rule without addresses leads to a group or a prefix list",
    "E9706": "an alarm without MetricName is one over an expression",
}
UNKNOWN_VALUE = {
    "E9208": "whoever it is, the statement's conditions let in this account alone",
    "E9303": "the port is none of administration, whoever reaches it",
    "E9309": "the ports are none of administration, whoever reaches them",
    "E9405": "whoever it is, the statement's conditions let in this account alone",
    "E9501": "another stack's export is not literal",
    "E9502": "another stack's export is not literal",
    "E9503": "another stack's export is not literal",
    "E9516": "a name that is not known is not known to collide",
    "E9803": "another stack's export is not written out",
    "W9711": "a size that another stack states is stated",
}
# The same for a fault of the rule's failing example, where a word of the statement around it makes it none.
ANYWHERE = ""
SURROUNDINGS = {
    "E9208": ("Condition", "conditions let in this account alone"),
    "E9516": (ANYWHERE, "a name collides only with its like"),
    "E9409": ("root", "all of KMS for the account's own root is AWS's default"),
}


class Mutant(NamedTuple):
    """A good template with one place changed."""

    kind: str
    template: Any


def value_at(template: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a place; raises LookupError where the template has none."""
    for key in path:
        try:
            template = template[key]
        except TypeError as error:
            raise LookupError(path) from error
    return template


def changed(value: Any, path: tuple[Any, ...], *to: Any) -> Any:
    """A template with another value at one place, or without it; what is not on the path is shared."""
    key, *rest = path
    made = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        made[key] = changed(value[key], tuple(rest), *to)
    elif to:
        made[key] = to[0]
    else:
        del made[key]
    return made


def last_name(path: tuple[Any, ...]) -> str:
    """Name of the property that a place is in."""
    return next(key for key in reversed(path) if isinstance(key, str))


def faults(rule: Rule) -> list[tuple[str, Any]]:
    """Values that the rule finds in its failing example, with the property that each is in."""
    found = []
    for verdict in rule.judge(View(rule.example.failing)):
        try:
            value = value_at(rule.example.failing, tuple(verdict.path))
        except LookupError:
            continue
        if verdict.result == FAILS:
            found.append((last_name(tuple(verdict.path)), value))
    return found


def mutants(rule: Rule, template: Any, path: tuple[Any, ...], planted: list[tuple[str, Any]]) -> Iterator[Mutant]:
    """What a place can become that is no longer good."""
    value = value_at(template, path)
    if rule.id not in WITHOUT:
        yield Mutant(DROPPED, changed(template, path))
        yield Mutant(NEITHER, changed(template, path, {"Fn::If": ["C", NO_VALUE, NO_VALUE]}))
    if rule.id not in UNKNOWN_VALUE:
        yield Mutant(UNKNOWN, changed(template, path, ELSEWHERE))
    if isinstance(value, bool):
        yield Mutant(FLIPPED, changed(template, path, not value))
    if rule.id not in SURROUNDINGS or not excused(SURROUNDINGS[rule.id][0], template, path):
        for name, fault in planted:
            if name == last_name(path) and fault != value:
                yield Mutant(PLANTED, changed(template, path, fault))


def excused(word: str, template: Any, path: tuple[Any, ...]) -> bool:
    """Whether the statement that a place is in has the surroundings that make a fault none."""
    if word == ANYWHERE or "Statement" not in path:
        return word == ANYWHERE
    statement = value_at(template, path[: path.index("Statement") + 2])
    return word in statement or word in str(statement.get("Principal"))


def judged(piece: Piece, every: int) -> Iterator[tuple[Rule, tuple[Any, ...]]]:
    """The rules that find a piece good, with the places that they judge; one in ``every`` of these, always the same."""
    view = View(piece.template)
    for each in JUDGING:
        rule = demanding(each)
        verdicts = list(rule.judge(view))
        if any(verdict.result != HOLDS for verdict in verdicts):
            continue  # The demands of the rule's example are not those of the piece.
        for path in dict.fromkeys(tuple(verdict.path) for verdict in verdicts):
            if len(path) > 3 and crc32(repr((piece.name, rule.id, path)).encode()) % every == 0:
                yield rule, path


@pytest.mark.parametrize("piece", gallery(), ids=lambda piece: piece.name)
def test_no_rule_fires_on_a_good_template(piece: Piece) -> None:
    """With what its organisation demands, everything holds and nothing is undecided."""
    configured, view = configuration(piece.requirements), View(piece.template)
    found = []
    for each in JUDGING:
        rule = type(each)()
        rule.configure(configured.get(rule.id))
        found += [verdict.message() for verdict in rule.judge(view) if verdict.result != HOLDS]

    assert found == []


@pytest.mark.parametrize("every", [40, pytest.param(1, marks=pytest.mark.slow)])
def test_faults_in_good_templates_are_found(every: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A value that is dropped, unknown, flipped, or the one of the rule's failing example: nearly all are seen."""
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    missed: dict[str, str] = {}
    planted = {rule.id: faults(demanding(rule)) for rule in JUDGING}
    for piece in gallery():
        for rule, path in judged(piece, every):
            try:
                every_mutant = list(mutants(rule, piece.template, path, planted[rule.id]))
            except LookupError:
                continue  # The verdict is about a place that the template does not have.
            for mutant in every_mutant:
                made[rule.id] += 1
                if any(verdict.result != HOLDS for verdict in rule.judge(View(mutant.template))):
                    caught[rule.id] += 1
                else:
                    missed[rule.id] = f"{mutant.kind} in {piece.name}: {'.'.join(str(key) for key in path)}"
    score = caught.total() / made.total()
    with capsys.disabled():
        print(f"\nmutants of the gallery: {caught.total()} of {made.total()} caught ({score:.1%}), {len(made)} rules")
        for rule_id in sorted(missed):
            print(f"  {rule_id}: {caught[rule_id]} of {made[rule_id]}; missed: {missed[rule_id]}")

    assert score >= LOWEST_SCORE
    assert [rule_id for rule_id in made if not caught[rule_id]] == []


def test_every_exception_is_of_a_rule() -> None:
    """What is taken out of the score belongs to rules that there are."""
    assert {*WITHOUT, *UNKNOWN_VALUE, *SURROUNDINGS} <= {rule.id for rule in JUDGING}
