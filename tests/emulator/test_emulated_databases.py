"""RDS in the embedded AWS: what a template states of databases, and of who hears of them, is applied and gone."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from emulator.conftest import CheckType, Clients, Stack, tag_list

LOGIN = {"MasterUsername": "keeper", "ManageMasterUserPassword": True}
INSTANCE = {
    "DBInstanceIdentifier": "tap-dev-orders",
    "Engine": "postgres",
    "DBInstanceClass": "db.t4g.micro",
    "AllocatedStorage": "20",
}
CLUSTER = {"DBClusterIdentifier": "tap-dev-stock", "Engine": "aurora-mysql"}
TOPICS = {
    title: {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"tap-dev-{title.lower()}"}}
    for title in ("First", "Second")
}
DATABASES = {
    title: {
        "Type": "AWS::RDS::DBInstance",
        "Properties": {**INSTANCE, **LOGIN, "DBInstanceIdentifier": f"tap-dev-{title.lower()}"},
    }
    for title in ("One", "Two")
}


def read_instance(clients: Clients, name: str) -> dict[str, Any]:
    """An instance in the template's words."""
    [found] = clients("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    secret = found.get("MasterUserSecret")
    return {
        **{key: found[key] for key in ("DBInstanceIdentifier", "Engine", "DBInstanceClass", "MasterUsername")},
        "AllocatedStorage": str(found["AllocatedStorage"]),
        "ManageMasterUserPassword": bool(secret) or None,
        "EnableCloudwatchLogsExports": found.get("EnabledCloudwatchLogsExports") or None,
        "PerformanceInsightsRetentionPeriod": found.get("PerformanceInsightsRetentionPeriod"),
        "PerformanceInsightsKMSKeyId": found.get("PerformanceInsightsKMSKeyId"),
        "EnablePerformanceInsights": found["PerformanceInsightsEnabled"],
        "MasterUserSecret": {"KmsKeyId": secret["KmsKeyId"]} if secret else None,
        "Tags": tag_list(found["TagList"]),
    }


def test_instance_is_created_updated_and_deleted(check_type: CheckType) -> None:
    """Log exports, Performance Insights with its key, the owner's secret with its key, and tags."""
    insights = {"EnablePerformanceInsights": True, "PerformanceInsightsKMSKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}}}
    shared = {**INSTANCE, **LOGIN, **insights, "MasterUserSecret": {"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}}

    check_type(
        "AWS::RDS::DBInstance",
        support={"Key": key},
        before={
            **shared,
            "EnableCloudwatchLogsExports": ["postgresql"],
            "PerformanceInsightsRetentionPeriod": 7,
            "Tags": [{"Key": "Environment", "Value": "dev"}, {"Key": "Owner", "Value": "me"}],
        },
        after={
            **shared,
            "DBInstanceClass": "db.t4g.small",
            "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
            "PerformanceInsightsRetentionPeriod": 731,
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        read=read_instance,
    )


@pytest.mark.parametrize(
    ("kind", "properties", "described"),
    [
        ("DBInstance", INSTANCE, lambda rds: rds.describe_db_instances()["DBInstances"]),
        ("DBCluster", CLUSTER, lambda rds: rds.describe_db_clusters()["DBClusters"]),
    ],
)
def test_secret_of_the_owner(stack: Stack, clients: Clients, kind: str, properties: Any, described: Any) -> None:
    """RDS makes it, the attribute names it, and it goes when it is no longer RDS's, or with the database."""
    title = "Subject"
    made = {title: {"Type": f"AWS::RDS::{kind}", "Properties": {**properties, **LOGIN}}}
    told = {"Told": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": _secret(title)}}}

    def secrets() -> list[str]:
        return [each["ARN"] for each in clients("secretsmanager").list_secrets()["SecretList"]]

    stack.deploy({**made, **told})
    [found] = [each for each in described(clients("rds")) if each["MasterUsername"] == "keeper"]
    arn = found["MasterUserSecret"]["SecretArn"]
    assert stack.attributes[(title, "MasterUserSecret.SecretArn")] == arn
    assert found["MasterUserSecret"]["KmsKeyId"].endswith(":alias/aws/secretsmanager")
    assert arn in secrets()

    own = {**properties, "MasterUsername": "keeper", "MasterUserPassword": "of a test"}
    stack.deploy({title: {"Type": f"AWS::RDS::{kind}", "Properties": own}})
    assert arn not in secrets()
    stack.deploy(made)
    assert len(secrets()) == 1
    stack.delete()
    assert secrets() == []


def _secret(title: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [title, "MasterUserSecret.SecretArn"]}


def test_cluster_has_one_writer(stack: Stack, clients: Clients) -> None:
    """The member that was there first, after an update too; its exports and parameters are those of the template."""
    member = {"DBClusterIdentifier": {"Ref": "Stock"}, "Engine": "aurora-mysql", "DBInstanceClass": "db.t4g.medium"}
    group = {"Family": "aurora-mysql8.0", "Description": "of a test", "Parameters": {"long_query_time": "1"}}

    def deploy(size: str) -> dict[str, bool]:
        grouped = {"DBClusterParameterGroupName": {"Ref": "Group"}, "EnableCloudwatchLogsExports": ["audit"]}
        stack.deploy(
            {
                "Group": {"Type": "AWS::RDS::DBClusterParameterGroup", "Properties": group},
                "Stock": {"Type": "AWS::RDS::DBCluster", "Properties": {**CLUSTER, **LOGIN, **grouped}},
                "Writer": {"Type": "AWS::RDS::DBInstance", "Properties": {**member, "DBInstanceClass": size}},
                "Reader": {"Type": "AWS::RDS::DBInstance", "DependsOn": "Writer", "Properties": member},
            }
        )
        [found] = clients("rds").describe_db_clusters(DBClusterIdentifier=stack.ids["Stock"])["DBClusters"]
        assert found["EnabledCloudwatchLogsExports"] == ["audit"]
        assert found["DBClusterParameterGroup"] == stack.ids["Group"]
        return {each["DBInstanceIdentifier"]: each["IsClusterWriter"] for each in found["DBClusterMembers"]}

    for size in ("db.t4g.medium", "db.t4g.large"):
        assert deploy(size) == {stack.ids["Writer"]: True, stack.ids["Reader"]: False}


def read_subscription(clients: Clients, name: str) -> dict[str, Any]:
    """A subscription in the template's words."""
    rds = clients("rds")
    [found] = rds.describe_event_subscriptions(SubscriptionName=name)["EventSubscriptionsList"]
    tags = rds.list_tags_for_resource(ResourceName=found["EventSubscriptionArn"])["TagList"]
    return {
        "SubscriptionName": found["CustSubscriptionId"],
        "SnsTopicArn": found["SnsTopicArn"],
        "SourceType": found["SourceType"],
        "SourceIds": found["SourceIdsList"],
        "EventCategories": found["EventCategoriesList"],
        "Enabled": found["Enabled"],
        "Tags": tag_list(tags),
    }


def test_event_subscription_is_created_updated_and_deleted(check_type: CheckType) -> None:
    """Topic, sources, categories, switch and tags arrive."""
    check_type(
        "AWS::RDS::EventSubscription",
        support={**TOPICS, **DATABASES},
        before={
            "SubscriptionName": "tap-dev-events",
            "SnsTopicArn": {"Ref": "First"},
            "SourceType": "db-instance",
            "SourceIds": [{"Ref": "One"}],
            "EventCategories": ["failure", "deletion"],
            "Enabled": True,
            "Tags": [{"Key": "Environment", "Value": "dev"}],
        },
        after={
            "SubscriptionName": "tap-dev-events",
            "SnsTopicArn": {"Ref": "First"},
            "SourceType": "db-instance",
            "SourceIds": [{"Ref": "Two"}],
            "EventCategories": ["failover"],
            "Enabled": False,
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        read=read_subscription,
    )


def test_event_subscription_of_everything(stack: Stack, clients: Clients) -> None:
    """Without a name, sources or categories it has one of CloudFormation's making; another topic is another one."""
    names = []
    for topic in ("First", "Second"):
        subscription = {"Type": "AWS::RDS::EventSubscription", "Properties": {"SnsTopicArn": {"Ref": topic}}}
        stack.deploy({**TOPICS, "Subject": subscription})
        names.append(stack.ids["Subject"])
    listed = clients("rds").describe_event_subscriptions()["EventSubscriptionsList"]

    assert names[0] != names[1]
    assert [each["CustSubscriptionId"] for each in listed] == names[1:]
    assert listed[0]["Enabled"] is True


@pytest.mark.parametrize(
    "call",
    [
        lambda rds, name: rds.describe_event_subscriptions(SubscriptionName=name),
        lambda rds, name: rds.modify_event_subscription(SubscriptionName=name, Enabled=False),
        lambda rds, name: rds.delete_event_subscription(SubscriptionName=name),
        lambda rds, name: rds.add_source_identifier_to_subscription(SubscriptionName=name, SourceIdentifier="one"),
    ],
)
def test_subscription_that_is_not_there(clients: Clients, call: Any) -> None:
    """RDS's own error."""
    with pytest.raises(ClientError, match="SubscriptionNotFound"):
        call(clients("rds"), "tap-dev-nothing")


def test_subscription_that_is_there_already(clients: Clients) -> None:
    """A second one of the name is refused."""
    rds, topic = clients("rds"), "arn:aws:sns:us-east-1:111122223333:alarms"
    rds.create_event_subscription(SubscriptionName="tap-dev-once", SnsTopicArn=topic)
    try:
        with pytest.raises(ClientError, match="SubscriptionAlreadyExist"):
            rds.create_event_subscription(SubscriptionName="tap-dev-once", SnsTopicArn=topic)
    finally:
        rds.delete_event_subscription(SubscriptionName="tap-dev-once")
