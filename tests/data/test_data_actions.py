"""IAM actions and the resources that they can be granted on."""

from __future__ import annotations

import pytest

from tap_templates.data import actions
from tap_templates.errors import PolicyError


@pytest.mark.parametrize(
    "action", ["s3:GetObject", "S3:getobject", "kms:Decrypt", "iam:PassRole", "s3:Get*", "*", "ec2:Run?nstances"]
)
def test_action_exists(action: str) -> None:
    """An action of any case exists, and a pattern that some action is like."""
    assert actions.exists(action)


@pytest.mark.parametrize(
    "action", ["s3:GetObjects", "s3:Gett*", "nosuch:Get", "nosuch*:Get", "GetObject", "s3", "s3:", ""]
)
def test_action_does_not_exist(action: str) -> None:
    """Neither a wrong name nor a wrong service nor a wrong form is an action."""
    assert not actions.exists(action)


def test_resource_types_of_an_action() -> None:
    """GetObject is granted on objects."""
    assert actions.resource_types("s3:GetObject") == ("accesspointobject", "object")


def test_resource_types_of_a_pattern() -> None:
    """A pattern has the types of every action like it."""
    assert actions.resource_types("kms:De*Key*") == ("key",)
    assert {"bucket", "object"} <= set(actions.resource_types("s3:Get*"))


@pytest.mark.parametrize(
    "action", ["s3:ListAllMyBuckets", "kms:CreateKey", "ec2:DescribeInstances", "sts:GetCallerIdentity", "iam:ListU*rs"]
)
def test_wildcard_is_all_that_can_be_granted(action: str) -> None:
    """Actions on no resource in particular have "*" as their only resource."""
    assert actions.needs_wildcard(action)


@pytest.mark.parametrize(
    "action", ["s3:PutObject", "iam:CreateAccessKey", "secretsmanager:GetSecretValue", "s3:*", "*"]
)
def test_resource_can_be_named(action: str) -> None:
    """Actions on a resource, and patterns with such an action among theirs, can be granted on it alone."""
    assert not actions.needs_wildcard(action)


def test_expansion_is_spelled_as_aws_does() -> None:
    """A pattern of any case gives names in AWS's spelling, sorted."""
    assert actions.expand("KMS:schedule*") == ("kms:ScheduleKeyDeletion",)
    assert actions.expand("iam:?etUser") == ("iam:GetUser",)
    assert actions.expand("s3:getobject") == ("s3:GetObject",)


def test_expansion_over_services() -> None:
    """The service can be a pattern; a lone star is every action there is."""
    assert "dax:GetItem" in actions.expand("d*:GetItem")
    assert "dynamodb:GetItem" in actions.expand("d*:GetItem")
    assert len(actions.expand("*")) > 20_000
    assert actions.expand("*") == actions.expand("*:*")


def test_expansion_of_nothing() -> None:
    """A pattern that no action is like gives none."""
    assert actions.expand("s3:Nothing*") == ()


@pytest.mark.parametrize(
    ("action", "hint"),
    [
        ("s3:GetObjct", "did you mean s3:GetObject?"),
        ("dynamdb:GetItem", "did you mean dynamodb?"),
        ("GetObject", "in the form service:Action"),
        ("s3:xyzzyplugh", "use an action that IAM has"),
    ],
)
def test_unknown_action_is_refused_with_the_nearest(action: str, hint: str) -> None:
    """The error names what was found and what was probably meant."""
    with pytest.raises(PolicyError) as error:
        actions.needs_wildcard(action)

    assert error.value.found == action
    assert hint in str(error.value)
