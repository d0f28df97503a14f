"""What a template promises of its buckets, in the words of the S3 API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_templates.testing.generation.symbolic import Symbolic

BUCKET, POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"


def tables(stack: Symbolic) -> dict[str, Any]:
    """Tables of ``test_storage.py``."""
    policies = {
        stack.titled(said["Bucket"]) or said["Bucket"]: said["PolicyDocument"]["Statement"]
        for said in stack.of(POLICY).values()
        if {"Bucket", "PolicyDocument"} <= set(said)
    }
    return {
        "encryption": {title: _encryption(said) for title, said in stack.stating(BUCKET, "BucketEncryption").items()},
        "versioning": {
            title: said["Status"] for title, said in stack.stating(BUCKET, "VersioningConfiguration").items()
        },
        "lifecycle": {
            title: [lifecycle_rule(rule) for rule in said["Rules"]]
            for title, said in stack.stating(BUCKET, "LifecycleConfiguration").items()
        },
        "logging": {
            title: _logging(said, title) for title, said in stack.stating(BUCKET, "LoggingConfiguration").items()
        },
        "ownership": {
            title: said["Rules"][0]["ObjectOwnership"]
            for title, said in stack.stating(BUCKET, "OwnershipControls").items()
        },
        "public_access": stack.stating(BUCKET, "PublicAccessBlockConfiguration"),
        "policies": policies,
        "refuse_plain_http": [title for title, said in policies.items() if any(map(_refuses_plain_http, said))],
    }


def _refuses_plain_http(statement: Mapping[str, Any]) -> bool:
    secure = statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    return secure and statement["Effect"] == "Deny" and statement.get("Action") in ("s3:*", ["s3:*"])


def _encryption(said: Mapping[str, Any]) -> dict[str, Any]:
    renamed = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    rule = said["ServerSideEncryptionConfiguration"][0]
    return {renamed.get(word, word): value for word, value in rule.items()}


def _logging(said: Mapping[str, Any], title: str) -> dict[str, Any]:
    target = said.get("DestinationBucketName", f"${{{title}}}")
    return {"TargetBucket": target, "TargetPrefix": said.get("LogFilePrefix", "")}


def lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of the template in the words of the API, without its filter.

    Source: CloudFormation Template Reference, AWS::S3::Bucket Rule; S3 API reference, LifecycleRule.
    """
    said: dict[str, Any] = {"Status": rule["Status"]}
    if "Id" in rule:
        said["ID"] = rule["Id"]
    words = {"ExpirationInDays": "Days", "ExpirationDate": "Date"}
    words["ExpiredObjectDeleteMarker"] = "ExpiredObjectDeleteMarker"
    expiration = {word: rule[name] for name, word in words.items() if name in rule}
    if expiration:
        said["Expiration"] = expiration
    for word, days in (("Transition", "Days"), ("NoncurrentVersionTransition", "NoncurrentDays")):
        steps = [*rule.get(f"{word}s", []), *([rule[word]] if word in rule else [])]
        if steps:
            said[f"{word}s"] = [_step(step, days) for step in steps]
    if "NoncurrentVersionExpirationInDays" in rule:
        said["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    for word in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if word in rule:
            said[word] = rule[word]
    return said


def _step(step: Mapping[str, Any], days: str) -> dict[str, Any]:
    words = {"TransitionInDays": days, "TransitionDate": "Date"}
    return {words.get(name, name): value for name, value in step.items()}
