"""Policies of any statements: split within the limit, nothing lost, no avoidable wildcard."""

from __future__ import annotations

import itertools
import json
from typing import Any

import awacs.aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.resolve import bound, resolve
from troposphere import AWSHelperFn, GetAtt, Ref, Sub, encode_to_dict, iam

from tap_templates import Settings, Stack
from tap_templates.data.actions import expand, needs_wildcard
from tap_templates.data.regions import longest_region
from tap_templates.errors import PolicyError
from tap_templates.naming import suffix
from tap_templates.policies import allow, document, split

ACTIONS = tuple(
    name for service in ("s3", "iam", "kms", "sqs", "sns", "logs", "ec2") for name in expand(f"{service}:*")
)
ARN = "arn:aws-us-gov:iam::123456789012:role/" + "r" * 160  # As long as an ARN may be that the template cannot know.
RESOURCES: st.SearchStrategy[str | AWSHelperFn] = st.sampled_from(
    [
        "arn:aws:s3:::files/*",
        GetAtt("Box", "Arn"),
        Ref("Topic"),
        Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/x/*"),
        Sub("arn:${AWS::Partition}:s3:::${Project}-${Environment}-${Suffix}/*", Suffix=suffix()),
        Sub("${Box.Arn}/reports/${!aws:username}/*"),
        'quoted "text" \\ and Ä',
    ]
)


def action(name: str) -> aws.Action:
    """The awacs action of a name."""
    return aws.Action(*name.split(":"))


@st.composite
def statements(draw: st.DrawFn) -> list[aws.Statement]:
    """Up to 25 statements of up to 40 actions each, numbered by their Sids."""
    made = []
    for number in range(draw(st.integers(0, 25))):
        start = draw(st.integers(0, len(ACTIONS) - 40))
        chosen = ACTIONS[start : start + draw(st.integers(1, 40))]
        when = aws.StringEquals("aws:RequestTag/x", Sub("${Owner}")) if draw(st.booleans()) else None
        resources = draw(st.lists(RESOURCES, min_size=1, max_size=5))
        made.append(allow([action(name) for name in chosen], on=resources, when=when, sid=f"S{number}"))
    return made


def worst_case(part: list[aws.Statement]) -> str:
    """A document as IAM counts it, with everything as long as it can be."""
    template = Stack()
    template.add(iam.Group("Group", GroupName=template.convention.physical_name("x", "AWS::IAM::Group")))
    finished = template.to_dict()
    finished["Parameters"]["Owner"] = {"Type": "String", "MaxLength": 64}
    known = bound(finished, Partition="aws-us-gov", Region=longest_region())
    encoded = resolve(finished, encode_to_dict(document(part)), {**known, "Topic": ARN, "Box.Arn": ARN})
    text = json.dumps(encoded, separators=(",", ":"), ensure_ascii=False)
    return text.replace('"<Box.Arn>"', json.dumps(ARN))


@settings(max_examples=150)
@given(statements())
def test_split_keeps_every_statement_in_order_and_every_document_short(given_: list[aws.Statement]) -> None:
    """Each document has at most 6,144 characters in the worst case; put together they are what was given."""
    parts = split(given_)

    assert [statement for part in parts for statement in part] == given_
    assert all(parts)
    assert all(len(worst_case(part)) <= 6144 for part in parts)


@settings(max_examples=50)
@given(statements())
def test_split_makes_no_document_that_would_fit_the_one_before(given_: list[aws.Statement]) -> None:
    """Two neighbours together are near the limit: none is left half empty."""
    parts = split(given_)
    for one, other in itertools.pairwise(parts):
        assert len(worst_case([*one, other[0]])) > 6144 * 0.6


@settings(max_examples=100)
@given(st.sampled_from(ACTIONS), st.booleans())
def test_allow_takes_a_wildcard_only_where_aws_forces_it(name: str, listed: bool) -> None:
    """An action that has resource types is refused on ``*``; one that has none is accepted."""
    resources: Any = ["arn:aws:s3:::files", "*"] if listed else "*"
    if needs_wildcard(name):
        assert allow(action(name), on=resources).properties["Resource"]
        return
    with pytest.raises(PolicyError) as refused:
        allow(action(name), on=resources, sid="Grant")

    assert (refused.value.where, refused.value.found) == ("Grant", f"{name} on *")
    assert refused.value.remedy.startswith("name the ARNs it is needed for (resource types: ")


@settings(max_examples=100)
@given(st.sampled_from(ACTIONS))
def test_wildcard_by_hand_is_judged_like_one_by_allow(name: str) -> None:
    """What allow() refuses is refused in a policy of raw troposphere too."""
    stack = Stack(Settings(project="pay", environment="dev", owner="a", cost_center="b", data_classification="public"))
    by_hand = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": name, "Resource": "*"}]}
    stack.add(iam.ManagedPolicy("ByHand", PolicyDocument=by_hand))
    if needs_wildcard(name):
        assert [entry.actions for entry in stack.wildcards()] == [(name,)]
        return
    with pytest.raises(PolicyError) as refused:
        stack.to_dict()

    assert (refused.value.where, refused.value.found) == ("ByHand", f"{name} on *")
