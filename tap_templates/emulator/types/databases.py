"""RDS: what ministack's handlers drop of instances and clusters, the owner's secret, and event subscriptions."""

from __future__ import annotations

import json
import uuid
from typing import Any

from tap_templates.emulator.types._registry import (
    Made,
    Properties,
    Repair,
    Type,
    account_id,
    as_bool,
    aws,
    changed_tags,
    generated_name,
    region_name,
)

SUBSCRIPTION = ("Enabled", "EventCategories", "SnsTopicArn", "SourceType")


def _complete_instance(name: str, old: Properties, new: Properties) -> None:
    record = _rds()._instances[name]
    _complete(record, "instance", name, new)
    record["PerformanceInsightsRetentionPeriod"] = int(new.get("PerformanceInsightsRetentionPeriod", 7))
    record["PerformanceInsightsKMSKeyId"] = new.get("PerformanceInsightsKMSKeyId", "")
    _retag(record["DBInstanceArn"], old, new)


def _complete_cluster(name: str, old: Properties, new: Properties) -> None:
    record = _rds()._clusters[name]
    _complete(record, "cluster", name, new)
    record["DBClusterParameterGroup"] = new.get("DBClusterParameterGroupName", record.get("DBClusterParameterGroup"))
    record["KmsKeyId"] = new.get("KmsKeyId", "")
    _retag(record["DBClusterArn"], old, new)


def _complete(record: Any, kind: str, name: str, new: Properties) -> None:
    record["EnabledCloudwatchLogsExports"] = sorted(new.get("EnableCloudwatchLogsExports") or [])
    if not as_bool(new.get("ManageMasterUserPassword", False)):
        _forget_secret(record)
        return
    key = (new.get("MasterUserSecret") or {}).get("KmsKeyId")
    if not record.get("MasterUserSecret"):
        said = {"username": record["MasterUsername"], "password": uuid.uuid4().hex}
        made = aws("secretsmanager").create_secret(
            Name=f"rds!{kind}-{uuid.uuid4()}",
            Description=f"Secret managed by RDS for {kind} {name}",
            SecretString=json.dumps(said),
            **({"KmsKeyId": key} if key else {}),
        )
        record["MasterUserSecret"] = {"SecretArn": made["ARN"], "SecretStatus": "active"}
        record["_MasterUserPassword"] = said["password"]
    own = f"arn:aws:kms:{region_name()}:{account_id()}:alias/aws/secretsmanager"
    record["MasterUserSecret"]["KmsKeyId"] = key or own


def _forget_secret(record: Any) -> None:
    secret = record.pop("MasterUserSecret", None)
    if secret:
        aws("secretsmanager").delete_secret(SecretId=secret["SecretArn"], ForceDeleteWithoutRecovery=True)


def _retag(arn: str, old: Properties, new: Properties) -> None:
    gone, wanted = changed_tags(old, new)
    if gone:
        aws("rds").remove_tags_from_resource(ResourceName=arn, TagKeys=gone)
    if wanted:
        aws("rds").add_tags_to_resource(ResourceName=arn, Tags=wanted)


def _instance_goes(name: str, props: Properties) -> None:
    _forget_secret(_rds()._instances.get(name, {}))


def _cluster_goes(name: str, props: Properties) -> None:
    _forget_secret(_rds()._clusters.get(name, {}))


def _secret_of_instance(name: str) -> dict[str, str]:
    return _told(_rds()._instances[name])


def _secret_of_cluster(name: str) -> dict[str, str]:
    return _told(_rds()._clusters[name])


def _told(record: Any) -> dict[str, str]:
    secret = record.get("MasterUserSecret")
    return {"MasterUserSecret.SecretArn": secret["SecretArn"]} if secret else {}


def _rds() -> Any:
    from ministack.services import rds

    return rds


def _create_subscription(logical_id: str, props: Properties, stack_name: str) -> Made:
    name = (props.get("SubscriptionName") or generated_name(stack_name, logical_id, maximum=255)).lower()
    tags = {"Tags": changed_tags({}, props)[1]} if props.get("Tags") else {}
    sources = {"SourceIds": props["SourceIds"]} if props.get("SourceIds") else {}
    aws("rds").create_event_subscription(SubscriptionName=name, **_said(props), **sources, **tags)
    return name, {}


def _update_subscription(name: str, old: Properties, new: Properties) -> dict[str, str]:
    aws("rds").modify_event_subscription(SubscriptionName=name, **_said(new))
    before, after = (set(props.get("SourceIds") or []) for props in (old, new))
    for source in sorted(after - before):
        aws("rds").add_source_identifier_to_subscription(SubscriptionName=name, SourceIdentifier=source)
    for source in sorted(before - after):
        aws("rds").remove_source_identifier_from_subscription(SubscriptionName=name, SourceIdentifier=source)
    _retag(f"arn:aws:rds:{region_name()}:{account_id()}:es:{name}", old, new)
    return {}


def _delete_subscription(name: str, props: Properties) -> None:
    aws("rds").delete_event_subscription(SubscriptionName=name)


def _said(props: Properties) -> dict[str, Any]:
    said = {key: props[key] for key in SUBSCRIPTION if key in props}
    if "Enabled" in said:
        said["Enabled"] = as_bool(said["Enabled"])
    return said


ENTRIES = (
    Repair("AWS::RDS::DBInstance", _complete_instance, _instance_goes, attributes_of=_secret_of_instance),
    Repair("AWS::RDS::DBCluster", _complete_cluster, _cluster_goes, attributes_of=_secret_of_cluster, tags=True),
    Type(
        "AWS::RDS::EventSubscription",
        _create_subscription,
        _update_subscription,
        _delete_subscription,
        ("SnsTopicArn",),
        named_by="SubscriptionName",
        tags=True,
    ),
)
