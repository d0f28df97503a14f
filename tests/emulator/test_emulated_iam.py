"""IAM of the embedded AWS: every property of a template arrives, and boundaries bind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ALLOW_LIST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": ["*"]}],
}
ALLOW_MORE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "sqs:ListQueues"], "Resource": ["*"]}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}],
}
POLICY = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": ALLOW_LIST}}
WIDER = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": ALLOW_MORE}}


def _attached(answer: dict[str, Any]) -> list[str]:
    return [policy["PolicyArn"] for policy in answer["AttachedPolicies"]]


def read_group(clients: Any, name: str) -> dict[str, Any]:
    """The group's properties, in the template's words."""
    iam = clients("iam")
    group = iam.get_group(GroupName=name)["Group"]
    policies = [
        {
            "PolicyName": policy,
            "PolicyDocument": iam.get_group_policy(GroupName=name, PolicyName=policy)["PolicyDocument"],
        }
        for policy in iam.list_group_policies(GroupName=name)["PolicyNames"]
    ]
    return {
        "GroupName": group["GroupName"],
        "Path": group["Path"],
        "ManagedPolicyArns": _attached(iam.list_attached_group_policies(GroupName=name)),
        "Policies": policies or None,
    }


def read_user(clients: Any, name: str) -> dict[str, Any]:
    """The user's properties, in the template's words."""
    iam = clients("iam")
    user = iam.get_user(UserName=name)["User"]
    return {
        "UserName": name,
        "Path": user["Path"],
        "Groups": [group["GroupName"] for group in iam.list_groups_for_user(UserName=name)["Groups"]],
        "ManagedPolicyArns": _attached(iam.list_attached_user_policies(UserName=name)),
        "PermissionsBoundary": user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Tags": sorted((t for t in user["Tags"] if not t["Key"].startswith("aws:")), key=lambda t: t["Key"]),
    }


def read_role(clients: Any, name: str) -> dict[str, Any]:
    """The role's properties, in the template's words."""
    iam = clients("iam")
    role = iam.get_role(RoleName=name)["Role"]
    policies = [
        {
            "PolicyName": policy,
            "PolicyDocument": iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"],
        }
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    return {
        "RoleName": name,
        "Path": role["Path"],
        "AssumeRolePolicyDocument": role["AssumeRolePolicyDocument"],
        "Description": role.get("Description"),
        "MaxSessionDuration": role["MaxSessionDuration"],
        "ManagedPolicyArns": _attached(iam.list_attached_role_policies(RoleName=name)),
        "Policies": policies or None,
        "PermissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Tags": sorted((t for t in role["Tags"] if not t["Key"].startswith("aws:")), key=lambda t: t["Key"]),
    }


def read_policy(clients: Any, arn: str) -> dict[str, Any]:
    """The policy's properties, in the template's words."""
    iam = clients("iam")
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    holders = iam.list_entities_for_policy(PolicyArn=arn)
    return {
        "ManagedPolicyName": policy["PolicyName"],
        "Path": policy["Path"],
        "Description": policy.get("Description"),
        "PolicyDocument": version["Document"],
        "Groups": [holder["GroupName"] for holder in holders["PolicyGroups"]] or None,
        "Users": [holder["UserName"] for holder in holders["PolicyUsers"]] or None,
        "Roles": [holder["RoleName"] for holder in holders["PolicyRoles"]] or None,
    }


def test_group_is_created_updated_and_deleted(check_type: Any) -> None:
    """Path, managed and inline policies of a group arrive; dropped ones go."""
    check_type(
        "AWS::IAM::Group",
        before={
            "GroupName": "tap-dev-readers",
            "Path": "/tap/dev/",
            "ManagedPolicyArns": [{"Ref": "Policy"}],
            "Policies": [{"PolicyName": "inline", "PolicyDocument": ALLOW_LIST}],
        },
        after={"GroupName": "tap-dev-readers", "Path": "/tap/prod/", "ManagedPolicyArns": [{"Ref": "Wider"}]},
        support={"Policy": POLICY, "Wider": WIDER},
        read=read_group,
    )


def test_renamed_group_is_replaced(check_type: Any) -> None:
    """A new GroupName is a new group, and the old one goes."""
    check_type(
        "AWS::IAM::Group",
        before={"GroupName": "tap-dev-one", "Path": "/"},
        after={"GroupName": "tap-dev-two", "Path": "/"},
        read=lambda clients, name: {**read_group(clients, name), "ManagedPolicyArns": None},
        replaced=True,
    )


def test_group_with_an_unknown_policy_rolls_back(stack: Any, clients: Any) -> None:
    """Nothing is left of a group whose policy does not exist."""
    missing = "arn:aws:iam::111122223333:policy/absent"
    with pytest.raises(AssertionError, match="ROLLBACK_COMPLETE"):
        stack.deploy(
            {"G": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "never", "ManagedPolicyArns": [missing]}}}
        )

    with pytest.raises(ClientError, match="NoSuchEntity"):
        clients("iam").get_group(GroupName="never")


def test_user_is_created_updated_and_deleted(check_type: Any) -> None:
    """Path, groups, policies, boundary and tags of a user arrive."""
    check_type(
        "AWS::IAM::User",
        before={
            "UserName": "tap-dev-alice",
            "Path": "/tap/dev/",
            "Groups": [{"Ref": "Group"}],
            "ManagedPolicyArns": [{"Ref": "Policy"}],
            "PermissionsBoundary": {"Ref": "Policy"},
            "Tags": [{"Key": "Environment", "Value": "dev"}, {"Key": "Owner", "Value": "a"}],
        },
        after={
            "UserName": "tap-dev-alice",
            "Path": "/tap/prod/",
            "Groups": [],
            "ManagedPolicyArns": [{"Ref": "Wider"}],
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        support={
            "Policy": POLICY,
            "Wider": WIDER,
            "Group": {"Type": "AWS::IAM::Group", "Properties": {}},
        },
        read=read_user,
    )


def test_memberships_are_added_and_removed(check_type: Any) -> None:
    """UserToGroupAddition puts its users in the group, and takes them out again."""
    ids: dict[str, str] = {}

    def read(clients: Any, _: str) -> dict[str, Any]:
        members = clients("iam").get_group(GroupName="tap-dev-members")
        ids["Group"] = members["Group"]["GroupName"]
        return {"GroupName": ids["Group"], "Users": sorted(user["UserName"] for user in members["Users"])}

    check_type(
        "AWS::IAM::UserToGroupAddition",
        before={"GroupName": {"Ref": "Group"}, "Users": [{"Ref": "Alice"}, {"Ref": "Bob"}]},
        after={"GroupName": {"Ref": "Group"}, "Users": [{"Ref": "Bob"}]},
        support={
            "Group": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "tap-dev-members"}},
            "Alice": {"Type": "AWS::IAM::User", "Properties": {"UserName": "m-alice"}},
            "Bob": {"Type": "AWS::IAM::User", "Properties": {"UserName": "m-bob"}},
        },
        read=read,
    )


def test_managed_policy_is_attached_as_the_template_says(check_type: Any) -> None:
    """A policy reaches its groups, users and roles; a new document is its new default version."""
    check_type(
        "AWS::IAM::ManagedPolicy",
        before={
            "ManagedPolicyName": "tap-dev-policy",
            "Path": "/tap/",
            "Description": "Reads.",
            "PolicyDocument": ALLOW_LIST,
            "Groups": [{"Ref": "Group"}],
            "Users": [{"Ref": "User"}],
            "Roles": [{"Ref": "Role"}],
        },
        after={
            "ManagedPolicyName": "tap-dev-policy",
            "Path": "/tap/",
            "Description": "Reads.",
            "PolicyDocument": ALLOW_MORE,
            "Roles": [{"Ref": "Role"}],
        },
        support={
            "Group": {"Type": "AWS::IAM::Group", "Properties": {}},
            "User": {"Type": "AWS::IAM::User", "Properties": {}},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        },
        read=read_policy,
    )


def test_role_is_created_updated_and_deleted(check_type: Any) -> None:
    """Every property of a role arrives, its boundary too; a dropped boundary goes."""
    check_type(
        "AWS::IAM::Role",
        before={
            "RoleName": "tap-dev-worker",
            "Path": "/tap/dev/",
            "AssumeRolePolicyDocument": TRUST,
            "Description": "Works.",
            "MaxSessionDuration": 7200,
            "ManagedPolicyArns": [{"Ref": "Policy"}],
            "Policies": [{"PolicyName": "inline", "PolicyDocument": ALLOW_LIST}],
            "PermissionsBoundary": {"Ref": "Policy"},
            "Tags": [{"Key": "Environment", "Value": "dev"}],
        },
        after={
            "RoleName": "tap-dev-worker",
            "Path": "/tap/dev/",
            "AssumeRolePolicyDocument": TRUST,
            "Description": "Works more.",
            "MaxSessionDuration": 3600,
            "ManagedPolicyArns": [{"Ref": "Wider"}],
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        support={"Policy": POLICY, "Wider": WIDER},
        read=read_role,
    )


def test_boundary_of_a_deployed_role_restricts_it(stack: Any, clients: Any) -> None:
    """A role may do what its policy and its boundary both allow, and nothing else."""
    stack.deploy(
        {
            "Boundary": POLICY,
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": TRUST,
                    "PermissionsBoundary": {"Ref": "Boundary"},
                    "Policies": [{"PolicyName": "p", "PolicyDocument": ALLOW_MORE}],
                },
            },
        }
    )
    arn = clients("iam").get_role(RoleName=stack.ids["Role"])["Role"]["Arn"]
    credentials = clients("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]

    clients.of_key("s3", credentials).list_buckets()
    with pytest.raises(ClientError, match="AccessDenied"):
        clients.of_key("sqs", credentials).list_queues()


def test_policy_as_a_resource_is_inlined(stack: Any, clients: Any) -> None:
    """AWS::IAM::Policy reaches its group and its role."""
    stack.deploy(
        {
            "Group": {"Type": "AWS::IAM::Group", "Properties": {}},
            "Inline": {
                "Type": "AWS::IAM::Policy",
                "Properties": {"PolicyName": "p", "PolicyDocument": ALLOW_LIST, "Groups": [{"Ref": "Group"}]},
            },
        }
    )

    found = clients("iam").get_group_policy(GroupName=stack.ids["Group"], PolicyName="p")
    assert json.loads(json.dumps(found["PolicyDocument"])) == ALLOW_LIST
