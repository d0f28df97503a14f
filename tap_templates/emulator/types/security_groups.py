"""EC2: rules of security groups as resources of their own, which ministack's CloudFormation refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.emulator.types._registry import Made, Properties, Type, aws

REPLACING = ("GroupId", "IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6")
PLACES = {"CidrIp": ("IpRanges", "CidrIp"), "CidrIpv6": ("Ipv6Ranges", "CidrIpv6")}


def _permission(side: str, props: Properties) -> dict[str, Any]:
    """A rule as EC2 takes it; its other end is called by the side: SourceSecurityGroupId, DestinationPrefixListId, …"""
    end = "Source" if side == "ingress" else "Destination"
    places = {
        **PLACES,
        f"{end}SecurityGroupId": ("UserIdGroupPairs", "GroupId"),
        f"{end}PrefixListId": ("PrefixListIds", "PrefixListId"),
    }
    described = {"Description": props["Description"]} if "Description" in props else {}
    permission: dict[str, Any] = {"IpProtocol": str(props["IpProtocol"])}
    permission.update({name: int(props[name]) for name in ("FromPort", "ToPort") if name in props})
    permission.update(
        {key: [{word: props[name], **described}] for name, (key, word) in places.items() if name in props}
    )
    return permission


def _creating(side: str) -> Callable[[str, Properties, str], Made]:
    def create(logical_id: str, props: Properties, stack_name: str) -> Made:
        authorize = getattr(aws("ec2"), f"authorize_security_group_{side}")
        made = authorize(GroupId=props["GroupId"], IpPermissions=[_permission(side, props)])
        rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return rule, {"Id": rule}

    return create


def _updating(side: str) -> Callable[[str, Properties, Properties], dict[str, str]]:
    def update(rule: str, old: Properties, new: Properties) -> dict[str, str]:
        """Only its description changes in place; ministack forms a rule's id without it."""
        _deleting(side)(rule, old)
        _creating(side)("", new, "")
        return {"Id": rule}

    return update


def _deleting(side: str) -> Callable[[str, Properties], None]:
    def delete(rule: str, props: Properties) -> None:
        described = aws("ec2").describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
        if described:
            revoke = getattr(aws("ec2"), f"revoke_security_group_{side}")
            revoke(GroupId=props["GroupId"], SecurityGroupRuleIds=[rule])

    return delete


ENTRIES = tuple(
    Type(
        f"AWS::EC2::SecurityGroup{side.title()}",
        _creating(side),
        _updating(side),
        _deleting(side),
        (*REPLACING, f"{end}SecurityGroupId", f"{end}PrefixListId"),
    )
    for side, end in (("ingress", "Source"), ("egress", "Destination"))
)
