"""Which resources an output names, and which need none."""

from __future__ import annotations

from typing import Any

import pytest
from support.raw import RawResource
from troposphere import Equals, GetAtt, If, Join, Ref, Sub, s3

from tap_templates import Settings, Stack, build
from tap_templates.data.resource_types import resource_type
from tap_templates.stack.outputs import EXEMPT_TYPES, Coverage


@pytest.fixture
def stack(fixed: Settings) -> Stack:
    """A stack with one bucket."""
    made = Stack(fixed)
    made.add(s3.Bucket("Box"))
    return made


def test_resource_has_an_output_for_each_of_its_identifiers(stack: Stack) -> None:
    """A bucket is named by its name and its ARN."""
    assert stack.to_dict()["Outputs"] == {
        "BoxArn": {"Description": "Arn of the AWS::S3::Bucket Box", "Value": {"Fn::GetAtt": ["Box", "Arn"]}},
        "BoxName": {"Description": "Name of the AWS::S3::Bucket Box", "Value": {"Ref": "Box"}},
    }


def test_type_whose_ref_is_its_arn_has_one_output(fixed: Settings) -> None:
    """What Ref says already is not said again."""
    stack = Stack(fixed)
    stack.add(RawResource("Topic", "AWS::SNS::Topic"))

    assert list(stack.to_dict()["Outputs"]) == ["TopicArn"]


def test_output_of_a_conditional_resource_has_its_condition(fixed: Settings) -> None:
    """Where a resource may be missing, so may its outputs."""
    stack = Stack(fixed)
    stack.condition("A", Equals("a", "b"))
    stack.add(RawResource("Box", "AWS::S3::Bucket", {}, Condition="A"))
    outputs = stack.to_dict()["Outputs"]

    assert [output["Condition"] for output in outputs.values()] == ["A", "A"]


@pytest.mark.parametrize(
    "value",
    [
        Ref("Box"),
        GetAtt("Box", "Arn"),
        {"Fn::GetAtt": "Box.Arn"},
        Sub("${Box}/x"),
        Sub("${Box.Arn}/x"),
        Sub("${X}", X=Ref("Box")),
        Join("-", ["a", Ref("Box")]),
        If("A", Ref("Box"), "none"),
    ],
)
def test_output_by_hand_names_the_resource(stack: Stack, value: Any) -> None:
    """A resource that an output refers to in any way needs no other."""
    stack.condition("A", Equals("a", "a"))
    stack.output("Mine", value, "My own")

    assert list(stack.to_dict()["Outputs"]) == ["Mine"]


def test_exempt_resource_has_no_output(stack: Stack) -> None:
    """A reason takes the place of an output."""
    stack.exempt("Box", "nobody asks")

    assert "Outputs" not in stack.to_dict()
    assert stack.coverage() == Coverage((), {"Box": "nobody asks"})


@pytest.mark.parametrize("kind", sorted(EXEMPT_TYPES))
def test_attachments_are_exempt_with_a_reason(fixed: Settings, kind: str) -> None:
    """A type that is exempt exists, and its reason is told."""
    stack = Stack(fixed)
    stack.add(RawResource("Extra", kind, {"PolicyDocument": {"Statement": []}}))

    assert resource_type(kind)
    assert stack.coverage() == Coverage((), {"Extra": EXEMPT_TYPES[kind]})


def test_covered_and_exempt_are_all_there_is(stack: Stack) -> None:
    """Every resource is in one of the two lists."""
    stack.add(RawResource("Policy", "AWS::S3::BucketPolicy"))

    assert stack.coverage() == Coverage(("Box",), {"Policy": "an attachment of its bucket"})


def test_every_resource_of_secure_enterprise_is_covered_or_exempt() -> None:
    """The blueprint leaves out no resource."""
    stack = build("secure-enterprise")
    coverage = stack.coverage()

    assert sorted([*coverage.covered, *coverage.exempt]) == sorted(stack.to_dict()["Resources"])
    assert not set(coverage.covered) & set(coverage.exempt)


def test_output_with_the_key_of_a_default_one_wins(stack: Stack) -> None:
    """What is said by hand is not overwritten."""
    stack.output("BoxName", "mine", "My own")

    assert stack.to_dict()["Outputs"]["BoxName"] == {"Description": "My own", "Value": "mine"}


def test_resource_that_nothing_names_is_in_neither_list(stack: Stack) -> None:
    """Coverage is measured on the finished template, so a gap would be seen."""
    from tap_templates.stack import outputs

    assert outputs.coverage({"Resources": {"Box": {"Type": "AWS::S3::Bucket"}}}, {}) == Coverage((), {})
