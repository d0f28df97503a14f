"""Physical names: unique for each stack, and within the limits of their types."""

from __future__ import annotations

from typing import Any

import pytest
from support.component_samples import with_suffix
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.name_fits_its_type import NameFitsItsType
from tap_templates.checks.rules.name_is_not_literal import NameIsNotLiteral

GROUP, BUCKET = "AWS::IAM::Group", "AWS::S3::Bucket"
UUID = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
PARAMETERS = {
    "Name": {"Type": "String"},
    "Short": {"Type": "String", "MaxLength": 8},
    "Stage": {"Type": "String", "AllowedValues": ["dev", "Production"]},
    "Dashed": {"Type": "String", "AllowedValues": ["a-b", "c"]},
    "Count": {"Type": "Number", "MaxValue": 999},
}


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("SecureUsers", "fails"),
        ({"Ref": "Name"}, "fails"),
        ({"Ref": "Stage"}, "fails"),
        ({"Fn::Sub": "${Name}-${AWS::AccountId}-${AWS::Region}"}, "fails"),
        ({"Fn::Join": ["-", ["users", {"Ref": "Stage"}]]}, "fails"),
        ({"Fn::Select": [0, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}, "fails"),
        ({"Fn::Select": [1, ["a", "b"]]}, "fails"),
        (with_suffix("users-${Suffix}"), "holds"),
        ({"Fn::Sub": "${AWS::StackName}-users"}, "holds"),
        ({"Fn::Join": ["", ["users-", UUID]]}, "holds"),
        ({"Fn::Select": [4, {"Fn::Split": ["-", UUID]}]}, "holds"),
        ({"Fn::Sub": "users-of-${Logs}"}, "holds"),
        ({"Fn::Sub": "users-of-${Logs.Arn}"}, "holds"),
        ({"Fn::Sub": "users-of-${Vpc}"}, "holds"),
        ({"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Dashed"}]}]}, "cannot tell"),
        ({"Fn::ImportValue": "users"}, "cannot tell"),
        ("{{resolve:ssm:/users}}", "cannot tell"),
        ({"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "AWS::StackName"}]}]}, "cannot tell"),
        ({"Fn::Select": [9, ["a"]]}, "cannot tell"),
        ({"Fn::Sub": "users-of-${Nothing}"}, "cannot tell"),
        ({"Fn::GetAtt": ["Made", "Name"]}, "cannot tell"),
        ({"Fn::Join": [[], "a"]}, "cannot tell"),
        ({"Fn::Sub": [1, 2]}, "cannot tell"),
        (["users"], "cannot tell"),
    ],
)
def test_name_has_something_that_no_other_stack_has(name: Any, result: str) -> None:
    """Part of the stack's id or name does; text, answers, and what two stacks share do not."""
    resources = {**one(GROUP, GroupName=name), "Logs": {"Type": BUCKET}, "Made": {"Type": "Custom::Name"}}
    resources["Vpc"] = {"Type": "AWS::EC2::VPC"}

    assert set(results(NameIsNotLiteral, resources, Parameters=PARAMETERS)) == {result}


def test_name_that_is_left_out_is_not_judged() -> None:
    """CloudFormation names the resource by itself."""
    assert results(NameIsNotLiteral, one(GROUP)) == []


def test_each_side_of_a_condition_is_judged() -> None:
    """The finding is where the literal stands."""
    assert said(NameIsNotLiteral, one(GROUP, GroupName=either("IsProd", "users", {"Ref": "AWS::StackName"}))) == [
        (
            "fails",
            "Resources/It/Properties/GroupName/Fn::If/1",
            "It.GroupName: found 'users'; add part of AWS::StackId to the name, or leave the name to CloudFormation",
        )
    ]
    assert results(NameIsNotLiteral, one(GROUP, GroupName=either("IsProd", NO_VALUE, NO_VALUE))) == []


def test_name_after_a_resource_with_a_literal_name_is_as_literal() -> None:
    """A reference is as unique as the name that it gives."""
    resources = {
        **one("AWS::IAM::Role", RoleName={"Fn::Sub": "role-of-${Logs}"}),
        "Logs": {"Type": BUCKET, "Properties": {"BucketName": "logs"}},
    }

    assert results(NameIsNotLiteral, resources) == ["fails", "fails"]


def test_names_that_go_round_in_a_circle_cannot_be_told() -> None:
    """CloudFormation refuses them; the rule only must not hang."""
    resources = {
        "One": {"Type": GROUP, "Properties": {"GroupName": {"Ref": "Other"}}},
        "Other": {"Type": GROUP, "Properties": {"GroupName": {"Ref": "One"}}},
    }

    assert results(NameIsNotLiteral, resources) == ["cannot tell", "cannot tell"]


@pytest.mark.parametrize(
    ("log_group", "expected"), [({"Ref": "Log"}, ["holds"]), ("shared", ["fails"]), ({"Ref": "Name"}, ["fails"])]
)
def test_name_in_an_own_resource_need_not_be_unique(log_group: Any, expected: list[str]) -> None:
    """A filter's name is taken once in its log group."""
    resources = {
        **one("AWS::Logs::MetricFilter", FilterName="denied", LogGroupName=log_group),
        "Log": {"Type": "AWS::Logs::LogGroup"},
    }

    assert results(NameIsNotLiteral, resources, Parameters=PARAMETERS) == expected


def test_name_that_need_not_be_unique_is_not_judged() -> None:
    """Two REST APIs may have one name."""
    assert results(NameIsNotLiteral, one("AWS::ApiGateway::RestApi", Name="orders")) == []


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("a" * 63, "holds"),
        ({"Fn::Sub": "${Short}-${AWS::AccountId}-${AWS::Region}"}, "holds"),
        ({"Fn::Sub": "${Count}-${AWS::Partition}-${AWS::URLSuffix}"}, "holds"),
        (with_suffix("${Short}-${Suffix}"), "holds"),
        (either("IsProd", "prod-data", {"Fn::Sub": "${Short}-data"}), "holds"),
        ({"Fn::Sub": ["${Side}-data", {"Side": either("IsProd", "a", {"Ref": "Short"})}]}, "holds"),
        ({"Ref": "Name"}, "cannot tell"),
        ({"Fn::Sub": "${AWS::StackName}-data"}, "fails"),
        ({"Fn::Sub": "${AWS::StackId}"}, "fails"),
        ({"Fn::Sub": "${Name}-" + "a" * 64}, "fails"),
    ],
)
def test_longest_name_is_within_the_limit(name: Any, result: str) -> None:
    """With the longest answers; one that is not bound decides nothing unless the rest is too long already."""
    found = results(NameFitsItsType, one(BUCKET, BucketName=name), Parameters=PARAMETERS)

    assert set(found) == {result}


def test_finding_says_how_long_the_name_can_become() -> None:
    """128 for the stack's name, and five."""
    assert said(NameFitsItsType, one(BUCKET, BucketName={"Fn::Sub": "${AWS::StackName}-data"})) == [
        (
            "fails",
            "Resources/It/Properties/BucketName",
            "It.BucketName: found {'Fn::Sub': '${AWS::StackName}-data'}; up to 133 characters, and AWS::S3::Bucket "
            "allows 63: shorten the name, or give its parameters a smaller MaxLength",
        )
    ]


def test_what_cannot_be_told_names_what_is_to_be_bound() -> None:
    """The parameter without MaxLength."""
    [(result, _, message)] = said(
        NameFitsItsType, one(BUCKET, BucketName={"Fn::Sub": "${Name}-data"}), Parameters=PARAMETERS
    )

    assert result == "cannot tell"
    assert message.endswith("; AWS::S3::Bucket allows 63 characters: bound ${Name}")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Documents", "'Documents'"),
        ("ab", "'ab'"),  # too short
        ({"Fn::Sub": "${Stage}-data"}, "'Production-data'"),
        ({"Fn::Sub": "${Short}-Data_x"}, "'D', '_'"),
        ({"Fn::Join": ["_", [{"Ref": "Short"}, {"Ref": "Stage"}]]}, "'_', 'P'"),
    ],
)
def test_what_is_written_out_has_allowed_characters(name: Any, wrong: str) -> None:
    """Whole names where all is known, otherwise the letters of the template's own."""
    found = said(NameFitsItsType, one(BUCKET, BucketName=name), Parameters=PARAMETERS)

    assert [result for result, _, _ in found] == ["fails"]
    assert f"AWS::S3::Bucket does not allow {wrong}: use names like " in found[0][2]


def test_prefix_of_a_type_is_no_wrong_letter() -> None:
    """Aliases begin with alias/."""
    name = with_suffix("alias/${Short}-${Suffix}")

    assert results(NameFitsItsType, one("AWS::KMS::Alias", AliasName=name), Parameters=PARAMETERS) == ["holds"]
