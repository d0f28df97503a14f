"""What a template says without writing it down, and what is a difference all the same when it is otherwise.

A role has the policies that the template gives it, a security group the rules, wherever that is written, and no other;
a key is enabled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_templates.deployment.verification.values import Unknown

# CloudFormation Template Reference: the default of the property.
DEFAULTS: dict[str, dict[str, Any]] = {
    "AWS::CloudWatch::Alarm": {
        "ActionsEnabled": True,
        "Dimensions": [],
        "InsufficientDataActions": [],
        "OKActions": [],
    },
    "AWS::Events::Rule": {"State": "ENABLED"},
    "AWS::KMS::Key": {"Enabled": True},
}
HOLDERS = {"AWS::IAM::Group": "Groups", "AWS::IAM::Role": "Roles", "AWS::IAM::User": "Users"}
INLINE = {
    "AWS::IAM::GroupPolicy": "GroupName",
    "AWS::IAM::RolePolicy": "RoleName",
    "AWS::IAM::UserPolicy": "UserName",
}
# CloudFormation Template Reference, AWS::EC2::SecurityGroup, SecurityGroupEgress.
EVERYTHING_OUT = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
Stated = Mapping[str, tuple[str, "str | None", Mapping[str, Any]]]
"""Type, physical id and properties of each resource, by logical id."""


def with_implied(logical_id: str, stated: Stated) -> dict[str, Any]:
    """The properties of a resource, and those that follow from the rest of the template."""
    kind, physical_id, properties = stated[logical_id]
    if kind == "AWS::EC2::SecurityGroup" and physical_id is not None:
        return {**properties, **_rules(physical_id, properties, stated)}
    if kind not in HOLDERS or physical_id is None:
        return {
            **properties,
            **{name: value for name, value in DEFAULTS.get(kind, {}).items() if name not in properties},
        }
    implied = {**properties, **_policies(kind, physical_id, properties, stated)}
    if kind == "AWS::IAM::User":
        implied["Groups"] = _groups(physical_id, properties, stated)
    return implied


def _rules(group: str, properties: Mapping[str, Any], stated: Stated) -> dict[str, Any]:
    """All rules of a group; without egress rules of its own, EC2's, which lets everything out, stays."""
    own = {"SecurityGroupIngress": [], "SecurityGroupEgress": [EVERYTHING_OUT], **properties}
    return {
        side: [
            *own[side],
            *(
                {name: value for name, value in said.items() if name != "GroupId"}
                for rule, _, said in stated.values()
                if rule == f"AWS::EC2::{side}" and said.get("GroupId") == group
            ),
        ]
        for side in ("SecurityGroupIngress", "SecurityGroupEgress")
    }


def _policies(kind: str, name: str, properties: Mapping[str, Any], stated: Stated) -> dict[str, Any]:
    attached, inline = list(properties.get("ManagedPolicyArns", [])), list(properties.get("Policies", []))
    for policy_kind, policy_id, said in stated.values():
        holders = said.get(HOLDERS[kind], [])
        named = [said.get(INLINE[policy_kind])] if policy_kind in INLINE else holders
        if isinstance(named, Unknown) or name not in named:
            continue
        if policy_kind == "AWS::IAM::ManagedPolicy":
            attached.append(policy_id)
        elif policy_kind == "AWS::IAM::Policy" or policy_kind in INLINE:
            inline.append({key: said.get(key) for key in ("PolicyName", "PolicyDocument")})
    return {"ManagedPolicyArns": attached, "Policies": inline}


def _groups(name: str, properties: Mapping[str, Any], stated: Stated) -> list[Any]:
    joined = [
        said["GroupName"]
        for kind, _, said in stated.values()
        if kind == "AWS::IAM::UserToGroupAddition" and name in said.get("Users", [])
    ]
    return [*properties.get("Groups", []), *joined]
