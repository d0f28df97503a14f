"""EC2: security groups with all their rules, network ACLs, and default groups that a custom resource closes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tap_templates.deployment.verification.readers.ec2 import described, tags, words
from tap_templates.deployment.verification.reading import GoneError, Subject

PLACES = {
    "IpRanges": ("CidrIp", {"ingress": "CidrIp", "egress": "CidrIp"}),
    "Ipv6Ranges": ("CidrIpv6", {"ingress": "CidrIpv6", "egress": "CidrIpv6"}),
    "PrefixListIds": ("PrefixListId", {"ingress": "SourcePrefixListId", "egress": "DestinationPrefixListId"}),
    "UserIdGroupPairs": ("GroupId", {"ingress": "SourceSecurityGroupId", "egress": "DestinationSecurityGroupId"}),
}
SIDES = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
RULE_WORDS = ("GroupId", "IpProtocol", "FromPort", "ToPort", "Description")
TELLING = {"IpProtocol", "FromPort", "ToPort", *(word for _, names in PLACES.values() for word in names.values())}
ENTRY_WORDS = ("CidrBlock", "Egress", "Ipv6CidrBlock", "PortRange", "Protocol", "RuleAction", "RuleNumber")


def _group(subject: Subject, group: str | None = None) -> dict[str, Any]:
    return described(subject, "describe_security_groups", "SecurityGroups", GroupIds=[group or subject.id])


def _rules(group: Mapping[str, Any], side: str) -> Iterator[dict[str, Any]]:
    """Each rule in the template's words: EC2 lists the places of a port together."""
    for permission in group.get(SIDES[side], []):
        ends = {name: permission[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in permission}
        for key, (word, names) in PLACES.items():
            for place in permission.get(key, []):
                described_as = {"Description": place["Description"]} if place.get("Description") else {}
                yield {**ends, names[side]: place[word], **described_as}


def _all_rules(side: str) -> Callable[[Subject], list[dict[str, Any]]]:
    """Every rule of a group, those that the template states in its order."""

    def read(subject: Subject) -> list[dict[str, Any]]:
        found = list(_rules(_group(subject), side))
        ordered = []
        for stated in subject.properties.get(f"SecurityGroup{side.title()}", []):
            same = next((rule for rule in found if _key(rule) == _key(stated)), None)
            if same is not None:
                found.remove(same)
                ordered.append(same)
        return [*ordered, *found]

    return read


def _key(rule: Any) -> list[tuple[str, str]]:
    """What tells a rule from the others of its group."""
    if not isinstance(rule, Mapping):
        return []
    return sorted((name, str(value)) for name, value in rule.items() if name in TELLING)


def _rule(side: str, word: str) -> Callable[[Subject], Any]:
    def read(subject: Subject) -> Any:
        group = str(subject.properties["GroupId"])
        for found in _rules(_group(subject, group), side):
            if _key(found) == _key(subject.properties):
                return {**found, "GroupId": group}.get(word)
        raise GoneError(subject.id)

    return read


def _acl(subject: Subject, acl: str | None = None) -> dict[str, Any]:
    return described(subject, "describe_network_acls", "NetworkAcls", NetworkAclIds=[acl or subject.id])


def _entry(word: str) -> Callable[[Subject], Any]:
    def read(subject: Subject) -> Any:
        acl, number = str(subject.properties["NetworkAclId"]), int(subject.properties["RuleNumber"])
        egress = str(subject.properties.get("Egress", False)).lower() == "true"
        for found in _acl(subject, acl)["Entries"]:
            if (found["RuleNumber"], found["Egress"]) == (number, egress):
                return {**found, "NetworkAclId": acl}.get(word)
        raise GoneError(subject.id)

    return read


def _association(word: str) -> Callable[[Subject], Any]:
    def read(subject: Subject) -> Any:
        acl = str(subject.properties["NetworkAclId"])
        for found in _acl(subject, acl).get("Associations", []):
            if found["SubnetId"] == subject.properties["SubnetId"]:
                return {"NetworkAclId": acl, "SubnetId": found["SubnetId"]}[word]
        raise GoneError(subject.id)

    return read


def _closed(subject: Subject) -> Any:
    """The default group that the resource closed; what it lets through, where it is open again."""
    group = _group(subject)
    left = [rule for side in SIDES for rule in _rules(group, side)]
    return left or group["GroupId"]


def _of_rules(side: str) -> dict[str, Callable[[Subject], Any]]:
    places = [names[side] for _, names in PLACES.values()]
    return {word: _rule(side, word) for word in (*RULE_WORDS, *places)}


CLOSED = "Custom::DefaultSecurityGroup"
READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    CLOSED: {"GroupId": _closed},
    "AWS::EC2::NetworkAcl": {**words(_acl, "VpcId"), "Tags": tags(_acl)},
    "AWS::EC2::NetworkAclEntry": {word: _entry(word) for word in (*ENTRY_WORDS, "NetworkAclId")},
    "AWS::EC2::SecurityGroup": {
        **words(_group, "GroupName", "VpcId"),
        "GroupDescription": lambda subject: _group(subject)["Description"],
        "SecurityGroupEgress": _all_rules("egress"),
        "SecurityGroupIngress": _all_rules("ingress"),
        "Tags": tags(_group),
    },
    "AWS::EC2::SecurityGroupEgress": _of_rules("egress"),
    "AWS::EC2::SecurityGroupIngress": _of_rules("ingress"),
    "AWS::EC2::SubnetNetworkAclAssociation": {word: _association(word) for word in ("NetworkAclId", "SubnetId")},
}
UNREADABLE = {
    (CLOSED, "ServiceToken"): "CloudFormation tells no API which function it calls",
    (CLOSED, "ServiceTimeout"): "CloudFormation tells no API how long it waits",
}
