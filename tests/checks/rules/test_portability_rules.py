"""Accounts, Regions, partitions and images that are written out, and the limits of a template."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rule import Rule
from tap_templates.checks.rules.account_is_not_literal import AccountIsNotLiteral
from tap_templates.checks.rules.image_is_not_literal import ImageIsNotLiteral
from tap_templates.checks.rules.partition_is_not_literal import PartitionIsNotLiteral
from tap_templates.checks.rules.region_is_not_literal import RegionIsNotLiteral
from tap_templates.checks.rules.template_has_room_to_grow import TemplateHasRoomToGrow
from tap_templates.checks.rules.template_is_within_limits import TemplateIsWithinLimits

ROLE = "AWS::IAM::Role"
OTHER = "111122223333"
IMAGE = "ami-0123456789abcdef0"
LOOKED_UP = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"


def holding(value: Any, key: str = "Value") -> dict[str, Any]:
    """A resource with one property."""
    return one("AWS::SSM::Parameter", **{key: value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"arn:aws:iam::{OTHER}:role/work", ["fails"]),
        ({"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{OTHER}:role/work"}, ["fails"]),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/work"}, ["holds"]),
        ({"Fn::Join": ["", ["arn:aws:iam::", OTHER, ":root"]]}, ["fails"]),
        ({"Fn::Join": [":", ["arn:aws:iam:", {"Ref": "AWS::AccountId"}, "root"]]}, ["holds"]),
        ({"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "Account"}, ":root"]]}, ["holds"]),
        ({"Fn::Sub": ["arn:aws:iam::${Id}:root", {"Id": OTHER}]}, ["fails"]),
        ({"Fn::Sub": ["${Arn}", {"Arn": either("X", f"arn:aws:iam::{OTHER}:root", "-")}]}, ["fails"]),
        (f"{OTHER}.dkr.ecr.eu-central-1.amazonaws.com/app:1", ["fails"]),
        (f"https://sqs.eu-central-1.amazonaws.com/{OTHER}/jobs", ["fails"]),
        (f'{{"Resource": "arn:aws:sqs:eu-central-1:{OTHER}:jobs"}}', ["fails"]),
        (f"arn:aws:iam::{OTHER}:root arn:aws:iam::{OTHER}:role/a arn:aws:iam::444455556666:root", ["fails", "fails"]),
        ("arn:aws:lambda:eu-central-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:27", []),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", []),
        ("arn:aws:s3:::documents", []),
        ("arn:aws:iam::*:role/work", []),
        ("order 111122223333", []),
        (OTHER, []),
        (either("X", f"arn:aws:iam::{OTHER}:root", {"Ref": "Arn"}), ["fails"]),
        ({"Fn::ImportValue": "arn"}, []),
    ],
)
def test_account_is_not_literal(value: Any, expected: list[str]) -> None:
    """In ARNs, however they are put together, and in addresses of images and queues."""
    assert results(AccountIsNotLiteral, holding(value)) == expected


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"Policy": {"Principal": {"AWS": OTHER}}}, "Policy/Principal/AWS"),
        ({"Policy": {"Principal": {"AWS": ["*", OTHER]}}}, "Policy/Principal/AWS/1"),
        ({"Principal": OTHER}, "Principal"),
        ({"SourceAccount": 111122223333}, "SourceAccount"),
        ({"Condition": {"StringEquals": {"aws:SourceOwner": [OTHER]}}}, "Condition/StringEquals/aws:SourceOwner/0"),
        ({"SourceSecurityGroupOwnerId": either("X", {"Ref": "A"}, OTHER)}, "SourceSecurityGroupOwnerId/Fn::If/2"),
    ],
)
def test_twelve_digits_are_an_account_where_one_belongs(properties: dict[str, Any], path: str) -> None:
    """Principals, owners and accounts, as text and as a number."""
    [(result, place, message)] = said(AccountIsNotLiteral, one(ROLE, **properties))

    assert (result, place) == ("fails", f"Resources/It/Properties/{path}")
    assert message.endswith(f": found '{OTHER}'; use ${{AWS::AccountId}}, or a parameter for another account")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("us-east-1", ["fails"]),
        ("us-gov-west-1", ["fails"]),
        ("eu-central-1", ["holds"]),
        ("eu-central-1a", ["fails"]),
        ("us-west-2-lax-1a", ["fails"]),
        ("euc1-az2", ["fails"]),
        ("com.amazonaws.us-east-1.s3", ["fails"]),
        ("arn:aws:sns:us-east-1:111122223333:alarms", ["fails"]),
        ({"Fn::Sub": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:alarms"}, ["holds"]),
        ({"Fn::Join": [".", ["com.amazonaws", "us-east-1", "s3"]]}, ["fails"]),
        ({"Fn::GetAZs": "us-east-1"}, ["fails"]),
        ({"Fn::Select": [0, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}, []),
        ({"Fn::Base64": "boto3.client('s3', region_name='us-east-1')"}, ["fails"]),
        ({"Fn::Base64": {"Fn::Sub": "export REGION=us-east-1"}}, ["fails"]),
        ("us-east-1 us-east-1 us-east-2", ["fails", "fails"]),
        (either("X", "us-east-1", {"Ref": "AWS::Region"}), ["fails"]),
        ("us-middle-1", ["holds"]),
        ("documents-us-east-1", []),
        ("us-east-1-documents", []),
        ({"Ref": "AWS::Region"}, []),
    ],
)
def test_region_is_not_literal(value: Any, expected: list[str]) -> None:
    """A Region that is allowed may be named; a zone may not."""
    demands = {"allowed_regions": ["eu-central-1"]}

    assert results(RegionIsNotLiteral, holding(value), demands=demands) == expected


def test_no_region_may_be_named_where_none_is_said() -> None:
    """And the finding says which are, where some are."""
    fix = "use ${AWS::Region}, Fn::GetAZs for a zone, or a parameter"
    path = "Resources/It/Properties/Value"
    allowed = {"allowed_regions": ["eu-west-1", "eu-central-1"]}

    assert said(RegionIsNotLiteral, holding("eu-west-1")) == [("fails", path, f"It.Value: found 'eu-west-1'; {fix}")]
    assert said(RegionIsNotLiteral, holding("us-east-1"), demands=allowed) == [
        ("fails", path, f"It.Value: found 'us-east-1'; {fix} (requirement allowed_regions: eu-west-1, eu-central-1)")
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", ["fails"]),
        ("arn:aws-cn:s3:::documents", ["fails"]),
        ({"Fn::Sub": "arn:aws:s3:::${Documents}"}, ["fails"]),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"}, ["holds"]),
        ({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::documents"]]}, ["holds"]),
        ({"Fn::Join": ["", ["arn:", {"Fn::If": ["X", "aws", "aws-cn"]}, ":s3:::documents"]]}, []),
        ({"Fn::Join": ["", ["arn:aws:s3:::", {"Ref": "Documents"}]]}, ["fails"]),
        ({"Fn::Join": ["", [{"Fn::Join": [":", ["arn", "aws", "s3"]]}, ":::documents"]]}, ["fails", "fails"]),
        ("arn:*:s3:::documents", []),
        ("learn:aws: a course", []),
        ("print('arn:aws:s3:::' + name)", ["fails"]),
        ({"Fn::GetAtt": ["Documents", "Arn"]}, []),
    ],
)
def test_partition_is_not_literal(value: Any, expected: list[str]) -> None:
    """Those of AWS's managed policies neither."""
    assert results(PartitionIsNotLiteral, holding(value)) == expected


def test_partition_is_found_as_it_begins_the_arn() -> None:
    """With what to write instead."""
    group = one("AWS::IAM::Group", ManagedPolicyArns=["arn:aws:iam::aws:policy/SecurityAudit"])

    assert said(PartitionIsNotLiteral, group) == [
        (
            "fails",
            "Resources/It/Properties/ManagedPolicyArns/0",
            "It.ManagedPolicyArns.0: found 'arn:aws:'; write arn:${AWS::Partition}: in a Fn::Sub",
        )
    ]


@pytest.mark.parametrize("rule", [AccountIsNotLiteral, RegionIsNotLiteral, PartitionIsNotLiteral])
def test_outputs_are_judged_and_what_people_read_is_not(rule: type[Rule]) -> None:
    """Neither descriptions, nor what parameters and mappings hold."""
    literal = f"arn:aws:sns:us-east-1:{OTHER}:alarms"
    outputs = {"Topic": {"Description": literal, "Value": literal, "Export": {"Name": literal}}, "Odd": 1}
    assert results(rule, {}, Outputs=outputs) == ["fails", "fails"]

    elsewhere = {
        "Parameters": {"Topic": {"Type": "String", "Default": literal}},
        "Mappings": {"Topics": {"us-east-1": {"Arn": literal}}},
        "Conditions": {"IsHome": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
    }
    assert results(rule, holding(literal, "AlarmDescription"), **elsewhere) == []
    assert results(rule, holding({"Fn::FindInMap": ["Topics", {"Ref": "AWS::Region"}, "Arn"]}), **elsewhere) == []


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (IMAGE, ["fails"]),
        ("ami-01234567", ["fails"]),
        ({"Ref": "Latest"}, ["holds"]),
        ({"Ref": "Asked"}, ["holds"]),
        ("resolve:ssm:/golden/image", ["holds"]),
        ("{{resolve:ssm:/golden/image}}", ["holds"]),
        (either("IsOld", IMAGE, {"Ref": "Latest"}), ["holds", "fails"]),
        ({"Fn::ImportValue": "image"}, []),
        (NO_VALUE, []),
        ("ami-123", []),
    ],
)
def test_image_is_not_literal(image: Any, expected: list[str]) -> None:
    """It is looked up, or asked for."""
    parameters = {"Latest": {"Type": LOOKED_UP, "Default": "/golden"}, "Asked": {"Type": "AWS::EC2::Image::Id"}}

    for resources in (
        one("AWS::EC2::Instance", ImageId=image),
        one("AWS::EC2::LaunchTemplate", LaunchTemplateData={"ImageId": image}),
    ):
        assert results(ImageIsNotLiteral, resources, Parameters=parameters) == expected


def test_image_in_a_parameter_or_a_mapping_is_literal_too() -> None:
    """Wherever it is kept."""
    fix = f"use a parameter of type {LOOKED_UP}"
    parameters = {"Image": {"Type": "String", "Default": IMAGE, "AllowedValues": ["none", IMAGE]}, "Odd": 1}
    mappings = {"Images": {"us-east-1": {"Arm": IMAGE}}}

    assert said(ImageIsNotLiteral, {}, Parameters=parameters, Mappings=mappings) == [
        ("fails", "Mappings/Images/us-east-1/Arm", f"Mappings.Images.us-east-1.Arm: found '{IMAGE}'; {fix}"),
        ("fails", "Parameters/Image/Default", f"Parameters.Image.Default: found '{IMAGE}'; {fix}"),
        ("fails", "Parameters/Image/AllowedValues/1", f"Parameters.Image.AllowedValues.1: found '{IMAGE}'; {fix}"),
    ]


@pytest.mark.parametrize(
    ("count", "within", "room"), [(1, ["holds"], ["holds"]), (180, ["holds"], ["holds"]), (181, ["holds"], ["fails"])]
)
@pytest.mark.parametrize("section", ["Parameters", "Mappings"])
def test_sections_that_cfn_lint_does_not_count_are_counted(
    section: str, count: int, within: list[str], room: list[str]
) -> None:
    """Up to nine tenths, and up to the limit."""
    entries = {section: {f"E{index}": {} for index in range(count)}}

    assert results(TemplateIsWithinLimits, {}, **entries) == within
    assert results(TemplateHasRoomToGrow, {}, **entries) == room


def test_one_entry_too_many_is_found_once() -> None:
    """By the limit alone."""
    entries = {f"E{index}": {} for index in range(201)}

    assert said(TemplateIsWithinLimits, {}, Mappings=entries) == [
        ("fails", "Mappings", "Mappings: found '201 entries'; split the stack; a template holds 200")
    ]
    assert results(TemplateHasRoomToGrow, {}, Mappings=entries) == []
