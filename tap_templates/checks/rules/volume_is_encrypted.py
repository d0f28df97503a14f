"""E9108: every volume and file system is encrypted at rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.keys import CustomerKeyRule
from tap_templates.checks.rule import Example, Verdict, verdict
from tap_templates.checks.values import is_on
from tap_templates.checks.view import Found, Resource, View

ZONE = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}
MAPPINGS = {
    "AWS::EC2::Instance": "BlockDeviceMappings",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateData.BlockDeviceMappings",
}
ROOT = "its image and the account decide about the root volume; add its BlockDeviceMappings with Ebs.Encrypted true"


class VolumeIsEncrypted(CustomerKeyRule):
    """Encrypted of EC2 volumes, of the Ebs mappings of instances and launch templates, and of EFS file systems.

    Where no mapping is given, the image decides, which only AWS knows.
    """

    id = "E9108"
    shortdesc = "A volume is encrypted"
    description = "Encrypted is true; KmsKeyId is a customer managed key where customer_managed_keys lists volumes."
    why = "Neither EBS nor EFS encrypts unless it is told to, and what is unencrypted can only be copied anew."
    fix = "set Encrypted to true"
    source_url = "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html"
    service = "volumes"
    example = Example(
        failing={
            "Resources": {"Disk": {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": ZONE, "Size": 8}}}
        },
        passing={
            "Resources": {
                "Disk": {
                    "Type": "AWS::EC2::Volume",
                    "Properties": {"AvailabilityZone": ZONE, "Size": 8, "Encrypted": True},
                }
            }
        },
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each volume, each mapping, each file system."""
        for resource in view.of("AWS::EC2::Volume", "AWS::EFS::FileSystem"):
            yield from self._judge(resource, Found(resource.at("Properties"), resource.properties, resource.scenario))
        for resource in view.of(*MAPPINGS):
            for found in resource.get(f"{MAPPINGS[resource.type]}.*"):
                yield from self._mapping(resource, found)

    def _mapping(self, resource: Resource, found: Found) -> Iterator[Verdict]:
        if found.is_unknown:
            yield verdict(found, None, self.fix)
        elif found.is_missing:
            if "LaunchTemplate" not in resource.properties:
                yield verdict(found, None, ROOT)
        else:
            for ebs in resource.view.walk(found.value, ("Ebs",), found.path, found.when):
                if not ebs.is_missing:
                    yield from self._judge(resource, ebs)

    def _judge(self, resource: Resource, place: Found) -> Iterator[Verdict]:
        for found in self._inside(resource, place, "Encrypted"):
            accepted = self._accepts(resource, place, found)
            yield verdict(found, accepted, self.fix)
            if accepted and self.needs_customer_key:
                for key in self._inside(resource, Found(place.path, place.value, found.when), "KmsKeyId"):
                    yield self.judge_key(resource, key)

    def _accepts(self, resource: Resource, place: Found, found: Found) -> bool | None:
        if found.is_unknown:
            return None
        if found.is_missing and any(not each.is_missing for each in self._inside(resource, place, "SnapshotId")):
            return None  # A volume from a snapshot is encrypted as the snapshot is.
        return is_on(found.value)

    @staticmethod
    def _inside(resource: Resource, place: Found, name: str) -> Iterator[Any]:
        return resource.view.walk(place.value, (name,), place.path, place.when)
