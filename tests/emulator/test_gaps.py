"""Each known gap is proven: a test fails when the backend begins to apply what is listed here as not applied.

New gaps are found by the tests of the types, which compare every property they set with what the service says.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tap_templates.emulator import Gap, known_gaps
from tap_templates.emulator.gaps import WHOLE_TYPE, is_known_gap

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
PROTECTION = {"Name": "data", "Version": "2021-06-01", "Statement": []}
# Types whose own test compares the listed properties.
PROVEN_BY_THEIR_TYPE = {
    "AWS::DynamoDB::Table",
    "AWS::EC2::FlowLog",
    "AWS::EC2::NatGateway",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::Lambda::EventSourceMapping",
}
REFUSED = [gap.type for gap in known_gaps() if gap.property == WHOLE_TYPE]


def _list(call: str, key: str) -> Callable[[Any, str], Any]:
    return lambda clients, bucket: getattr(clients("s3"), call)(Bucket=bucket).get(key)


def _dashboard_tags(clients: Any, name: str) -> Any:
    arn = clients("cloudwatch").get_dashboard(DashboardName=name)["DashboardArn"]
    return clients("cloudwatch").list_tags_for_resource(ResourceARN=arn)["Tags"]


def _group(clients: Any, name: str) -> Any:
    [group] = clients("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return group.get("deletionProtectionEnabled")


# Type and property: the value, and how the service would tell it. An error counts as not told.
PROOFS: dict[tuple[str, str], tuple[Any, Callable[[Any, str], Any]]] = {
    ("AWS::CloudTrail::Trail", "InsightSelectors"): (
        [{"InsightType": "ApiCallRateInsight"}],
        lambda clients, name: clients("cloudtrail").get_insight_selectors(TrailName=name),
    ),
    ("AWS::CloudWatch::Dashboard", "Tags"): ([{"Key": "Owner", "Value": "me"}], _dashboard_tags),
    ("AWS::Logs::LogGroup", "DataProtectionPolicy"): (
        PROTECTION,
        lambda clients, name: clients("logs").get_data_protection_policy(logGroupIdentifier=name),
    ),
    ("AWS::Logs::LogGroup", "DeletionProtectionEnabled"): (True, _group),
    ("AWS::S3::Bucket", "AccelerateConfiguration"): (
        {"AccelerationStatus": "Enabled"},
        _list("get_bucket_accelerate_configuration", "Status"),
    ),
    ("AWS::S3::Bucket", "AccessControl"): (
        "PublicRead",
        lambda clients, name: [
            grant["Grantee"]["URI"]
            for grant in clients("s3").get_bucket_acl(Bucket=name)["Grants"]
            if "URI" in grant["Grantee"]
        ],
    ),
    ("AWS::S3::Bucket", "AnalyticsConfigurations"): (
        [{"Id": "a", "StorageClassAnalysis": {}}],
        _list("list_bucket_analytics_configurations", "AnalyticsConfigurationList"),
    ),
    ("AWS::S3::Bucket", "IntelligentTieringConfigurations"): (
        [{"Id": "a", "Status": "Enabled", "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}]}],
        _list("list_bucket_intelligent_tiering_configurations", "IntelligentTieringConfigurationList"),
    ),
    ("AWS::S3::Bucket", "InventoryConfigurations"): (
        [
            {
                "Id": "a",
                "Enabled": True,
                "Destination": {"BucketArn": "arn:aws:s3:::x", "Format": "CSV"},
                "IncludedObjectVersions": "All",
                "ScheduleFrequency": "Daily",
            }
        ],
        _list("list_bucket_inventory_configurations", "InventoryConfigurationList"),
    ),
    ("AWS::S3::Bucket", "MetricsConfigurations"): (
        [{"Id": "a"}],
        _list("list_bucket_metrics_configurations", "MetricsConfigurationList"),
    ),
    ("AWS::S3::Bucket", "ReplicationConfiguration"): (
        {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn"}}]},
        lambda clients, name: clients("s3").get_bucket_replication(Bucket=name),
    ),
    ("AWS::SNS::Topic", "DataProtectionPolicy"): (
        PROTECTION,
        lambda clients, arn: clients("sns").get_data_protection_policy(ResourceArn=arn),
    ),
}
NEEDED = {
    "AWS::CloudTrail::Trail": {"S3BucketName": {"Ref": "Bucket"}, "IsLogging": True},
    "AWS::CloudWatch::Dashboard": {"DashboardBody": '{"widgets":[]}'},
    "AWS::S3::Bucket": {
        "VersioningConfiguration": {"Status": "Enabled"},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": False},
    },
}


def test_every_gap_has_a_proof() -> None:
    """Nothing is excused without a test."""
    listed = {(g.type, g.property) for g in known_gaps() if g.property != WHOLE_TYPE}

    assert {pair for pair in listed if pair[0] not in PROVEN_BY_THEIR_TYPE} == set(PROOFS)


@pytest.mark.parametrize(("kind", "name"), sorted(PROOFS))
def test_property_is_still_not_applied(kind: str, name: str, stack: Any, clients: Any) -> None:
    """When this fails, the backend has learnt it: remove the gap and add the property to the type's test."""
    value, told = PROOFS[kind, name]
    stack.deploy(
        {
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
            "Subject": {"Type": kind, "Properties": {**NEEDED.get(kind, {}), name: value}},
        }
    )

    found = None
    with contextlib.suppress(ClientError):  # "no such configuration" or "unknown action"
        found = told(clients, stack.ids["Subject"])
    assert not found


@pytest.mark.parametrize("kind", REFUSED)
def test_type_is_still_refused(kind: str, stack: Any) -> None:
    """When this fails, the backend has learnt the type: remove the gap and test the type."""
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        stack.deploy({"Subject": {"Type": kind, "Properties": {}}})
    stack._exists = False


def test_gaps_are_found_by_type_and_path() -> None:
    """A gap covers what lies in it; a whole type covers everything."""
    assert known_gaps("AWS::SNS::Topic") == (
        Gap("AWS::SNS::Topic", "DataProtectionPolicy", "no such API in ministack"),
    )
    assert is_known_gap("AWS::SNS::Topic", "DataProtectionPolicy.Name")
    assert not is_known_gap("AWS::SNS::Topic", "DataProtection")
    assert not is_known_gap("AWS::SNS::Topic", "KmsMasterKeyId")
    assert is_known_gap("AWS::GuardDuty::Detector", "Enable")
