"""Amazon S3: buckets and their policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import GoneError, Subject
from tap_templates.deployment.verification.values import Policy, Tags, Whole, tags_of

# S3 API reference, error codes of the operations that read a configuration which was never set.
NO_ENCRYPTION = ("ServerSideEncryptionConfigurationNotFoundError",)
NO_LIFECYCLE = ("NoSuchLifecycleConfiguration",)
NO_OWNERSHIP = ("OwnershipControlsNotFoundError",)
NO_PUBLIC_ACCESS_BLOCK = ("NoSuchPublicAccessBlockConfiguration",)
NO_TAGS = ("NoSuchTagSet",)


def _name(bucket: Subject) -> str:
    bucket.ask("s3", "head_bucket", Bucket=bucket.id)
    return bucket.id


def _encryption(bucket: Subject) -> dict[str, Any]:
    answer = bucket.ask("s3", "get_bucket_encryption", absent=NO_ENCRYPTION, Bucket=bucket.id)
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return {
        "ServerSideEncryptionConfiguration": [
            {
                "ServerSideEncryptionByDefault": Whole(rule.get("ApplyServerSideEncryptionByDefault", {})),
                "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            }
            for rule in rules
        ]
    }


def _lifecycle(bucket: Subject) -> dict[str, Any] | None:
    answer = bucket.ask("s3", "get_bucket_lifecycle_configuration", absent=NO_LIFECYCLE, Bucket=bucket.id)
    return {"Rules": [lifecycle_rule(rule) for rule in answer["Rules"]]} if answer.get("Rules") else None


def lifecycle_rule(rule: dict[str, Any]) -> Whole:
    """A rule of the API in the template's words."""
    said = Whole(Status=rule["Status"], Id=rule.get("ID"))
    expiration = rule.get("Expiration", {})
    said["ExpirationInDays"] = expiration.get("Days")
    said["ExpirationDate"] = expiration.get("Date")
    said["ExpiredObjectDeleteMarker"] = expiration.get("ExpiredObjectDeleteMarker")
    said["Transitions"] = [
        {
            "StorageClass": step["StorageClass"],
            "TransitionInDays": step.get("Days"),
            "TransitionDate": step.get("Date"),
        }
        for step in rule.get("Transitions", [])
    ]
    said["NoncurrentVersionTransitions"] = [
        {
            "StorageClass": step["StorageClass"],
            "TransitionInDays": step.get("NoncurrentDays"),
            "NewerNoncurrentVersions": step.get("NewerNoncurrentVersions"),
        }
        for step in rule.get("NoncurrentVersionTransitions", [])
    ]
    for word in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        said[word] = Whole(rule[word]) if word in rule else None
    limits = rule.get("Filter", {})
    limits = limits.get("And", limits)
    said["Prefix"] = limits.get("Prefix") or rule.get("Prefix")
    said["TagFilters"] = limits.get("Tags") or ([limits["Tag"]] if "Tag" in limits else None)
    for word in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        said[word] = limits.get(word)
    return said


def _logging(bucket: Subject) -> Whole | None:
    found = bucket.ask("s3", "get_bucket_logging", Bucket=bucket.id).get("LoggingEnabled")
    if not found:
        return None
    return Whole(DestinationBucketName=found["TargetBucket"], LogFilePrefix=found.get("TargetPrefix"))


def _notification(bucket: Subject) -> dict[str, Any]:
    """In the template's words: the switch of EventBridge, which the service tells by an empty mapping, and the rest."""
    found = bucket.ask("s3", "get_bucket_notification_configuration", Bucket=bucket.id)
    told = {word: value for word, value in found.items() if word.endswith(("Configurations", "Configuration"))}
    if "EventBridgeConfiguration" in told:
        told["EventBridgeConfiguration"] = {"EventBridgeEnabled": True}
    return Whole(told)


def _ownership(bucket: Subject) -> Any:
    answer = bucket.ask("s3", "get_bucket_ownership_controls", absent=NO_OWNERSHIP, Bucket=bucket.id)
    return answer.get("OwnershipControls")


def _public_access_block(bucket: Subject) -> Any:
    answer = bucket.ask("s3", "get_public_access_block", absent=NO_PUBLIC_ACCESS_BLOCK, Bucket=bucket.id)
    return answer.get("PublicAccessBlockConfiguration")


def _tags(bucket: Subject) -> Tags:
    return tags_of(bucket.ask("s3", "get_bucket_tagging", absent=NO_TAGS, Bucket=bucket.id).get("TagSet"))


def _versioning(bucket: Subject) -> dict[str, Any]:
    return {"Status": bucket.ask("s3", "get_bucket_versioning", Bucket=bucket.id).get("Status")}


def _policy(policy: Subject) -> Policy:
    answer = policy.ask(
        "s3", "get_bucket_policy", absent=("NoSuchBucketPolicy",), Bucket=str(policy.properties["Bucket"])
    )
    if not answer:
        raise GoneError("NoSuchBucketPolicy")
    return Policy(json.loads(answer["Policy"]))


def _policed_bucket(policy: Subject) -> Any:
    _policy(policy)
    return policy.properties["Bucket"]


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    "AWS::S3::Bucket": {
        "BucketEncryption": _encryption,
        "BucketName": _name,
        "LifecycleConfiguration": _lifecycle,
        "LoggingConfiguration": _logging,
        "NotificationConfiguration": _notification,
        "OwnershipControls": _ownership,
        "PublicAccessBlockConfiguration": _public_access_block,
        "Tags": _tags,
        "VersioningConfiguration": _versioning,
    },
    "AWS::S3::BucketPolicy": {"Bucket": _policed_bucket, "PolicyDocument": _policy},
}
