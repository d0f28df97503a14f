"""IAM: groups, memberships, inline policies as resources of their own, and the permissions boundary of roles."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from tap_templates.emulator.types._registry import Made, Properties, Repair, Type, account_id, aws, generated_name


def _document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _inline(props: Properties) -> dict[str, str]:
    return {policy["PolicyName"]: _document(policy["PolicyDocument"]) for policy in props.get("Policies") or []}


def _create_group(logical_id: str, props: Properties, stack_name: str) -> Made:
    name = props.get("GroupName") or generated_name(stack_name, logical_id, maximum=128)
    path = {"Path": props["Path"]} if props.get("Path") else {}
    arn = aws("iam").create_group(GroupName=name, **path)["Group"]["Arn"]
    try:
        _reconcile_group(name, {}, props)
    except Exception:
        _delete_group(name, props)
        raise
    return name, {"Arn": arn}


def _update_group(name: str, old: Properties, new: Properties) -> dict[str, str]:
    from ministack.services import iam as store  # it has no UpdateGroup

    group = store._groups[name]
    path = new.get("Path") or "/"
    group["Path"], group["Arn"] = path, f"arn:aws:iam::{account_id()}:group{path}{name}"
    _reconcile_group(name, old, new)
    return {"Arn": group["Arn"]}


def _reconcile_group(name: str, old: Properties, new: Properties) -> None:
    iam = aws("iam")
    before, after = set(old.get("ManagedPolicyArns") or []), set(new.get("ManagedPolicyArns") or [])
    for arn in sorted(before - after):
        iam.detach_group_policy(GroupName=name, PolicyArn=arn)
    for arn in sorted(after - before):
        iam.get_policy(PolicyArn=arn)  # attaching what does not exist must fail, as on AWS
        iam.attach_group_policy(GroupName=name, PolicyArn=arn)
    for policy in sorted(_inline(old).keys() - _inline(new).keys()):
        iam.delete_group_policy(GroupName=name, PolicyName=policy)
    for policy, document in _inline(new).items():
        iam.put_group_policy(GroupName=name, PolicyName=policy, PolicyDocument=document)


def _delete_group(name: str, props: Properties) -> None:
    iam = aws("iam")
    try:
        attached = iam.list_attached_group_policies(GroupName=name)["AttachedPolicies"]
    except iam.exceptions.NoSuchEntityException:
        return
    for policy in attached:
        iam.detach_group_policy(GroupName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_group(GroupName=name)


def _add_members(logical_id: str, props: Properties, stack_name: str) -> Made:
    for user in props.get("Users") or []:
        aws("iam").add_user_to_group(GroupName=props["GroupName"], UserName=user)
    return generated_name(stack_name, logical_id, maximum=128), {}


def _update_members(physical_id: str, old: Properties, new: Properties) -> dict[str, str]:
    _remove_members(old, keep=new.get("Users") or [] if old["GroupName"] == new["GroupName"] else [])
    for user in new.get("Users") or []:
        aws("iam").add_user_to_group(GroupName=new["GroupName"], UserName=user)
    return {}


def _remove_members(props: Properties, keep: list[str]) -> None:
    iam = aws("iam")
    for user in props.get("Users") or []:
        if user not in keep:
            with suppress(iam.exceptions.NoSuchEntityException):  # the user or the group went first
                iam.remove_user_from_group(GroupName=props["GroupName"], UserName=user)


def _delete_members(physical_id: str, props: Properties) -> None:
    _remove_members(props, keep=[])


def _bound_role(name: str, old: Properties, new: Properties) -> None:
    boundary = new.get("PermissionsBoundary")
    if boundary:
        aws("iam").put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
    elif old.get("PermissionsBoundary"):
        aws("iam").delete_role_permissions_boundary(RoleName=name)


def _profile_name(arn: str, attributes: dict[str, str]) -> str:
    return arn.rpartition("/")[2]


def _profile_arn(name: str) -> str:
    from ministack.services import iam as store

    return str((store._instance_profiles.get(name) or {}).get("Arn", name))


ENTRIES: tuple[Type | Repair, ...] = (
    Type("AWS::IAM::Group", _create_group, _update_group, _delete_group, ("GroupName",), named_by="GroupName"),
    Type("AWS::IAM::UserToGroupAddition", _add_members, _update_members, _delete_members),
    Repair("AWS::IAM::Role", _bound_role),
    Repair("AWS::IAM::InstanceProfile", ref=_profile_name, own_id=_profile_arn),
)
