"""What CloudFormation's resource types take as tags and give as identifiers."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import pytest

from tap_templates.data.resource_types import (
    ITEMS,
    LIST,
    MAP,
    PROPAGATE_AT_LAUNCH,
    ResourceType,
    resource_type,
    taggable_types,
)


def the(name: str) -> ResourceType:
    """The row of a type that has one."""
    found = resource_type(name)
    assert found
    return found


def test_bucket() -> None:
    """One row, written out."""
    assert resource_type("AWS::S3::Bucket") == ResourceType("AWS::S3::Bucket", "Tags", LIST, (), "Name", "Arn")


def test_unknown_type_is_none() -> None:
    """What CloudFormation does not have has no row."""
    assert resource_type("AWS::S3::Pail") is None


@pytest.mark.parametrize(
    ("name", "tag_property", "tag_shape"),
    [
        ("AWS::IAM::Role", "Tags", LIST),
        ("AWS::SSM::Parameter", "Tags", MAP),
        ("AWS::Glue::Job", "Tags", MAP),
        ("AWS::ApiGatewayV2::Api", "Tags", MAP),
        ("AWS::Backup::BackupVault", "BackupVaultTags", MAP),
        ("AWS::Backup::BackupPlan", "BackupPlanTags", MAP),
        ("AWS::Budgets::Budget", "ResourceTags", LIST),
        ("AWS::Cognito::UserPool", "UserPoolTags", MAP),
        ("AWS::EFS::FileSystem", "FileSystemTags", LIST),
        ("AWS::Route53::HostedZone", "HostedZoneTags", LIST),
        ("AWS::AutoScaling::AutoScalingGroup", "Tags", PROPAGATE_AT_LAUNCH),
        ("AWS::CloudFront::AnycastIpList", "Tags", ITEMS),
        ("AWS::AppStream::Application", "Tags", LIST),
        ("AWS::Serverless::Function", "Tags", MAP),
        ("AWS::IAM::Group", None, None),
        ("AWS::IAM::ManagedPolicy", None, None),
        ("AWS::IAM::InstanceProfile", None, None),
        ("AWS::KMS::Alias", None, None),
        ("AWS::EC2::LaunchTemplate", None, None),
    ],
)
def test_tags(name: str, tag_property: str | None, tag_shape: str | None) -> None:
    """Each type has its property and its shape; some have none."""
    assert (the(name).tag_property, the(name).tag_shape) == (tag_property, tag_shape)


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("AWS::EC2::LaunchTemplate", ("LaunchTemplateData.TagSpecifications", "TagSpecifications")),
        ("AWS::EC2::EC2Fleet", ("TagSpecifications",)),
        ("AWS::EC2::CapacityReservation", ("TagSpecifications",)),
        (
            "AWS::EC2::SpotFleet",
            (
                "SpotFleetRequestConfigData.LaunchSpecifications.*.TagSpecifications",
                "SpotFleetRequestConfigData.TagSpecifications",
            ),
        ),
        ("AWS::EC2::Instance", ()),
    ],
)
def test_tag_specifications(name: str, paths: tuple[str, ...]) -> None:
    """Types that launch others say where those get their tags."""
    assert the(name).tag_specifications == paths


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("AWS::IAM::Role", "Name"),
        ("AWS::SNS::Topic", "Arn"),
        ("AWS::SQS::Queue", "Url"),
        ("AWS::Lambda::Function", "Name"),
        ("AWS::KMS::Key", "Id"),
        ("AWS::Logs::LogGroup", "Name"),
        ("AWS::IAM::ManagedPolicy", "Arn"),
        ("AWS::CloudTrail::Trail", "Name"),
        ("AWS::CloudWatch::Alarm", "Name"),
        ("AWS::CloudWatch::CompositeAlarm", "Name"),
        ("AWS::RDS::DBInstance", "Id"),
        ("AWS::IAM::VirtualMFADevice", "SerialNumber"),
        ("AWS::Events::Rule", "Name"),
        ("AWS::SecretsManager::Secret", "Arn"),
        ("AWS::ECS::Service", "Arn"),
        ("AWS::EC2::EIP", "PublicIp"),
        ("AWS::WAFv2::WebACL", None),
    ],
)
def test_ref(name: str, ref: str | None) -> None:
    """Ref gives a name, an ARN, an id or a URL; of several joined, nothing is said."""
    assert the(name).ref == ref


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("AWS::IAM::Group", "Arn"),
        ("AWS::CloudTrail::Trail", "Arn"),
        ("AWS::SNS::Topic", "TopicArn"),
        ("AWS::IAM::ManagedPolicy", "PolicyArn"),
        ("AWS::RDS::DBInstance", "DBInstanceArn"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupArn"),
        ("AWS::FSx::FileSystem", "ResourceARN"),
        ("AWS::QBusiness::Application", "ApplicationArn"),
        ("AWS::NetworkManager::VpcAttachment", None),
        ("AWS::ApiGatewayV2::Api", None),
        ("AWS::KMS::Alias", None),
        ("AWS::SecretsManager::Secret", None),
    ],
)
def test_arn_attribute(name: str, attribute: str | None) -> None:
    """The attribute is the ARN of the resource itself, not of one that it uses."""
    assert the(name).arn_attribute == attribute


def test_taggable_types() -> None:
    """Types with a tag property or tag specifications are taggable, and no others."""
    names = [each.name for each in taggable_types()]

    assert {"AWS::S3::Bucket", "AWS::EC2::LaunchTemplate"} <= set(names)
    assert "AWS::IAM::Group" not in names
    assert names == sorted(names)
    assert len(names) > 1_200


def troposphere_properties() -> dict[str, dict[str, Any]]:
    """Each type that troposphere has a class for, with the properties of that class."""
    package = importlib.import_module("troposphere")
    names = [found.name for found in pkgutil.iter_modules(package.__path__) if not found.ispkg]
    modules = [importlib.import_module(f"troposphere.{name}") for name in names]
    classes: list[Any] = [member for module in modules for _, member in inspect.getmembers(module, inspect.isclass)]
    resources = [each for each in classes if issubclass(each, package.AWSObject) and hasattr(each, "resource_type")]
    return {each.resource_type: each.props for each in resources}


def test_tags_that_troposphere_cannot_set() -> None:
    """troposphere has the tag property of nearly every type; in these two, tags go into the encoded template only."""
    properties = troposphere_properties()
    lacking = {
        each.name
        for each in taggable_types()
        if each.name in properties and each.tag_property and each.tag_property not in properties[each.name]
    }

    assert lacking == {"AWS::IoT::TopicRule", "AWS::WorkSpaces::WorkspacesPool"}
