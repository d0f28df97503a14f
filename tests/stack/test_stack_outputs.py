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


def crowded(fixed: Settings, *, topics: int, parameters: int = 0) -> Stack:
    """A stack of many resources; a topic has one output of its own, a parameter two."""
    stack = Stack(fixed)
    for number in range(topics):
        stack.add(RawResource(f"Topic{number}", "AWS::SNS::Topic"))
    for number in range(parameters):
        stack.add(RawResource(f"Parameter{number}", "AWS::SSM::Parameter", {"Type": "String", "Value": "1"}))
    return stack


def test_each_resource_has_its_own_outputs_as_long_as_there_is_room(fixed: Settings) -> None:
    """Up to the last of the 200."""
    outputs = crowded(fixed, topics=200).to_dict()["Outputs"]

    assert len(outputs) == 200
    assert all(set(output["Value"]) == {"Ref"} for output in outputs.values())


def test_most_frequent_type_is_listed_where_there_is_no_room(fixed: Settings) -> None:
    """In lists of 40; the other types keep an output for each."""
    stack = crowded(fixed, topics=190, parameters=11)
    outputs = stack.to_dict()["Outputs"]

    assert [key for key in outputs if "Topic" in key] == ["SNSTopicArns", *(f"SNSTopicArns{n}" for n in range(2, 6))]
    assert outputs["SNSTopicArns5"]["Description"] == "Arn of each of 30 AWS::SNS::Topic, separated by commas"
    assert outputs["SNSTopicArns5"]["Value"]["Fn::Join"][1][-1] == {"Ref": "Topic189"}
    assert len(outputs) == 5 + 2 * 11
    assert stack.coverage().exempt == {}


def test_further_types_are_listed_until_there_is_room(fixed: Settings) -> None:
    """A template of 500 resources has room for all."""
    stack = crowded(fixed, topics=250, parameters=250)

    assert len(stack.to_dict()["Outputs"]) == 14
    assert len(stack.coverage().covered) == 500


def test_output_of_a_conditional_resource_is_in_no_list(fixed: Settings) -> None:
    """A list would have to be there, and might be empty."""
    stack = crowded(fixed, topics=201)
    stack.condition("A", Equals("a", "b"))
    stack.add(RawResource("Sometimes", "AWS::SNS::Topic", {}, Condition="A"))

    assert stack.to_dict()["Outputs"]["SometimesArn"]["Condition"] == "A"


def test_output_that_is_stated_stays_beside_the_lists(fixed: Settings) -> None:
    """And its resource is in no list."""
    stack = crowded(fixed, topics=201)
    stack.output("Orders", Ref("Topic0"), "Where orders come in")
    outputs = stack.to_dict()["Outputs"]

    assert outputs["Orders"]["Value"] == {"Ref": "Topic0"}
    assert {"Ref": "Topic0"} not in outputs["SNSTopicArns"]["Value"]["Fn::Join"][1]
