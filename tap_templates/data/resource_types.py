"""CloudFormation resource types: where each takes its tags, what ``Ref`` returns, which attribute is its ARN.

Source: ``resource_types.json``.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from tap_templates.data import entry, load

LIST = "list"  # [{"Key": ..., "Value": ...}]
MAP = "map"  # {key: value}
PROPAGATE_AT_LAUNCH = "propagate_at_launch"  # [{"Key": ..., "Value": ..., "PropagateAtLaunch": ...}]
ITEMS = "items"  # {"Items": [{"Key": ..., "Value": ...}]}

# EC2 API reference, TagSpecification: the word for the resource itself, and for what a launch template launches.
OWN_RESOURCE_TYPE = {
    "AWS::EC2::CapacityReservation": "capacity-reservation",
    "AWS::EC2::CapacityReservationFleet": "capacity-reservation-fleet",
    "AWS::EC2::ClientVpnEndpoint": "client-vpn-endpoint",
    "AWS::EC2::EC2Fleet": "fleet",
    "AWS::EC2::LaunchTemplate": "launch-template",
    "AWS::WorkspacesInstances::Volume": "volume",
}
LAUNCHED = ("instance", "volume", "network-interface")


class ResourceType(NamedTuple):
    """What is true of every resource of one type."""

    name: str  # AWS::S3::Bucket
    tag_property: str | None  # Tags, BackupVaultTags, ...
    tag_shape: str | None  # One of the words above, when there is a tag property.
    tag_specifications: tuple[str, ...]  # Dotted paths to [{"ResourceType": ..., "Tags": [...]}]; * is any item.
    ref: str | None  # What Ref returns, as the end of an output key: Name, Arn, Id, Url, ...; None if several joined.
    arn_attribute: str | None  # For Fn::GetAtt: Arn, TopicArn, ...


@cache
def resource_type(name: str) -> ResourceType | None:
    """The type ``name``, or None when CloudFormation has no such type."""
    row = entry("resource_types.json", name)
    return None if row is None else _resource_type(name, row)


def taggable_types() -> tuple[ResourceType, ...]:
    """Types whose resources can carry tags, in a property of their own or in tag specifications; sorted by name."""
    every = (_resource_type(name, row) for name, row in load("resource_types.json")["types"].items())
    return tuple(each for each in every if each.tag_property or each.tag_specifications)


def _resource_type(name: str, row: list[Any]) -> ResourceType:
    tag_property, tag_shape, tag_specifications, ref, arn_attribute = row
    return ResourceType(name, tag_property, tag_shape, tuple(tag_specifications), ref, arn_attribute)
