"""The resource ARN of an IAM request, as AWS forms it: with the path, and of the entity that the action is about.

ministack leaves the path out and takes the first name it finds, so ``user/payments/dev/*`` would match nobody, and
AddUserToGroup would be about the user. Source: Service Authorization Reference, AWS Identity and Access Management.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Actions that name several things, and the kind that AWS authorises them on.
ABOUT_GROUP = {"AddUserToGroup", "RemoveUserFromGroup", "AttachGroupPolicy", "DetachGroupPolicy"}
ABOUT_PROFILE = {"AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile"}
ABOUT_KEY_OWNER = {"GetAccessKeyLastUsed", "UpdateAccessKey", "DeleteAccessKey"}
BY_PARAMETER = (
    ("RoleName", "role"),
    ("UserName", "user"),
    ("PolicyArn", "policy"),
    ("GroupName", "group"),
    ("InstanceProfileName", "instance-profile"),
    ("PolicyName", "policy"),
)


def install() -> None:
    """Replace ministack's reading of IAM requests; other services keep theirs."""
    from ministack.core import iam_actions

    original = iam_actions.extract_resource_arn

    def with_path(service: str, method: str, path: str, headers: Any, body: Any, query: Any, *scope: Any) -> Any:
        found = original(service, method, path, headers, body, query, *scope)
        if service != "iam":
            return found
        return resource_arn(lambda name: str(iam_actions._query_param(query, name) or ""), found, scope[-1])

    iam_actions.extract_resource_arn = with_path


def resource_arn(parameter: Callable[[str], str], fallback: str, account: str) -> str:
    """The ARN of what the request is about; ``fallback`` when it names nothing."""
    action = parameter("Action")
    if action in ABOUT_GROUP:
        return _arn("group", parameter("GroupName"), parameter("Path"), account)
    if action in ABOUT_PROFILE:
        return _arn("instance-profile", parameter("InstanceProfileName"), parameter("Path"), account)
    if action in ABOUT_KEY_OWNER and not parameter("UserName"):
        owner = _owner_of_key(parameter("AccessKeyId"))
        return _arn("user", owner, "", account) if owner else fallback
    for name, kind in BY_PARAMETER:
        value = parameter(name)
        if value:
            return value if name == "PolicyArn" else _arn(kind, value, parameter("Path"), account)
    return fallback


def _owner_of_key(key_id: str) -> str:
    from ministack.services import iam

    return str((iam._access_keys.get(key_id) or {}).get("UserName", ""))


def _arn(kind: str, name: str, path: str, account: str) -> str:
    """The stored ARN of an existing entity; for one that is being made, the ARN it will have."""
    from ministack.services import iam

    stores = {
        "user": iam._users,
        "role": iam._roles,
        "group": iam._groups,
        "instance-profile": iam._instance_profiles,
    }
    entity = stores[kind].get(name) if kind in stores else None
    if entity and not path:
        return str(entity["Arn"])
    return f"arn:aws:iam::{account}:{kind}{path or '/'}{name}"
