"""Groups, managed policies, roles and users."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from support.mutants.mutant import Deployed, Mutant, listed, of_document, of_tags, pairs, setting

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
MORE = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


def _grants(iam: Any, title: str, kind: str, name: str) -> Iterator[Mutant]:
    """A policy less, a managed one more, an inline one more."""
    who = {f"{kind.title()}Name": name}
    attach, detach = getattr(iam, f"attach_{kind}_policy"), getattr(iam, f"detach_{kind}_policy")
    for policy in getattr(iam, f"list_attached_{kind}_policies")(**who)["AttachedPolicies"]:
        arn = {"PolicyArn": policy["PolicyArn"]}
        yield Mutant(
            title,
            f"{policy['PolicyName']} detached",
            lambda a=arn: detach(**who, **a),  # type: ignore[misc]
            lambda a=arn: attach(**who, **a),  # type: ignore[misc]
        )
    admin = {"PolicyArn": ADMINISTRATOR}
    yield Mutant(title, "administrator", lambda: attach(**who, **admin), lambda: detach(**who, **admin))
    put, delete = getattr(iam, f"put_{kind}_policy"), getattr(iam, f"delete_{kind}_policy")
    yield Mutant(
        title,
        "inline policy",
        lambda: put(**who, PolicyName="more", PolicyDocument=MORE),
        lambda: delete(**who, PolicyName="more"),
    )


def of_group(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Grants and path."""
    iam, name = deployed.aws("iam"), deployed.ids[title]
    yield from _grants(iam, title, "group", name)
    path = iam.get_group(GroupName=name)["Group"]["Path"]
    yield setting(title, "path", lambda to: iam.update_group(GroupName=name, NewPath=to), path, "/other/")


def of_user(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Grants, groups, path and tags."""
    iam, name = deployed.aws("iam"), deployed.ids[title]
    yield from _grants(iam, title, "user", name)
    inside = {group["GroupName"] for group in iam.list_groups_for_user(UserName=name)["Groups"]}
    groups = {deployed.ids[group] for group, kind in deployed.kinds.items() if kind == "AWS::IAM::Group"}
    for group in sorted(groups):
        join = lambda g=group: iam.add_user_to_group(UserName=name, GroupName=g)  # noqa: E731
        leave = lambda g=group: iam.remove_user_from_group(UserName=name, GroupName=g)  # noqa: E731
        change, undo = (leave, join) if group in inside else (join, leave)
        yield Mutant(title, f"membership of {group}", change, undo)
    found = iam.get_user(UserName=name)["User"]
    yield setting(title, "path", lambda to: iam.update_user(UserName=name, NewPath=to), found["Path"], "/other/")
    yield from of_tags(
        title,
        pairs(found["Tags"]),
        lambda some: iam.tag_user(UserName=name, Tags=listed(some)),
        lambda key: iam.untag_user(UserName=name, TagKeys=[key]),
    )


def of_role(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Grants, trust, boundary, description and tags."""
    iam, name = deployed.aws("iam"), {"RoleName": deployed.ids[title]}
    role = iam.get_role(**name)["Role"]
    yield from _grants(iam, title, "role", deployed.ids[title])
    yield from of_document(
        title, lambda text: iam.update_assume_role_policy(**name, PolicyDocument=text), role["AssumeRolePolicyDocument"]
    )
    boundary = role["PermissionsBoundary"]["PermissionsBoundaryArn"]

    def put(arn: str) -> None:
        iam.put_role_permissions_boundary(**name, PermissionsBoundary=arn)

    yield Mutant(title, "boundary dropped", lambda: iam.delete_role_permissions_boundary(**name), lambda: put(boundary))
    yield setting(title, "other boundary", put, boundary, ADMINISTRATOR)
    yield setting(
        title, "description", lambda said: iam.update_role(**name, Description=said), role["Description"], "other"
    )
    yield from of_tags(
        title,
        pairs(role["Tags"]),
        lambda some: iam.tag_role(**name, Tags=listed(some)),
        lambda key: iam.untag_role(**name, TagKeys=[key]),
    )


def of_policy(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Its document, and one more who holds it."""
    iam, arn = deployed.aws("iam"), {"PolicyArn": deployed.ids[title]}
    version = iam.get_policy(**arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(**arn, VersionId=version)["PolicyVersion"]["Document"]

    def put(text: str) -> None:
        iam.create_policy_version(**arn, PolicyDocument=text, SetAsDefault=True)
        for other in iam.list_policy_versions(**arn)["Versions"]:
            if not other["IsDefaultVersion"]:
                iam.delete_policy_version(**arn, VersionId=other["VersionId"])

    yield from of_document(title, put, document)
    held = {each["RoleName"] for each in iam.list_entities_for_policy(**arn)["PolicyRoles"]}
    roles = sorted(deployed.ids[each] for each, kind in deployed.kinds.items() if kind == "AWS::IAM::Role")
    for role in (name for name in roles if name not in held):
        yield Mutant(
            title,
            f"held by {role}",
            lambda r=role: iam.attach_role_policy(**arn, RoleName=r),  # type: ignore[misc]
            lambda r=role: iam.detach_role_policy(**arn, RoleName=r),  # type: ignore[misc]
        )
