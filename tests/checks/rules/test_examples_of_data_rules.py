"""Encryption, bucket, TLS and data protection rules: their examples, the good templates, and odd input."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.component_samples import asked, fixed

from tap_templates.blueprints.secure_enterprise import build
from tap_templates.checks.rule import Rule
from tap_templates.checks.rules import every_rule
from tap_templates.checks.view import View
from tap_templates.requirements import REQUIREMENT

FAMILIES = ("E91", "E92", "W92", "E96")
OF_OTHERS = ("E9101",)
RULES = [rule for rule in every_rule() if rule.id.startswith(FAMILIES) and rule.id not in OF_OTHERS]
SECURE = Path(__file__).parents[3] / "templates" / "secure-enterprise.json"
ODD: list[Any] = [
    None,
    -1,
    "",
    "{{resolve:ssm:/a}}",
    '{"Statement": [1]}',
    [],
    [[None, {"Key": 1}]],
    {},
    {1: 2, "a": "b"},
    {"Ref": ["a"]},
    {"Ref": "AWS::NoValue"},
    {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, 1]},
    {"Fn::If": [1]},
    {"Fn::GetAtt": [None, 3]},
    {"Fn::Sub": ["${a}", {"a": [1]}]},
    {"Fn::Join": [None, None]},
    {"Fn::Transform": {}},
]


def configured(rule: Rule, demands: dict[str, Any]) -> Rule:
    """The rule, with demands."""
    made = type(rule)()
    made.configure(demands)
    return made


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_failing_example_fails_and_passing_example_holds(rule: Rule) -> None:
    """What `explain` shows is true."""
    made = configured(rule, dict(rule.example_demands))

    assert "fails" in {verdict.result for verdict in made.judge(View(rule.example.failing))}
    assert {verdict.result for verdict in made.judge(View(rule.example.passing))} == {"holds"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_explains_itself(rule: Rule) -> None:
    """Its words, its source at AWS, and demands that exist."""
    assert rule.shortdesc
    assert rule.description.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix[0].islower()
    assert rule.source_url.startswith("https://docs.aws.amazon.com/")
    assert set(rule.demands) <= set(REQUIREMENT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_secure_enterprise_holds(rule: Rule) -> None:
    """The template that ships is a good one."""
    template = json.loads(SECURE.read_text(encoding="utf-8"))

    assert [verdict.message() for verdict in rule.judge(View(template)) if verdict.result != "holds"] == []


@pytest.mark.parametrize("made", [asked, fixed])
@pytest.mark.parametrize(("bucket", "trail"), [("AES256", "AES256"), ("aws:kms", "aws:kms"), ("any", "aws:kms")])
def test_what_the_components_build_holds(made: Any, bucket: str, trail: str) -> None:
    """Also with keys of the stack's own."""
    template = json.loads(build(made(bucket=bucket, trail=trail)).to_json())
    rules = [
        configured(rule, {"trail_encryption": trail} if "trail_encryption" in rule.demands else {}) for rule in RULES
    ]
    found = [verdict for rule in rules for verdict in rule.judge(View(template)) if verdict.result != "holds"]

    assert [verdict.message() for verdict in found] == []


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a template."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield (*path, key)
        yield from places(part, (*path, key))


def mutants(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Examples with odd values in places of chance."""
    chance = random.Random(seed)
    examples = [dict(template) for rule in RULES for template in rule.example]
    for _ in range(count):
        template = copy.deepcopy(chance.choice(examples))
        for _ in range(chance.choice([1, 2])):
            *towards, last = chance.choice(list(places(template)))
            inside: Any = template
            for step in towards:
                inside = inside[step]
            inside[last] = copy.deepcopy(chance.choice(ODD))
        yield template


def test_odd_templates_break_no_rule() -> None:
    """Every verdict of a thousand mutants can be told; nothing raises."""
    verdicts = [verdict for template in mutants(7, 1000) for rule in RULES for verdict in rule.judge(View(template))]

    assert {verdict.result for verdict in verdicts} == {"holds", "fails", "cannot tell"}
    assert all(verdict.message() and verdict.logical_id for verdict in verdicts)
