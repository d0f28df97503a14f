"""Policies of identities: what they allow, on what, and to whom they belong."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import either, results, said

from tap_templates.checks.rule import Rule
from tap_templates.checks.rules.action_exists import ActionExists
from tap_templates.checks.rules.allow_has_no_not_action import AllowHasNoNotAction
from tap_templates.checks.rules.allow_has_no_not_resource import AllowHasNoNotResource
from tap_templates.checks.rules.managed_policy_is_not_administrator import ManagedPolicyIsNotAdministrator
from tap_templates.checks.rules.policy_does_not_escalate import PolicyDoesNotEscalate
from tap_templates.checks.rules.policy_is_not_inline import PolicyIsNotInline
from tap_templates.checks.rules.policy_names_its_actions import PolicyNamesItsActions
from tap_templates.checks.rules.policy_names_its_resources import PolicyNamesItsResources
from tap_templates.checks.rules.role_has_boundary import RoleHasBoundary
from tap_templates.checks.rules.user_has_rights_through_groups import UserHasRightsThroughGroups

ROLE = "AWS::IAM::Role"
TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
USERS = "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/"
ANY_TABLE = {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: Any) -> dict[str, Any]:
    """A managed policy that a group of somewhere else holds."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"It": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"Groups": ["staff"], "PolicyDocument": document}}}


def role(**properties: Any) -> dict[str, Any]:
    """A role."""
    return {"It": {"Type": ROLE, "Properties": properties}}


def test_all_actions_of_a_service() -> None:
    """``*`` and ``service:*`` are found at their own place; a pattern of some actions is not."""
    found = said(PolicyNamesItsActions, policy(allow(["s3:*", "s3:Get*", "*"]), {**allow("s3:*"), "Effect": "Deny"}))

    assert [(result, path) for result, path, _ in found] == [
        ("fails", "Resources/It/Properties/PolicyDocument/Statement/0/Action/0"),
        ("fails", "Resources/It/Properties/PolicyDocument/Statement/0/Action/2"),
    ]


def test_both_sides_of_a_condition_are_judged() -> None:
    """One side is enough; what only AWS knows is said to be so."""
    sides = policy(allow(either("Wide", "iam:*", "iam:GetUser")))

    assert results(PolicyNamesItsActions, sides, Conditions={"Wide": {"Fn::Equals": ["a", {"Ref": "P"}]}}) == [
        "fails",
        "holds",
    ]
    assert results(PolicyNamesItsActions, policy(allow({"Fn::ImportValue": "actions"}))) == ["cannot tell"]


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("dynamodb:GetItem", TABLE, ["holds"]),
        ("dynamodb:GetItem", ANY_TABLE, ["holds"]),
        ("dynamodb:GetItem", "*", ["fails"]),
        ("dynamodb:GetItem", "arn:aws:dynamodb:*:*:*", ["fails"]),
        ("dynamodb:ListTables", "*", ["holds"]),
        (["dynamodb:ListTables", "dynamodb:GetItem"], "*", ["fails"]),
        ("dynamodb:GetItem", {"Ref": "Where"}, ["cannot tell"]),
        ("dynamodb:GetItem", [TABLE, "*"], ["holds", "fails"]),
    ],
)
def test_wildcard_resource_only_where_aws_has_no_other(action: Any, resource: Any, expected: list[str]) -> None:
    """What AWS's own data can give for single resources is not given for all."""
    parameters = {"Where": {"Type": "String"}}

    assert results(PolicyNamesItsResources, policy(allow(action, resource)), Parameters=parameters) == expected


def test_message_names_the_action_and_its_resources() -> None:
    """So that the author knows what to write instead."""
    [(_, path, message)] = said(PolicyNamesItsResources, policy(allow("kms:Decrypt")))

    assert path == "Resources/It/Properties/PolicyDocument/Statement/0/Resource"
    assert message.endswith("found '*'; name the ARNs that are needed: kms:Decrypt can be given for each key")


def test_boundary_is_no_grant() -> None:
    """A policy that only bounds lets through what others grant; as soon as somebody holds it, it grants."""
    document = {"Version": "2012-10-17", "Statement": [allow("s3:*")]}
    bound = {"Limit": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}}
    resources = {**bound, **role(PermissionsBoundary={"Ref": "Limit"})}
    held = {**bound, **role(PermissionsBoundary={"Ref": "Limit"}, ManagedPolicyArns=[{"Ref": "Limit"}])}

    assert results(PolicyNamesItsActions, resources) == []
    assert results(PolicyNamesItsActions, held) == ["fails"]


@pytest.mark.parametrize(("rule", "word"), [(AllowHasNoNotAction, "NotAction"), (AllowHasNoNotResource, "NotResource")])
def test_what_is_left_out_is_not_allowed(rule: type[Rule], word: str) -> None:
    """With Allow it is a violation, with Deny it is sound."""
    other = {"NotAction": {"Resource": TABLE}, "NotResource": {"Action": "s3:GetObject"}}[word]

    assert "fails" in results(rule, policy({"Effect": "Allow", word: ["iam:*"], **other}))
    assert "fails" not in results(rule, policy({"Effect": "Deny", word: ["iam:*"], **other}))
    assert "fails" not in results(rule, policy(allow("s3:GetObject", TABLE)))


def test_action_that_aws_does_not_have() -> None:
    """A typing error denies or allows nothing; the nearest action is named."""
    found = said(ActionExists, policy(allow(["s3:GetObjet", "s3:GetObject", "s3:Get*"], TABLE)))

    assert [path for _, path, _ in found] == ["Resources/It/Properties/PolicyDocument/Statement/0/Action/0"]
    assert "s3:GetObject" in found[0][2]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (role(), ["holds"]),
        (role(Policies=[{"PolicyName": "a", "PolicyDocument": {}}]), ["fails"]),
        ({"It": {"Type": "AWS::IAM::RolePolicy", "Properties": {}}}, ["fails"]),
        ({"It": {"Type": "AWS::IAM::Policy", "Properties": {}}}, ["fails"]),
    ],
)
def test_inline_policies(resources: dict[str, Any], expected: list[str]) -> None:
    """Inside an identity, or a resource of its own."""
    assert results(PolicyIsNotInline, resources) == expected


def test_boundary_on_every_role() -> None:
    """A role without one fails; where the requirement asks for none, nothing is judged."""
    bounded = role(PermissionsBoundary={"Ref": "Limit"})
    limit = {"Limit": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {}}}}

    assert results(RoleHasBoundary, role()) == ["fails"]
    assert results(RoleHasBoundary, {**limit, **bounded}) == ["holds"]
    assert results(RoleHasBoundary, role(), demands={"permissions_boundary": False}) == []
    everything = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert results(RoleHasBoundary, role(PermissionsBoundary=everything)) == ["fails"]


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", ["fails"]),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess"}, ["fails"]),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/job-function/NetworkAdministrator"}, ["fails"]),
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", ["holds"]),
        ("arn:aws:iam::111122223333:policy/own", ["holds"]),
        ({"Ref": "Which"}, ["cannot tell"]),
    ],
)
def test_managed_policies_of_aws(arn: Any, expected: list[str]) -> None:
    """What administers a service, or all of them, is not attached."""
    found = results(
        ManagedPolicyIsNotAdministrator, role(ManagedPolicyArns=[arn]), Parameters={"Which": {"Type": "String"}}
    )
    assert found == expected


def test_a_managed_policy_of_the_template_is_no_policy_of_aws() -> None:
    """It is judged by what it says, not by its name."""
    resources = {**policy(allow("s3:GetObject", TABLE)), "Holder": {"Type": ROLE, "Properties": {}}}
    resources["Holder"]["Properties"]["ManagedPolicyArns"] = [{"Ref": "It"}]

    assert results(ManagedPolicyIsNotAdministrator, resources) == ["holds"]


def test_users_have_rights_through_groups() -> None:
    """A policy at the user, from either side, and an access key are violations; a boundary is none."""
    user = {"Alice": {"Type": "AWS::IAM::User", "Properties": {"PermissionsBoundary": "arn:aws:iam::1:policy/b"}}}
    attached = {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"Users": ["alice"]}}}
    inline = {"P": {"Type": "AWS::IAM::UserPolicy", "Properties": {"UserName": "alice", "PolicyName": "p"}}}
    key = {"K": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": "alice"}}}

    assert results(UserHasRightsThroughGroups, user) == ["holds"]
    assert results(UserHasRightsThroughGroups, attached) == ["fails"]
    assert results(UserHasRightsThroughGroups, inline) == ["fails"]
    assert results(UserHasRightsThroughGroups, key) == ["fails"]


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("iam:CreateAccessKey", "*", ["fails"]),
        ("iam:CreateAccessKey", {"Fn::Sub": USERS + "${!aws:username}"}, ["holds"]),
        ("iam:CreateAccessKey", {"Fn::Sub": USERS + "payments/dev/*"}, ["holds"]),
        ("iam:CreateAccessKey", {"Fn::Sub": USERS + "*"}, ["fails"]),
        ("iam:CreateAccessKey", {"Fn::Sub": USERS + "adm*"}, ["fails"]),
        ("iam:Create*", {"Fn::Sub": USERS + "*"}, ["fails"]),
        ("iam:GetUser", "*", []),
        ("iam:AttachRolePolicy", {"Fn::GetAtt": ["Worker", "Arn"]}, ["holds"]),
        ("sts:AssumeRole", "arn:aws:iam::*:role/*", ["fails"]),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:*", ["fails"]),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/reader", ["holds"]),
        ("sts:AssumeRole", {"Ref": "Which"}, ["cannot tell"]),
    ],
)
def test_ways_to_more_rights(action: str, resource: Any, expected: list[str]) -> None:
    """Found where the resource is not what one owns or names."""
    parameters = {"Which": {"Type": "String"}}
    worker = {"Worker": {"Type": ROLE}}

    assert (
        results(PolicyDoesNotEscalate, {**worker, **policy(allow(action, resource))}, Parameters=parameters) == expected
    )


def test_two_rights_that_are_a_way_together() -> None:
    """Passing any role is a way for whoever may start something with it, though each stands in a policy of its own."""
    group = {"Group": {"Type": "AWS::IAM::Group"}}
    document = {"Version": "2012-10-17"}

    def held(title: str, *statements: Any) -> dict[str, Any]:
        properties = {"Groups": [{"Ref": "Group"}], "PolicyDocument": {**document, "Statement": list(statements)}}
        return {title: {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}}

    passing, starting = held("Passing", allow("iam:PassRole")), held("Starting", allow("lambda:CreateFunction"))
    [(result, path, message)] = said(PolicyDoesNotEscalate, {**group, **passing, **starting})

    assert (result, path) == ("fails", "Resources/Passing/Properties/PolicyDocument/Statement/0/Resource")
    assert "iam:PassRole with lambda:CreateFunction gives any role given to a function" in message
    assert results(PolicyDoesNotEscalate, {**group, **passing}) == []
    named = held("Passing", allow("iam:PassRole", "arn:aws:iam::111122223333:role/worker"))
    assert results(PolicyDoesNotEscalate, {**group, **named, **starting}) == ["holds"]


def test_statement_that_cannot_be_read() -> None:
    """It is said to be undecided, and never passed over."""
    assert results(PolicyDoesNotEscalate, policy({"Fn::ImportValue": "statement"})) == ["cannot tell"]
