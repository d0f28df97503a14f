"""Intrinsics with the values of a stack: evaluated, or unknown with a reason; never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.deployment.verification.resolution import Resolver
from tap_templates.deployment.verification.values import Unknown

TEMPLATE = {
    "Mappings": {"Sizes": {"dev": {"Days": 30}}},
    "Conditions": {
        "IsDev": {"Fn::Equals": [{"Ref": "Environment"}, "dev"]},
        "IsBig": {"Fn::Equals": [{"Ref": "Secret"}, "x"]},
        "Both": {"Fn::And": [{"Condition": "IsDev"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]},
        "Either": {"Fn::Or": [{"Fn::Equals": ["a", "b"]}, {"Condition": "IsDev"}]},
    },
}
BINDINGS = {"Environment": "dev", "Zones": ["a", "b"], "Secret": Unknown("hidden"), "AWS::Region": "eu-west-1"}


def refer(title: str, attribute: str | None) -> Any:
    """One bucket, of which only the name and the ARN are known."""
    known = {("Bucket", None): "data", ("Bucket", "Arn"): "arn:aws:s3:::data"}
    return known.get((title, attribute), Unknown(f"{title}.{attribute}"))


RESOLVER = Resolver(TEMPLATE, BINDINGS, refer, lambda: ["eu-west-1a", "eu-west-1b"])


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ({"Ref": "Environment"}, "dev"),
        ({"Ref": "Bucket"}, "data"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "arn:aws:s3:::data"),
        ({"Fn::GetAtt": "Bucket.Arn"}, "arn:aws:s3:::data"),
        ({"Fn::Sub": "${Environment}/${Bucket.Arn}/${!aws:username}"}, "dev/arn:aws:s3:::data/${aws:username}"),
        ({"Fn::Sub": ["${A}-${Zones}", {"A": {"Fn::Select": ["1", {"Ref": "Zones"}]}}]}, "b-a,b"),
        ({"Fn::Join": ["-", ["x", {"Ref": "Environment"}, True]]}, "x-dev-true"),
        ({"Fn::Select": [0, {"Fn::Split": ["-", "a-b"]}]}, "a"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Environment"}, "Days"]}, 30),
        ({"Fn::Length": {"Ref": "Zones"}}, 2),
        ({"Fn::ToJsonString": {"A": [1]}}, '{"A":[1]}'),
        ({"Fn::Cidr": ["10.0.0.0/22", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Select": ["3", {"Fn::Cidr": ["10.0.0.0/22", "4", "8"]}]}, "10.0.3.0/24"),
        ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b"]),
        ({"Fn::Select": [1, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}, "eu-west-1b"),
        ({"Fn::If": ["IsDev", 1, 2]}, 1),
        ({"Fn::If": ["Both", {"A": {"Ref": "AWS::NoValue"}, "B": 1}, 2]}, {"B": 1}),
        ([1, {"Ref": "AWS::NoValue"}, {"Fn::If": ["Either", 2, 3]}], [1, 2]),
        ({"Condition": "not one of the template"}, {"Condition": "not one of the template"}),
        ({"Condition": {"Bool": {"a": "b"}}}, {"Condition": {"Bool": {"a": "b"}}}),
        (5, 5),
    ],
)
def test_value_of_an_intrinsic(encoded: Any, value: Any) -> None:
    """As CloudFormation evaluates it."""
    assert RESOLVER.value(encoded) == value


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        ({"Ref": "Secret"}, "hidden"),
        ({"Ref": "Nobody"}, "Nobody.None"),
        ({"Fn::GetAtt": ["Bucket", "DomainName"]}, "Bucket.DomainName"),
        ({"Fn::Sub": "x-${Secret}"}, "hidden"),
        ({"Fn::Sub": "x-${Bucket.DomainName}"}, "Bucket.DomainName"),
        ({"Fn::Join": ["", ["a", {"Ref": "Secret"}]]}, "hidden"),
        ({"Fn::If": ["IsBig", 1, 2]}, "hidden"),
        ({"Fn::If": ["Missing", 1, 2]}, "no Condition Missing"),
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue"),
        ({"Fn::GetAZs": "us-east-1"}, "Fn::GetAZs of us-east-1"),
        ({"Fn::Cidr": ["not a block", 1, 8]}, 'Fn::Cidr of ["not a block", 1, 8]'),
        ({"Fn::Base64": "x"}, "Fn::Base64"),
        ({"Fn::Select": [9, ["a"]]}, 'Fn::Select of [9, ["a"]]'),
        ({"Fn::FindInMap": ["Sizes", "prod", "Days"]}, 'Fn::FindInMap of ["Sizes", "prod", "Days"]'),
        ("{{resolve:ssm:/x}}", "a dynamic reference"),
    ],
)
def test_what_cannot_be_evaluated_is_unknown_with_its_reason(encoded: Any, reason: str) -> None:
    """No part of it is guessed."""
    assert RESOLVER.value(encoded) == Unknown(reason)


def test_zones_that_nobody_lists_are_unknown() -> None:
    """Without a service to ask."""
    found = Resolver(TEMPLATE, BINDINGS, refer).value({"Fn::GetAZs": ""})

    assert isinstance(found, Unknown)
    assert found.reason == "Fn::GetAZs"
