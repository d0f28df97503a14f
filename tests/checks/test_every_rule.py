"""What holds for every rule: its examples, its words, and that no template makes it stumble."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from support.component_samples import asked, fixed

from tap_templates import Requirements, Settings
from tap_templates.blueprints import build
from tap_templates.checks.rule import FAILS, HOLDS, Rule
from tap_templates.checks.rules import every_rule
from tap_templates.checks.view import View
from tap_templates.requirements import REQUIREMENT

pytestmark = pytest.mark.once

RULES = every_rule()
OF_THE_ENGINE = ("W9000", "W9003")  # Reported by the engine, not by a verdict of their own.
JUDGING = [rule for rule in RULES if rule.id not in OF_THE_ENGINE]
ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1.5,
        "",
        "text",
        "{{resolve:ssm:/a}}",
        '{"Statement": [1]}',
        [],
        {},
        [None],
        [[None, {"Key": 1}]],
    ),
    *({1: 2, "a": "b"}, {"Ref": "Nowhere"}, {"Ref": ["a"]}, {"Ref": "AWS::NoValue"}, {"Fn::Transform": {}}),
    *(
        {"Fn::If": ["C", 1, 2]},
        {"Fn::If": [1]},
        {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, 1]},
        {"Fn::Join": [None, None]},
    ),
    *({"Fn::Sub": 5}, {"Fn::Sub": ["${a}", {"a": [1]}]}, {"Fn::GetAtt": [None, 3]}, {"Fn::FindInMap": ["M", [], {}]}),
)
SEED = 20261126
LOWEST_SCORE = 0.95


def results(rule: Rule, template: Any) -> list[str]:
    """The words of a rule's verdicts."""
    return [verdict.result for verdict in rule.judge(View(template))]


def demanding(rule: Rule) -> Rule:
    """The rule with the demands of its example."""
    made = type(rule)()
    made.configure(dict(rule.example_demands))
    return made


@pytest.mark.parametrize("rule", JUDGING, ids=lambda rule: rule.id)
def test_failing_example_fails(rule: Rule) -> None:
    """The rule finds the fault that its example shows."""
    assert FAILS in results(demanding(rule), rule.example.failing)


@pytest.mark.parametrize("rule", JUDGING, ids=lambda rule: rule.id)
def test_passing_example_holds(rule: Rule) -> None:
    """The mended example has nothing but what holds."""
    assert set(results(demanding(rule), rule.example.passing)) <= {HOLDS}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_explains_itself(rule: Rule) -> None:
    """Every rule says what, why, how to mend it, and where that is from; its demands are requirements."""
    assert all((rule.shortdesc, rule.description, rule.why, rule.fix))
    assert rule.source_url.startswith("https://")
    assert set(rule.demands) <= set(REQUIREMENT)
    assert rule.severity in ("error", "warning")


def test_ids_are_unique() -> None:
    """No two rules share an id, and all are in this library's range."""
    assert max(Counter(rule.id for rule in RULES).values()) == 1
    assert all(rule.id[1] == "9" for rule in RULES)


@pytest.mark.parametrize("settings", [asked, fixed])
@pytest.mark.parametrize(("bucket", "trail"), [("AES256", "AES256"), ("aws:kms", "aws:kms"), ("any", "aws:kms")])
def test_what_the_library_builds_is_without_findings(settings: Any, bucket: str, trail: str) -> None:
    """No rule fires, or is undecided, on a template that is known to be good, whatever encryption is demanded."""
    demands = {"bucket_encryption": bucket, "trail_encryption": trail}
    template = json.loads(build("secure-enterprise", settings(bucket=bucket, trail=trail)).to_json())
    found = []
    for rule in RULES:
        rule = type(rule)()
        rule.configure({key: value for key, value in demands.items() if key in rule.demands})
        found += [verdict.message() for verdict in rule.judge(View(template)) if verdict.result != HOLDS]

    assert found == []


def test_data_that_goes_with_its_stack_is_without_findings() -> None:
    """Where nothing may be kept, nothing is built that stays."""
    kept_not = Requirements(data_retention="delete", backup_retention_days=0, deletion_protection=False)
    template = json.loads(build("secure-enterprise", Settings(requirements=kept_not)).to_json())
    rules = [rule for rule in RULES if "data_retention" in rule.demands]
    for rule in rules:
        rule = type(rule)()
        rule.configure({"data_retention": "delete"})
        assert set(results(rule, template)) == {HOLDS}
    assert rules


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a value, outermost first."""
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield from places(item, (*path, key))


def changed(template: Any, path: tuple[Any, ...], to: Any = None, *, drop: bool = False) -> Any:
    """A copy of a template with one place dropped or set to another value."""
    made = copy.deepcopy(template)
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    if drop:
        del holder[path[-1]]
    else:
        holder[path[-1]] = to
    return made


@pytest.mark.parametrize("count", [500, pytest.param(5_000, marks=pytest.mark.slow)])
def test_odd_templates_make_no_rule_stumble(count: int) -> None:
    """Any value may stand anywhere: a rule says what it finds, and never raises."""
    chosen = random.Random(SEED)
    templates = [rule.example.failing for rule in RULES] + [rule.example.passing for rule in RULES]
    for _ in range(count):
        template = chosen.choice(templates)
        for _ in range(chosen.randint(1, 3)):
            every = list(places(template))
            template = changed(template, chosen.choice(every), chosen.choice(ODD)) if every else template
        for rule in RULES:
            for verdict in rule.judge(View(template)):
                assert verdict.message()


def judged_places(rule: Rule) -> Iterator[tuple[Any, ...]]:
    """The places of the passing example that the rule's verdicts are about, as deep as the template has them."""
    for verdict in rule.judge(View(rule.example.passing)):
        yield tuple(verdict.path)


def mutants(rule: Rule) -> Iterator[Any]:
    """Templates that are no longer what must hold: the place that a verdict names dropped, emptied or made unknown."""
    for path in dict.fromkeys(judged_places(demanding(rule))):
        if path[-1] in ("Type", "Properties") or len(path) < 3:
            continue
        yield changed(rule.example.passing, path, drop=True)
        yield changed(rule.example.passing, path, {"Fn::ImportValue": "elsewhere"})
        yield changed(rule.example.passing, path, {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, {"Ref": "AWS::NoValue"}]})


def test_mutants_are_caught(capsys: pytest.CaptureFixture[str]) -> None:
    """Of all mutants of the good examples, nearly every one changes what its rule says."""
    made = caught = 0
    missed: Counter[str] = Counter()
    for rule in JUDGING:
        demanded = demanding(rule)
        good = results(demanded, rule.example.passing)
        for mutant in mutants(rule):
            made += 1
            seen = results(demanded, mutant) != good
            caught += seen
            missed[rule.id] += not seen
    with capsys.disabled():
        print(f"\nmutants of the rules' examples: {caught} of {made} caught ({caught / made:.1%})")

    assert caught / made >= LOWEST_SCORE, {rule: count for rule, count in missed.items() if count}
