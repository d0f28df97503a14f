"""Physical names after everything is bound, whatever the settings."""

from __future__ import annotations

import hashlib
import itertools
import re
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.choices import NAMES, arguments
from support.raw import RawResource
from support.resolve import bound, names

from tap_templates import Settings, Stack, build
from tap_templates.data import load
from tap_templates.data.regions import longest_region, regions
from tap_templates.naming import NameParts, decode, logical_id, role_of

RULES: dict[str, Any] = load("names.json")["types"]
PROPERTIES = {kind: rule["property"] for kind, rule in RULES.items()}
LONGEST = {"Region": longest_region(), "Partition": "aws-us-gov", "StackName": "s" * 128}
LONGEST_SHORT_ROLE = 12  # 32 characters without an environment of 10, a suffix of 8 and two hyphens.
SMALL = ("AWS::S3::Bucket", "AWS::IAM::Role", "AWS::SQS::Queue", "AWS::ElasticLoadBalancingV2::LoadBalancer")


def nested(path: str, value: Any) -> dict[str, Any]:
    """``{"BackupPlan": {"BackupPlanName": value}}`` of a dotted path."""
    first, _, rest = path.partition(".")
    return {first: nested(rest, value) if rest else value}


def named(title: str, kind: str, name: Any) -> RawResource:
    """A resource with a name and nothing else, apart from what a policy cannot do without."""
    properties = nested(PROPERTIES[kind], name)
    if kind == "AWS::IAM::ManagedPolicy":
        properties["PolicyDocument"] = {"Version": "2012-10-17", "Statement": []}
    return RawResource(title, kind, properties)


def small_stack(chosen: Settings, role: str = "files") -> Stack:
    """A stack of one named resource of each of a few types."""
    stack = Stack(chosen)
    for kind in SMALL:
        short = role.replace("-", "")[:LONGEST_SHORT_ROLE] if RULES[kind]["maximum"] <= 40 else role
        stack.add(named(kind.replace(":", ""), kind, stack.convention.physical_name(short, kind)))
    return stack


def is_within_the_rule(kind: str, name: str) -> bool:
    """Whether AWS accepts a name for a type: its length, its characters, its case."""
    rule = RULES[kind]
    fits = rule["minimum"] <= len(name) <= rule["maximum"] and re.fullmatch(rule["characters"], name)
    return bool(fits) and (rule["case"] == "any" or name == name.lower())


@settings(max_examples=1000)
@given(chosen=arguments(), role=NAMES)
def test_names_of_a_small_stack_are_within_their_rules(chosen: dict[str, Any], role: str) -> None:
    """With the longest answers in the form, in the longest Region, AWS accepts each name."""
    template = small_stack(Settings(**chosen), role).to_dict()
    found = list(names(template, PROPERTIES, bound(template, **LONGEST)))

    assert len(found) == len(SMALL)
    assert [each for each in found if not is_within_the_rule(*each[1:])] == []


@settings(max_examples=60)
@given(chosen=arguments())
def test_names_of_secure_enterprise_are_within_their_rules(chosen: dict[str, Any]) -> None:
    """With the longest answers in the form, in the longest Region, AWS accepts each name of the blueprint."""
    template = build("secure-enterprise", Settings(**chosen)).to_dict()
    found = list(names(template, PROPERTIES, bound(template, **LONGEST)))

    assert len(found) > 20
    assert [each for each in found if not is_within_the_rule(*each[1:])] == []
    assert len({(kind, name) for _, kind, name in found}) == len(found)


@pytest.mark.parametrize("kind", sorted(RULES))
def test_longest_project_and_environment_fit_every_type(kind: str) -> None:
    """Every type of the table takes a role of five letters with everything asked for at upload."""
    stack = Stack()
    stack.add(named("Files", kind, stack.convention.physical_name("files", kind)))
    template = stack.to_dict()
    [(_, _, name)] = names(template, PROPERTIES, bound(template, **LONGEST))

    assert is_within_the_rule(kind, name), name


def stack_id(*parts: str) -> str:
    """ARN of a stack whose UUID depends on all parts, as AWS gives each stack one of its own."""
    account, region, stack = parts[0], parts[1], parts[-1]
    unique = uuid.UUID(hashlib.sha256("/".join(parts).encode()).hexdigest()[:32])
    return f"arn:aws:cloudformation:{region}:{account}:stack/{stack}/{unique}"


@pytest.mark.parametrize("blueprint", [False, True])
def test_names_of_different_stacks_are_disjoint(blueprint: bool) -> None:
    """One template, 2 projects x 3 environments x 3 stacks x 2 Regions x 2 accounts: no name comes twice."""
    template = (build("secure-enterprise") if blueprint else small_stack(Settings())).to_dict()
    seen: dict[tuple[str, str], tuple[str, ...]] = {}
    count = 0
    for key in itertools.product(
        ("111111111111", "222222222222"),
        ("eu-west-1", "us-gov-east-1"),
        ("pay", "payments"),
        ("dev", "staging", "prod"),
        ("first", "second", "third"),
    ):
        account, region, project, environment, stack = key
        answers = {"Project": project, "Environment": environment}
        bindings = bound(template, answers, AccountId=account, Region=region, StackName=stack, StackId=stack_id(*key))
        for _, kind, name in names(template, PROPERTIES, bindings):
            assert (kind, name) not in seen, (name, key, seen[kind, name])
            seen[kind, name] = key
            count += 1

    assert len(seen) == count >= 72 * len(SMALL)


@settings(max_examples=1000)
@given(
    project=st.from_regex(r"[a-z][a-z0-9]{1,19}", fullmatch=True),
    environment=st.from_regex(r"[a-z][a-z0-9]{1,9}", fullmatch=True),
    role=NAMES,
    revision=st.integers(1, 99),
    kind=st.sampled_from(sorted(RULES)),
)
def test_name_decodes_into_its_parts(project: str, environment: str, role: str, revision: int, kind: str) -> None:
    """What was put into a name comes out again; a short name has no project."""
    is_short = RULES[kind]["maximum"] <= 40
    if RULES[kind]["maximum"] <= 50:
        role = role.replace("-", "")[:4]
    stack = Stack(Settings(project=project, environment=environment, profile="dev"))
    name = stack.convention.physical_name(role, kind, revision=revision)
    stack.add(named("One", kind, name))
    template = stack.to_dict()
    [(_, _, resolved)] = names(template, PROPERTIES, bound(template))

    assert decode(resolved, kind) == NameParts(None if is_short else project, environment, role, "0a1b2c3d", revision)


@given(NAMES.filter(lambda name: not re.search("-[0-9]", name)))
def test_role_of_a_logical_id_is_the_name_it_was_made_of(name: str) -> None:
    """``read-only`` becomes ``ReadOnly`` becomes ``read-only``, unless a part begins with a digit."""
    one_letter_parts = any(len(part) == 1 for part in name.split("-"))

    assert one_letter_parts or role_of(logical_id(name)) == name


def test_every_region_is_at_most_the_longest() -> None:
    """The Region that names are judged with is the longest that there is."""
    assert max(len(region) for region in regions()) == len("us-isof-south-1") == len(LONGEST["Region"])
