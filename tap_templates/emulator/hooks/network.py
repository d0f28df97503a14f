"""What EC2 tells of endpoints and network ACLs, and what it knows of rules of security groups, as on AWS.

ministack keeps the policy, the groups and the private DNS of an endpoint and tells none of them; drops the ports of a
network ACL's rules, and the prefix list of a group's; and does not find a rule between groups again when it is given
back as it was described. Source: API reference, VpcEndpoint, NetworkAclEntry, IpPermission, RevokeSecurityGroupIngress.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

PORTS = "PortRange"


def install() -> None:
    """Put the answers and the comparison in the place of ministack's."""
    from ministack.services import ec2

    strip, endpoint_xml, entry_xml = ec2._strip_descriptions, ec2._vpce_fields_xml, ec2._network_acl_entry_xml
    parse = ec2._parse_ip_permissions

    def comparable(rule: Any) -> Any:
        rule = strip(rule)
        for key, names in (("UserIdGroupPairs", ("GroupId", "GroupName")), ("PrefixListIds", ("PrefixListId",))):
            rule[key] = [{name: item[name] for name in names if name in item} for item in rule.get(key, [])]
        return rule

    def parse_whole(params: Any, prefix: str) -> Any:
        rules = parse(params, prefix)
        for number, rule in enumerate(rules, start=1):
            rule["PrefixListIds"] += _prefix_lists(ec2, params, f"{prefix}.{number}.PrefixListIds")
        return rules

    def whole_endpoint_xml(endpoint: Any, tag: str = "item") -> str:
        return _with_rest(str(endpoint_xml(endpoint, tag)), tag, _of_endpoint(endpoint))

    def whole_entry_xml(entry: Any) -> str:
        ports = entry.get(PORTS) or {}
        told = "".join(f"<{end.lower()}>{ports[end]}</{end.lower()}>" for end in ("From", "To") if end in ports)
        return _with_rest(str(entry_xml(entry)), "item", f"<portRange>{told}</portRange>" if told else "")

    ec2._strip_descriptions = comparable
    ec2._parse_ip_permissions = parse_whole
    ec2._vpce_fields_xml = whole_endpoint_xml
    ec2._network_acl_entry_xml = whole_entry_xml


def _prefix_lists(ec2: Any, params: Any, prefix: str) -> list[dict[str, str]]:
    """Prefix lists of a rule in a request."""
    found = []
    for number in count(1):
        said = {name: ec2._p(params, f"{prefix}.{number}.{name}") for name in ("PrefixListId", "Description")}
        if not said["PrefixListId"]:
            break
        found.append({name: value for name, value in said.items() if value})
    return found


def _of_endpoint(endpoint: Any) -> str:
    policy = endpoint.get("PolicyDocument")
    text = policy if isinstance(policy, str) or not policy else json.dumps(policy)
    groups = "".join(f"<item><groupId>{group}</groupId></item>" for group in endpoint.get("SecurityGroupIds", []))
    private = str(endpoint.get("PrivateDnsEnabled", False)).lower()
    return (
        f"<groupSet>{groups}</groupSet><privateDnsEnabled>{private}</privateDnsEnabled>"
        f"{f'<policyDocument>{escape(text)}</policyDocument>' if text else ''}"
    )


def _with_rest(xml: str, tag: str, rest: str) -> str:
    end = f"</{tag}>"
    return f"{xml.removesuffix(end)}{rest}{end}"
