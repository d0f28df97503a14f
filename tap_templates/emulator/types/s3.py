"""S3: what ministack's bucket drops: encryption, lifecycle, logging, ownership, tags, suspended versioning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.emulator.types._registry import Properties, Repair, as_bool, aws

# Property: (client method that sets it, that removes it, how its value is said in the API).
Setter = tuple[str, str, Callable[[Any], dict[str, Any]]]


def _encryption(value: Any) -> dict[str, Any]:
    rules = [
        {
            **(
                {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
                if "ServerSideEncryptionByDefault" in rule
                else {}
            ),
            **({"BucketKeyEnabled": as_bool(rule["BucketKeyEnabled"])} if "BucketKeyEnabled" in rule else {}),
        }
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _ownership(value: Any) -> dict[str, Any]:
    return {"OwnershipControls": {"Rules": value["Rules"]}}


def _lifecycle(value: Any) -> dict[str, Any]:
    configuration: dict[str, Any] = {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}
    return {"LifecycleConfiguration": configuration}


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """One rule, from CloudFormation's words to the API's."""
    said: dict[str, Any] = {"Status": rule["Status"], "Filter": _lifecycle_filter(rule)}
    if "Id" in rule:
        said["ID"] = rule["Id"]
    expiration = {
        **({"Days": int(rule["ExpirationInDays"])} if "ExpirationInDays" in rule else {}),
        **({"Date": rule["ExpirationDate"]} if "ExpirationDate" in rule else {}),
        **(
            {"ExpiredObjectDeleteMarker": as_bool(rule["ExpiredObjectDeleteMarker"])}
            if "ExpiredObjectDeleteMarker" in rule
            else {}
        ),
    }
    if expiration:
        said["Expiration"] = expiration
    transitions = [*rule.get("Transitions", []), *([rule["Transition"]] if "Transition" in rule else [])]
    if transitions:
        said["Transitions"] = [
            {
                "StorageClass": step["StorageClass"],
                **({"Days": int(step["TransitionInDays"])} if "TransitionInDays" in step else {}),
                **({"Date": step["TransitionDate"]} if "TransitionDate" in step else {}),
            }
            for step in transitions
        ]
    return {**said, **_noncurrent(rule), **_incomplete_uploads(rule)}


def _noncurrent(rule: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if "NoncurrentVersionExpirationInDays" in rule:
        said["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(rule["NoncurrentVersionExpirationInDays"])}
    if "NoncurrentVersionExpiration" in rule:
        said["NoncurrentVersionExpiration"] = {
            key: int(value) for key, value in rule["NoncurrentVersionExpiration"].items()
        }
    transitions = [
        *rule.get("NoncurrentVersionTransitions", []),
        *([rule["NoncurrentVersionTransition"]] if "NoncurrentVersionTransition" in rule else []),
    ]
    if transitions:
        said["NoncurrentVersionTransitions"] = [
            {
                "NoncurrentDays": int(step["TransitionInDays"]),
                "StorageClass": step["StorageClass"],
                **(
                    {"NewerNoncurrentVersions": int(step["NewerNoncurrentVersions"])}
                    if "NewerNoncurrentVersions" in step
                    else {}
                ),
            }
            for step in transitions
        ]
    return said


def _incomplete_uploads(rule: dict[str, Any]) -> dict[str, Any]:
    if "AbortIncompleteMultipartUpload" not in rule:
        return {}
    days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
    return {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": int(days)}}


def _lifecycle_filter(rule: dict[str, Any]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if "Prefix" in rule:
        parts["Prefix"] = rule["Prefix"]
    for name in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if name in rule:
            parts[name] = int(rule[name])
    tags = rule.get("TagFilters") or []
    if len(parts) + len(tags) > 1:
        return {"And": {**parts, **({"Tags": tags} if tags else {})}}
    if tags:
        return {"Tag": tags[0]}
    return parts or {"Prefix": ""}


SETTERS: dict[str, Setter] = {
    "BucketEncryption": ("put_bucket_encryption", "delete_bucket_encryption", _encryption),
    "LifecycleConfiguration": (
        "put_bucket_lifecycle_configuration",
        "delete_bucket_lifecycle",
        _lifecycle,
    ),
    "OwnershipControls": ("put_bucket_ownership_controls", "delete_bucket_ownership_controls", _ownership),
}


def _complete_bucket(bucket: str, old: Properties, new: Properties) -> None:
    s3 = aws("s3")
    for name, (put, remove, said) in SETTERS.items():
        if name in new:
            getattr(s3, put)(Bucket=bucket, **said(new[name]))
        elif name in old:
            getattr(s3, remove)(Bucket=bucket)
    if "LoggingConfiguration" in new or "LoggingConfiguration" in old:
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=_logging(new.get("LoggingConfiguration"), bucket))
    versioning = (new.get("VersioningConfiguration") or {}).get("Status")
    lockable = as_bool(new.get("ObjectLockEnabled"))
    if lockable:  # S3 user guide, Object Lock: it comes with versioning, which cannot be suspended.
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    elif versioning != "Enabled" and (versioning or "VersioningConfiguration" in old):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    if lockable:
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=_object_lock(new))
    tags = [{"Key": tag["Key"], "Value": str(tag["Value"])} for tag in new.get("Tags") or []]
    if tags:
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    elif old.get("Tags"):
        s3.delete_bucket_tagging(Bucket=bucket)


def _object_lock(props: Properties) -> dict[str, Any]:
    said: dict[str, Any] = {"ObjectLockEnabled": "Enabled"}
    rule = (props.get("ObjectLockConfiguration") or {}).get("Rule")
    if rule:
        retention = rule["DefaultRetention"]
        said["Rule"] = {
            "DefaultRetention": {
                "Mode": retention["Mode"],
                **{unit: int(retention[unit]) for unit in ("Days", "Years") if unit in retention},
            }
        }
    return said


def _logging(value: Any, bucket: str) -> dict[str, Any]:
    if not value:
        return {}
    target = {
        "TargetBucket": value.get("DestinationBucketName") or bucket,
        "TargetPrefix": value.get("LogFilePrefix", ""),
    }
    if "TargetObjectKeyFormat" in value:
        target["TargetObjectKeyFormat"] = value["TargetObjectKeyFormat"]
    return {"LoggingEnabled": target}


def _clear_bucket(bucket: str, props: Properties) -> None:
    """Refuses as AWS does; ministack's delete takes objects along, and forgets what a new bucket would inherit."""
    s3 = aws("s3")
    found = s3.list_object_versions(Bucket=bucket, MaxKeys=1)
    if found.get("Versions") or found.get("DeleteMarkers"):
        raise ValueError("The bucket you tried to delete is not empty (Service: S3, Status Code: 409, BucketNotEmpty)")
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    s3.delete_bucket_ownership_controls(Bucket=bucket)


ENTRIES = (
    Repair("AWS::S3::Bucket", _complete_bucket, before_delete=_clear_bucket, replacing=("BucketName",), tags=True),
)
