"""RDS: instances, clusters, what they are tuned to, where they are, and who hears of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import GoneError, Subject
from tap_templates.deployment.verification.values import Tags, tags_of

Told = Callable[[Subject], dict[str, Any]]
Readers = dict[str, Callable[[Subject], Any]]
# RDS API reference, errors of each Describe.
GONE = {
    "DBClusterNotFoundFault",
    "DBInstanceNotFound",
    "DBParameterGroupNotFound",
    "DBSubnetGroupNotFoundFault",
    "SubscriptionNotFound",
}
UNTOLD = "RDS tells nothing of what happens to backups after a deletion"


def _only(operation: str, key: str, argument: str) -> Told:
    """Reader of the one thing that a Describe tells about."""

    def told(subject: Subject) -> dict[str, Any]:
        found = subject.every("rds", operation, key, absent=GONE, **{argument: subject.id})
        if not found:
            raise GoneError(subject.id)
        return dict(found[0])

    return told


_instance = _only("describe_db_instances", "DBInstances", "DBInstanceIdentifier")
_cluster = _only("describe_db_clusters", "DBClusters", "DBClusterIdentifier")
_subnets = _only("describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName")
_group = _only("describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName")
_cluster_group = _only(
    "describe_db_cluster_parameter_groups", "DBClusterParameterGroups", "DBClusterParameterGroupName"
)
_subscription = _only("describe_event_subscriptions", "EventSubscriptionsList", "SubscriptionName")


def _words(told: Told, *names: str, **other: str) -> Readers:
    """Readers of what RDS calls as the template does, and of what it calls otherwise."""
    called = {**{name: name for name in names}, **other}
    return {name: lambda subject, word=word: told(subject).get(word) for name, word in called.items()}  # type: ignore[misc]


def _tags(told: Told, arn: str) -> Callable[[Subject], Tags]:
    def read(subject: Subject) -> Tags:
        return tags_of(subject.ask("rds", "list_tags_for_resource", ResourceName=told(subject)[arn])["TagList"])

    return read


def _port(instance: Subject) -> str | None:
    endpoint = _instance(instance).get("Endpoint")
    return str(endpoint["Port"]) if endpoint else None


def _parameters_of(instance: Subject) -> Any:
    groups = _instance(instance).get("DBParameterGroups", [])
    return groups[0]["DBParameterGroupName"] if groups else None


def _subnets_of(instance: Subject) -> Any:
    return _instance(instance).get("DBSubnetGroup", {}).get("DBSubnetGroupName")


def _groups_of(told: Told) -> Callable[[Subject], list[str]]:
    return lambda subject: [each["VpcSecurityGroupId"] for each in told(subject).get("VpcSecurityGroups", [])]


def _managed(told: Told) -> Callable[[Subject], bool]:
    """Whether RDS keeps the owner's password."""
    return lambda subject: bool(told(subject).get("MasterUserSecret"))


def _secret(told: Told) -> Callable[[Subject], Any]:
    def read(subject: Subject) -> Any:
        found = told(subject).get("MasterUserSecret")
        return {"KmsKeyId": found.get("KmsKeyId")} if found else None

    return read


def _exports(told: Told) -> Callable[[Subject], list[str]]:
    """In the order of the template, where they are the same."""

    def read(subject: Subject) -> list[str]:
        found = sorted(told(subject).get("EnabledCloudwatchLogsExports", []))
        stated = subject.properties.get("EnableCloudwatchLogsExports", [])
        return list(stated) if found == sorted(stated) else found

    return read


def _parameters(operation: str, argument: str) -> Callable[[Subject], dict[str, Any]]:
    """Parameters that were set, as text, like the template's."""

    def read(group: Subject) -> dict[str, Any]:
        found = group.every("rds", operation, "Parameters", absent=GONE, Source="user", **{argument: group.id})
        return {each["ParameterName"]: each.get("ParameterValue") for each in found}

    return read


def _subnet_ids(group: Subject) -> list[str]:
    return [each["SubnetIdentifier"] for each in _subnets(group).get("Subnets", [])]


def _sources(subscription: Subject) -> list[str]:
    return list(_subscription(subscription).get("SourceIdsList", []))


def _categories(subscription: Subject) -> list[str]:
    return list(_subscription(subscription).get("EventCategoriesList", []))


UNREADABLE = {
    ("AWS::RDS::DBCluster", "DeleteAutomatedBackups"): UNTOLD,
    ("AWS::RDS::DBInstance", "DeleteAutomatedBackups"): UNTOLD,
}
READERS: dict[str, Readers] = {
    "AWS::RDS::DBCluster": {
        **_words(
            _cluster,
            "BackupRetentionPeriod",
            "CopyTagsToSnapshot",
            "DBClusterIdentifier",
            "DatabaseName",
            "DeletionProtection",
            "Engine",
            "EngineVersion",
            "KmsKeyId",
            "MasterUsername",
            "Port",
            "StorageEncrypted",
            DBClusterParameterGroupName="DBClusterParameterGroup",
            DBSubnetGroupName="DBSubnetGroup",
            EnableIAMDatabaseAuthentication="IAMDatabaseAuthenticationEnabled",
        ),
        "EnableCloudwatchLogsExports": _exports(_cluster),
        "ManageMasterUserPassword": _managed(_cluster),
        "MasterUserSecret": _secret(_cluster),
        "Tags": _tags(_cluster, "DBClusterArn"),
        "VpcSecurityGroupIds": _groups_of(_cluster),
    },
    "AWS::RDS::DBClusterParameterGroup": {
        **_words(_cluster_group, "DBClusterParameterGroupName", "Description", Family="DBParameterGroupFamily"),
        "Parameters": _parameters("describe_db_cluster_parameters", "DBClusterParameterGroupName"),
        "Tags": _tags(_cluster_group, "DBClusterParameterGroupArn"),
    },
    "AWS::RDS::DBInstance": {
        **_words(
            _instance,
            "AllocatedStorage",
            "AutoMinorVersionUpgrade",
            "BackupRetentionPeriod",
            "CopyTagsToSnapshot",
            "DBClusterIdentifier",
            "DBInstanceClass",
            "DBInstanceIdentifier",
            "DBName",
            "DeletionProtection",
            "Engine",
            "EngineVersion",
            "KmsKeyId",
            "MasterUsername",
            "MaxAllocatedStorage",
            "MonitoringInterval",
            "MonitoringRoleArn",
            "MultiAZ",
            "PerformanceInsightsKMSKeyId",
            "PerformanceInsightsRetentionPeriod",
            "PromotionTier",
            "PubliclyAccessible",
            "StorageEncrypted",
            "StorageType",
            EnableIAMDatabaseAuthentication="IAMDatabaseAuthenticationEnabled",
            EnablePerformanceInsights="PerformanceInsightsEnabled",
        ),
        "DBParameterGroupName": _parameters_of,
        "DBSubnetGroupName": _subnets_of,
        "EnableCloudwatchLogsExports": _exports(_instance),
        "ManageMasterUserPassword": _managed(_instance),
        "MasterUserSecret": _secret(_instance),
        "Port": _port,
        "Tags": _tags(_instance, "DBInstanceArn"),
        "VPCSecurityGroups": _groups_of(_instance),
    },
    "AWS::RDS::DBParameterGroup": {
        **_words(_group, "DBParameterGroupName", "Description", Family="DBParameterGroupFamily"),
        "Parameters": _parameters("describe_db_parameters", "DBParameterGroupName"),
        "Tags": _tags(_group, "DBParameterGroupArn"),
    },
    "AWS::RDS::DBSubnetGroup": {
        **_words(_subnets, "DBSubnetGroupDescription", "DBSubnetGroupName"),
        "SubnetIds": _subnet_ids,
        "Tags": _tags(_subnets, "DBSubnetGroupArn"),
    },
    "AWS::RDS::EventSubscription": {
        **_words(_subscription, "Enabled", "SnsTopicArn", "SourceType", SubscriptionName="CustSubscriptionId"),
        "EventCategories": _categories,
        "SourceIds": _sources,
        "Tags": _tags(_subscription, "EventSubscriptionArn"),
    },
}
