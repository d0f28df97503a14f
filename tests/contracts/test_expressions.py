"""What values of a template are evaluated to."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tap_templates.contracts.expressions import Expressions, parameter_pattern

TEMPLATE = {
    "Parameters": {
        "Stage": {"Type": "String", "AllowedValues": ["dev", "a.b", True]},
        "Short": {"Type": "String", "MinLength": 1, "MaxLength": 8},
        "Project": {"Type": "String", "AllowedPattern": "^[a-z]+$"},
        "Count": {"Type": "Number"},
        "Vpc": {"Type": "AWS::EC2::VPC::Id"},
        "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>"},
        "Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"},
    },
    "Mappings": {"Sizes": {"dev": {"Days": 7, "List": ["a"]}, "prod": {"Days": 30, "List": ["b"]}}},
    "Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "jobs-${Stage}"}}},
        "Auto": {"Type": "AWS::SNS::Topic"},
        "Files": {"Type": "AWS::S3::Bucket"},
        "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Name": "web"}},
        "Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBInstanceIdentifier": "Main"}},
        "Net": {"Type": "AWS::EC2::VPC"},
        "Odd": {"Type": "Custom::Odd"},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "Path": {"Fn::Sub": "/${Project}/"}}},
        "Loop": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Loop"}}},
    },
}
ANYTHING = r"[\s\S]*"


def pattern(value: Any) -> str:
    """The pattern of a value of the template above."""
    return Expressions(TEMPLATE).pattern(value)


@pytest.mark.parametrize(
    ("value", "made"),
    [
        ("plain", "plain"),
        ("1.5 (a|b)", r"1\.5 \(a\|b\)"),
        (5, "5"),
        (True, "true"),
        ({"Ref": "Stage"}, r"(?:dev|a\.b|true)"),
        ({"Ref": "Short"}, r"[\s\S]{1,8}"),
        ({"Ref": "Project"}, "[a-z]+"),
        ({"Ref": "Count"}, r"-?[0-9]+(?:\.[0-9]+)?"),
        ({"Ref": "Vpc"}, "vpc-[0-9a-f]{8,17}"),
        ({"Ref": "Image"}, "ami-[0-9a-f]{8,17}"),
        ({"Ref": "Stored"}, ANYTHING),
        ({"Ref": "AWS::AccountId"}, "[0-9]{12}"),
        ({"Ref": "AWS::Nothing"}, ANYTHING),
        ({"Ref": "Jobs"}, r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?/[0-9]{12}/jobs-(?:dev|a\.b|true)"),
        ({"Fn::GetAtt": "Jobs.QueueName"}, r"jobs-(?:dev|a\.b|true)"),
        ({"Ref": "Net"}, "vpc-[0-9a-f]{8,17}"),
        ({"Ref": "Db"}, "main"),
        ({"Ref": "Odd"}, ANYTHING),
        ({"Fn::GetAtt": ["Odd", "Thing"]}, ANYTHING),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[a-z]+/r"),
        ({"Fn::Sub": "${AWS::AccountId}-${!Literal}-${Role}"}, r"[0-9]{12}-\$\{Literal\}-r"),
        ({"Fn::Sub": ["${A}/${Project}", {"A": "x"}]}, "x/[a-z]+"),
        ({"Fn::If": ["C", "a", {"Ref": "Project"}]}, "(?:a|[a-z]+)"),
        ({"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}, "a"),
        ({"Fn::Join": ["-", ["a", {"Fn::If": ["C", "b", {"Ref": "AWS::NoValue"}]}, "c"]]}, "(?:a-b-c|a-c)"),
        ({"Fn::Join": ["", ["a", {"Ref": "AWS::NoValue"}]]}, "a"),
        ({"Fn::Join": [",", {"Ref": "Subnets"}]}, "subnet-[0-9a-f]{8,17}(?:,subnet-[0-9a-f]{8,17})*"),
        ({"Fn::Join": [",", {"Fn::GetAtt": ["Odd", "List"]}]}, ANYTHING),
        ({"Fn::Join": ["+", {"Fn::Split": ["/", "a/b"]}]}, r"a\+b"),
        ({"Fn::Select": ["1", {"Fn::Split": [":", {"Ref": "AWS::StackId"}]}]}, "aws(-[a-z]+)*"),
        ({"Fn::Select": ["1", {"Fn::Split": [":", {"Fn::GetAtt": ["Auto", "TopicArn"]}]}]}, ANYTHING),
        ({"Fn::Select": [9, ["a"]]}, ANYTHING),
        ({"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Short"}]}]}, ANYTHING),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "[a-z]{2,4}(?:-[a-z]+)+-[0-9][a-z]"),
        ({"Fn::Select": [0, [{"Fn::If": ["C", "b", {"Ref": "AWS::NoValue"}]}, "c"]]}, ANYTHING),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Days"]}, "(?:7|30)"),
        ({"Fn::FindInMap": ["Sizes", "dev", "Days"]}, "7"),
        ({"Fn::FindInMap": ["Sizes", "dev", "List"]}, ANYTHING),
        ({"Fn::FindInMap": ["None", "dev", "Days"]}, ANYTHING),
        ({"Fn::Base64": "a"}, "[A-Za-z0-9+/]+={0,2}"),
        ({"Fn::ImportValue": "x"}, ANYTHING),
        ({"Ref": "Loop"}, ANYTHING),
        ({"Fn::Split": ["x"]}, ANYTHING),
        ([], ANYTHING),
    ],
)  # fmt: skip
def test_value(value: Any, made: str) -> None:
    """As far as the template says, and no further."""
    assert pattern(value) == made
    re.compile(made)


@pytest.mark.parametrize(
    ("value", "right", "wrong"),
    [
        ({"Ref": "Auto"}, "arn:aws-cn:sns:cn-north-1:111122223333:s-Auto-0AB", "arn:aws:sqs:us-east-1:111122223333:a"),
        ({"Ref": "Files"}, "stack-files-1abc", "Stack-Files"),
        ({"Fn::GetAtt": ["Files", "Arn"]}, "arn:aws-us-gov:s3:::stack-files-1abc", "stack-files-1abc"),
        ({"Ref": "Balancer"},
         "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188",
         "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/other/50dc6c495c0c9188"),
        ({"Fn::GetAtt": ["Balancer", "DNSName"]}, "web-1.eu-west-1.elb.amazonaws.com", "not a host"),
        ({"Fn::GetAtt": ["Db", "Endpoint.Port"]}, "5432", "port"),
        ({"Fn::GetAtt": ["Db", "DBInstanceArn"]}, "arn:aws:rds:eu-west-1:111122223333:db:main", "main"),
        ({"Ref": "AWS::StackId"},
         "arn:aws:cloudformation:eu-west-1:111122223333:stack/pay-dev/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", "pay-dev"),
    ],
)  # fmt: skip
def test_identifier(value: Any, right: str, wrong: str) -> None:
    """Ids and attributes that AWS makes are of their service's form."""
    assert re.fullmatch(pattern(value), right)
    assert not re.fullmatch(pattern(value), wrong)


def test_too_many_alternatives_are_not_told() -> None:
    """A value that may become more than can be listed may become anything."""
    switch = {"Fn::If": ["C", "a", "b"]}

    assert pattern({"Fn::Join": ["", [switch] * 4]}).count("|") == 15
    assert pattern({"Fn::Join": ["", [switch] * 5]}) == ANYTHING
    assert pattern({"Fn::Sub": ["${A}" * 5, {"A": switch}]}) == ANYTHING


@pytest.mark.parametrize(
    "given",
    [r"\p{Alpha}+", r"(a)\1", "a++", "[a-z&&[^b]]", "a|^b$", "(?i)abc", "(", r"\Qa\E", "(?<name>a)", "(?=.*[0-9]).*"],
)
def test_patterns_that_programs_read_differently(given: str) -> None:
    """Nothing is taken over from an AllowedPattern that is not the same everywhere."""
    assert parameter_pattern({"Type": "String", "AllowedPattern": given}) == ANYTHING


@pytest.mark.parametrize(
    ("given", "made"), [("^[a-z][a-z0-9-]*$", "[a-z][a-z0-9-]*"), (r"\d+", r"\d+"), ("a|b", "a|b"), ("[$^]+", "[$^]+")]
)
def test_common_patterns_lose_their_anchors(given: str, made: str) -> None:
    """An AllowedPattern that is the same everywhere is taken over."""
    assert parameter_pattern({"Type": "String", "AllowedPattern": given}) == made
