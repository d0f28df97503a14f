"""Volumes, block device mappings and file systems."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.volume_is_encrypted import VolumeIsEncrypted

VOLUME, INSTANCE, TEMPLATE = "AWS::EC2::Volume", "AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"


@pytest.mark.parametrize(
    ("properties", "result"),
    [
        ({"Encrypted": True}, "holds"),
        ({"Encrypted": True, "SnapshotId": "snap-1"}, "holds"),
        ({"Encrypted": False}, "fails"),
        ({}, "fails"),
        ({"Encrypted": {"Ref": "Switch"}}, "cannot tell"),
        ({"Encrypted": "{{resolve:ssm:/switch}}"}, "cannot tell"),
        ({"SnapshotId": "snap-1"}, "cannot tell"),
    ],
)
@pytest.mark.parametrize("resource_type", [VOLUME, "AWS::EFS::FileSystem"])
def test_volume_is_encrypted(resource_type: str, properties: dict[str, Any], result: str) -> None:
    """A volume from a snapshot is as its snapshot is."""
    assert results(VolumeIsEncrypted, one(resource_type, **properties)) == [result]


@pytest.mark.parametrize(
    ("mappings", "expected"),
    [
        ([{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}], ["holds"]),
        ([{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}], ["fails"]),
        ([{"Ebs": {"Encrypted": True}}, {"Ebs": {"Encrypted": False}}], ["holds", "fails"]),
        ([{"Ebs": either("X", {"Encrypted": True}, {"VolumeSize": 8})}], ["holds", "fails"]),
        ([{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}], []),
        ([{"Fn::Transform": {"Name": "Disk"}}], ["cannot tell"]),
        ({"Ref": "Disks"}, ["cannot tell"]),
        (NO_VALUE, ["cannot tell"]),
    ],
)
def test_each_mapping_of_instances_and_launch_templates_is_encrypted(mappings: Any, expected: list[str]) -> None:
    """Without a mapping, the image decides about the root volume."""
    assert results(VolumeIsEncrypted, one(INSTANCE, BlockDeviceMappings=mappings)) == expected
    template = one(TEMPLATE, LaunchTemplateData={"BlockDeviceMappings": mappings})
    assert results(VolumeIsEncrypted, template) == expected


def test_finding_stands_in_the_mapping() -> None:
    """The path leads into the launch template."""
    mappings = [{"Ebs": {"Encrypted": True}}, {"Ebs": {"Encrypted": False}}]
    found = said(VolumeIsEncrypted, one(TEMPLATE, LaunchTemplateData={"BlockDeviceMappings": mappings}))

    place = "LaunchTemplateData.BlockDeviceMappings.1.Ebs.Encrypted"
    path = f"Resources/It/Properties/{place.replace('.', '/')}"
    assert found == [("fails", path, f"It.{place}: found False; set Encrypted to true")]


def test_instance_from_a_launch_template_leaves_its_volumes_to_it() -> None:
    """The template is judged instead."""
    assert results(VolumeIsEncrypted, one(INSTANCE, LaunchTemplate={"Version": "1"})) == []


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Encrypted": True, "KmsKeyId": "alias/disks"}, ["holds", "holds"]),
        ({"Encrypted": True, "KmsKeyId": {"Ref": "Key"}}, ["holds", "cannot tell"]),
        ({"Encrypted": True}, ["holds", "fails"]),
        ({"Encrypted": False}, ["fails"]),
    ],
)
def test_volume_has_a_key_of_its_own_where_that_is_required(properties: dict[str, Any], expected: list[str]) -> None:
    """The key that AWS manages is not one's own."""
    demands = {"customer_managed_keys": ["volumes"]}

    assert results(VolumeIsEncrypted, one(VOLUME, **properties), demands=demands) == expected
    mappings = one(INSTANCE, BlockDeviceMappings=[{"Ebs": properties}])
    assert results(VolumeIsEncrypted, mappings, demands=demands) == expected
