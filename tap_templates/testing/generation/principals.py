"""What a template promises of its roles, groups, users and policies."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from tap_templates.testing.generation.symbolic import Symbolic

GROUP, POLICY, ROLE, USER = (f"AWS::IAM::{word}" for word in ("Group", "ManagedPolicy", "Role", "User"))
HOLDERS = {ROLE: "Roles", GROUP: "Groups", USER: "Users"}
DANGEROUS = (
    "cloudtrail:StopLogging",
    "iam:AttachRolePolicy",
    "iam:CreateUser",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "kms:ScheduleKeyDeletion",
    "lambda:UpdateFunctionCode",
    "logs:DeleteLogGroup",
    "organizations:LeaveOrganization",
    "s3:DeleteBucket",
    "s3:PutBucketPolicy",
    "secretsmanager:DeleteSecret",
    "sts:AssumeRole",
)
"""Actions that raise privileges, remove traces or destroy; a role is tested for those that nothing grants to it."""
MFA = "aws:MultiFactorAuthPresent"


def tables(stack: Symbolic) -> dict[str, Any]:
    """Tables of ``test_identity.py``."""
    policies = {title: said["Statement"] for title, said in stack.stating(POLICY, "PolicyDocument").items()}
    holders = {title: said for kind in HOLDERS for title, said in stack.of(kind).items()}
    return {
        "kinds": {title: stack.type_of(title).rpartition("::")[2] for title in holders},
        "trust": {title: said["Statement"] for title, said in stack.stating(ROLE, "AssumeRolePolicyDocument").items()},
        "boundaries": stack.stating(ROLE, "PermissionsBoundary") | stack.stating(USER, "PermissionsBoundary"),
        "paths": {title: said["Path"] for title, said in holders.items() if "Path" in said},
        "descriptions": stack.stating(ROLE, "Description"),
        "attached": {
            title: said["ManagedPolicyArns"] for title, said in holders.items() if "ManagedPolicyArns" in said
        },
        "inline": {
            title: {each["PolicyName"]: each["PolicyDocument"]["Statement"] for each in said["Policies"]}
            for title, said in holders.items()
            if "Policies" in said
        },
        "policies": policies,
        "held_by": {
            title: {word: said.get(word, []) for word in HOLDERS.values()} for title, said in stack.of(POLICY).items()
        },
        "memberships": stack.stating(USER, "Groups"),
        "denied": {title: denied for title in stack.of(ROLE) if (denied := _denied(stack, title, policies))},
        "guarded": [title for title in stack.of(GROUP) if _guarded(stack, title, policies)],
    }


def _statements(stack: Symbolic, holder: str, policies: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """What a holder is granted and denied; None when a policy of it is not in the template."""
    said = stack.properties[holder]
    found = [statement for each in said.get("Policies", []) for statement in each["PolicyDocument"]["Statement"]]
    for arn in said.get("ManagedPolicyArns", []):
        title = stack.titled(arn)
        if title is None or title not in policies:
            return None
        found += policies[title]
    return found


def _denied(stack: Symbolic, role: str, policies: Mapping[str, Any]) -> list[str]:
    """The dangerous actions that no statement grants; none where that cannot be told."""
    allowing = [each for each in _statements(stack, role, policies) or () if each["Effect"] == "Allow"]
    if not allowing or any("NotAction" in each for each in allowing):
        return []
    granted = [pattern.lower() for each in allowing for pattern in _listed(each["Action"])]
    return [action for action in DANGEROUS if not any(fnmatchcase(action.lower(), pattern) for pattern in granted)]


def _guarded(stack: Symbolic, group: str, policies: Mapping[str, Any]) -> bool:
    """Whether a group is denied everything else without MFA."""
    return any(
        each["Effect"] == "Deny" and MFA in str(each.get("Condition")) and "NotAction" in each
        for each in _statements(stack, group, policies) or ()
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
