"""IAM: groups, roles, users and managed policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import Subject
from tap_templates.deployment.verification.values import Policy, Tags, tags_of

Read = Callable[[Subject], Any]


def _told(kind: str, word: str) -> Read:
    """What ``GetRole``, ``GetUser`` or ``GetGroup`` says under a word of the template."""

    def read(holder: Subject) -> Any:
        return holder.ask("iam", f"get_{kind}", **{f"{kind.title()}Name": holder.id})[kind.title()].get(word)

    return read


def _boundary(kind: str) -> Read:
    told = _told(kind, "PermissionsBoundary")
    return lambda holder: (told(holder) or {}).get("PermissionsBoundaryArn")


def _attached(kind: str) -> Read:
    def read(holder: Subject) -> list[str]:
        found = holder.every(
            "iam", f"list_attached_{kind}_policies", "AttachedPolicies", **{f"{kind.title()}Name": holder.id}
        )
        return [policy["PolicyArn"] for policy in found]

    return read


def _inline(kind: str) -> Read:
    def read(holder: Subject) -> list[dict[str, Any]]:
        name = {f"{kind.title()}Name": holder.id}
        return [
            {
                "PolicyName": policy,
                "PolicyDocument": Policy(
                    holder.ask("iam", f"get_{kind}_policy", PolicyName=policy, **name)["PolicyDocument"]
                ),
            }
            for policy in holder.every("iam", f"list_{kind}_policies", "PolicyNames", **name)
        ]

    return read


def _tags(kind: str) -> Read:
    told = _told(kind, "Tags")
    return lambda holder: tags_of(told(holder))


def _trust(role: Subject) -> Policy:
    return Policy(_told("role", "AssumeRolePolicyDocument")(role))


def _groups(user: Subject) -> list[str]:
    return [group["GroupName"] for group in user.every("iam", "list_groups_for_user", "Groups", UserName=user.id)]


def _policy(word: str) -> Read:
    return lambda policy: policy.ask("iam", "get_policy", PolicyArn=policy.id)["Policy"].get(word)


def _document(policy: Subject) -> Policy:
    version = _policy("DefaultVersionId")(policy)
    answer = policy.ask("iam", "get_policy_version", PolicyArn=policy.id, VersionId=version)
    return Policy(answer["PolicyVersion"]["Document"])


def _policy_tags(policy: Subject) -> Tags:
    return tags_of(_policy("Tags")(policy))


def _holders(kind: str) -> Read:
    def read(policy: Subject) -> list[str]:
        as_policy = {"PolicyArn": policy.id, "PolicyUsageFilter": "PermissionsPolicy"}
        found = policy.every("iam", "list_entities_for_policy", f"Policy{kind}s", **as_policy)
        return [holder[f"{kind}Name"] for holder in found]

    return read


def _holder(kind: str) -> dict[str, Read]:
    return {
        f"{kind.title()}Name": _told(kind, f"{kind.title()}Name"),
        "ManagedPolicyArns": _attached(kind),
        "Path": _told(kind, "Path"),
        "Policies": _inline(kind),
    }


READERS = {
    "AWS::IAM::Group": _holder("group"),
    "AWS::IAM::ManagedPolicy": {
        "Description": _policy("Description"),
        "Groups": _holders("Group"),
        "ManagedPolicyName": _policy("PolicyName"),
        "Path": _policy("Path"),
        "PolicyDocument": _document,
        "Roles": _holders("Role"),
        "Tags": _policy_tags,
        "Users": _holders("User"),
    },
    "AWS::IAM::Role": {
        **_holder("role"),
        "AssumeRolePolicyDocument": _trust,
        "Description": _told("role", "Description"),
        "MaxSessionDuration": _told("role", "MaxSessionDuration"),
        "PermissionsBoundary": _boundary("role"),
        "Tags": _tags("role"),
    },
    "AWS::IAM::User": {
        **_holder("user"),
        "Groups": _groups,
        "PermissionsBoundary": _boundary("user"),
        "Tags": _tags("user"),
    },
}
