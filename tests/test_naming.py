"""The convention of names: forms, limits, decoding, worst cases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import GetAtt, If, Join, Ref, Select, Split, Sub, encode_to_dict

from tap_templates import Settings
from tap_templates.errors import NamingError
from tap_templates.naming import Convention, NameParts, decode, logical_id, role_of, suffix, worst_case_length

SUFFIX = {"Fn::Select": [0, {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]}]}
ARN_LENGTH = 200


def asked() -> Convention:
    """The convention of a stack that asks for everything."""
    return Convention(Settings())


def refused(role: str, kind: str = "AWS::S3::Bucket") -> NamingError:
    """The error of a name that cannot be formed."""
    with pytest.raises(NamingError) as caught:
        asked().physical_name(role, kind)
    return caught.value


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("DataBucket", "data-bucket"),
        ("HTTPListener", "http-listener"),
        ("Data", "data"),
        ("Policy2", "policy2"),
        ("S3Bucket", "s3-bucket"),
    ],
)
def test_role_of_a_logical_id(title: str, role: str) -> None:
    """Words of a logical id are joined with hyphens in lower case."""
    assert role_of(title) == role


@pytest.mark.parametrize(("name", "title"), [("read-only", "ReadOnly"), ("developers", "Developers"), ("a-1b", "A1b")])
def test_logical_id_of_a_name(name: str, title: str) -> None:
    """Parts of a name begin with capitals in a logical id."""
    assert logical_id(name) == title


def test_name_with_everything_fixed(fixed: Settings) -> None:
    """Of fixed settings only the suffix is left to the stack's id."""
    name = Convention(fixed).physical_name("data", "AWS::S3::Bucket")

    assert encode_to_dict(name) == {"Fn::Sub": ["pay-dev-data-${Suffix}", {"Suffix": SUFFIX}]}


def test_name_with_everything_asked() -> None:
    """What is asked for at upload stands in the name as a parameter."""
    name = asked().physical_name("data", "AWS::S3::Bucket")

    assert encode_to_dict(name) == {"Fn::Sub": ["${Project}-${Environment}-data-${Suffix}", {"Suffix": SUFFIX}]}


def test_type_with_a_prefix_has_it_in_the_name(fixed: Settings) -> None:
    """The name of a KMS alias begins with alias/."""
    assert Convention(fixed).physical_name("data", "AWS::KMS::Alias").data["Fn::Sub"][0] == (
        "alias/pay-dev-data-${Suffix}"
    )


def test_short_type_leaves_the_project_out(fixed: Settings) -> None:
    """A load balancer has 32 characters: environment, role and suffix."""
    name = Convention(fixed).physical_name("web", "AWS::ElasticLoadBalancingV2::LoadBalancer")

    assert name.data["Fn::Sub"][0] == "dev-web-${Suffix}"


def test_type_of_40_characters_is_short() -> None:
    """Forty characters do not hold the longest project and environment, so the project is left out."""
    name = asked().physical_name("cache", "AWS::ElastiCache::ReplicationGroup")

    assert name.data["Fn::Sub"][0] == "${Environment}-cache-${Suffix}"


def test_revision_stands_after_the_role(fixed: Settings) -> None:
    """A resource that replaced one of its role has its revision in the name."""
    assert Convention(fixed).physical_name("data", "AWS::S3::Bucket", revision=2).data["Fn::Sub"][0] == (
        "pay-dev-data-r2-${Suffix}"
    )


def test_role_that_is_too_long_is_refused() -> None:
    """Length is judged with the longest project (20) and environment of the form (7)."""
    error = refused("a" * 40)

    assert error.where == "AWS::S3::Bucket.BucketName"
    assert error.found == f"up to 78 characters for role {'a' * 40!r}"
    assert error.remedy == "shorten the role by 15; this type allows 63"


def test_longest_role_that_fits_is_accepted() -> None:
    """63 characters without 20 + 7 + 8 and three hyphens leave 25."""
    assert asked().physical_name("a" * 25, "AWS::S3::Bucket")
    assert refused("a" * 26).found == f"up to 64 characters for role {'a' * 26!r}"


def test_type_without_a_rule_is_refused() -> None:
    """A type that the table does not know is left to CloudFormation to name."""
    error = refused("data", "AWS::EFS::FileSystem")

    assert (error.where, error.found) == ("AWS::EFS::FileSystem", "no rule for names of this type")
    assert error.remedy == (
        "leave the name to CloudFormation (the Name tag has the convention), or add a row to data/names.json"
    )


@pytest.mark.parametrize("role", ["Data", "data_x", "1data", "data-", "", "data-r2", "a--b"])
def test_role_that_is_no_role_is_refused(role: str) -> None:
    """Roles are lower-case words with hyphens, and a revision is said apart."""
    error = refused(role)

    assert (error.where, error.found) == ("AWS::S3::Bucket role", role)
    assert error.remedy == "use lower-case words joined by hyphens, without an ending such as -r2 (see revision)"


def test_display_name_and_path(fixed: Settings) -> None:
    """The Name tag has no suffix; the IAM path ends with it."""
    assert Convention(fixed).display_name("data") == "pay-dev-data"
    assert encode_to_dict(asked().display_name("data")) == {"Fn::Sub": "${Project}-${Environment}-data"}
    assert Convention(fixed).path().data["Fn::Sub"][0] == "/pay/dev/${Suffix}/"


def test_text_without_anything_to_fill_in_is_plain(fixed: Settings) -> None:
    """No Fn::Sub where nothing is left to substitute."""
    assert Convention(fixed).sub("{project}/{environment}") == "pay/dev"


@pytest.mark.parametrize(
    ("name", "kind", "parts"),
    [
        ("pay-dev-data-0a1b2c3d", "AWS::S3::Bucket", NameParts("pay", "dev", "data", "0a1b2c3d")),
        ("pay-dev-access-logs-r3-0a1b2c3d", "AWS::S3::Bucket", NameParts("pay", "dev", "access-logs", "0a1b2c3d", 3)),
        ("alias/pay-dev-data-0a1b2c3d", "AWS::KMS::Alias", NameParts("pay", "dev", "data", "0a1b2c3d")),
        (
            "dev-web-0a1b2c3d",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            NameParts(None, "dev", "web", "0a1b2c3d"),
        ),
        ("pay-dev-data-0a1b2c3d", "AWS::EFS::FileSystem", NameParts("pay", "dev", "data", "0a1b2c3d")),
    ],
)
def test_decode(name: str, kind: str, parts: NameParts) -> None:
    """A name of the convention says project, environment, role, suffix and revision."""
    assert decode(name, kind) == parts


@pytest.mark.parametrize(
    "name", ["SecureUsers", "pay-dev-0a1b2c3d", "pay-dev-data-zzzzzzzz", "pay--data-0a1b2c3d", "Pay-dev-data-0a1b2c3d"]
)
def test_other_names_do_not_decode(name: str) -> None:
    """What the convention did not form has no parts."""
    with pytest.raises(NamingError) as caught:
        decode(name, "AWS::S3::Bucket")

    assert (caught.value.where, caught.value.found) == (name, "not a name of the convention")
    assert caught.value.remedy == "expected project-environment-role-suffix"


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ("text", 4),
        ('a "b"\\', 9),
        (True, 4),
        (Ref("AWS::AccountId"), 12),
        (Ref("AWS::Region"), len("us-isof-south-1")),
        (Ref("AWS::Partition"), len("aws-us-gov")),
        (Ref("AWS::StackName"), 128),
        (Ref("AWS::URLSuffix"), len("amazonaws.com.cn")),
        (Ref("AWS::StackId"), len("arn:aws-us-gov:cloudformation:us-isof-south-1:123456789012:stack//") + 128 + 36),
        (Ref("AWS::NoValue"), 0),
        (Ref("Project"), 20),
        (Ref("Environment"), len("staging")),
        (Ref("AccessKeyMaxAgeDays"), 3),
        (Ref("ReserveConcurrency"), len("false")),
        (Ref("Anything"), ARN_LENGTH),
        (GetAtt("Box", "Arn"), ARN_LENGTH),
        (suffix(), 8),
        (Select(1, ["a", "b"]), ARN_LENGTH),
        (Select(0, Split(":", GetAtt("Box", "Arn"))), ARN_LENGTH),
        (Sub("a-${AWS::Region}-b"), 19),
        (Sub("${Box.Arn}/*"), ARN_LENGTH + 2),
        (Sub("${Project}-${Suffix}", Suffix=suffix()), 29),
        (Sub("${!aws:username}"), 16),
    ],
)
def test_worst_case_length(value: Any, length: int) -> None:
    """A value counts as the longest that can be bound; only the suffix itself counts as eight."""
    assert worst_case_length(encode_to_dict(value)) == length


@pytest.mark.parametrize("value", [If("A", "x" * 10, "y"), Join("-", ["x" * 10, "y"]), {"Key": ["x" * 10, {"b": 1}]}])
def test_worst_case_is_never_less_than_the_text(value: Any) -> None:
    """A function counts at least what it chooses from; a mapping at least its JSON without white space."""
    encoded = encode_to_dict(value)

    assert worst_case_length(encoded) >= len(json.dumps(encoded, separators=(",", ":"))) - len('{"Fn::Join":}')
