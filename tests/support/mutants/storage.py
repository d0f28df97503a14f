"""Buckets and their policies."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from support.mutants.mutant import Deployed, Mutant, listed, of_document, of_tags, pairs, setting


def of_bucket(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Encryption, versioning, lifecycle, logging, ownership, public access, tags."""
    s3, name = deployed.aws("s3"), {"Bucket": deployed.ids[title]}
    yield from _encryption(s3, name, title)
    yield setting(
        title,
        "versioning suspended",
        lambda status: s3.put_bucket_versioning(**name, VersioningConfiguration={"Status": status}),
        "Enabled",
        "Suspended",
    )
    yield from _lifecycle(s3, name, title)
    found = s3.get_bucket_logging(**name).get("LoggingEnabled")
    if found:

        def log(status: Any) -> None:
            s3.put_bucket_logging(**name, BucketLoggingStatus=status)

        yield setting(title, "logging off", log, {"LoggingEnabled": found}, {})
        for word, value in (
            ("TargetPrefix", "x/"),
            ("TargetBucket", deployed.first("AWS::S3::Bucket", but="AccessLogs")),
        ):
            yield setting(
                title, f"logging {word}", log, {"LoggingEnabled": found}, {"LoggingEnabled": {**found, word: value}}
            )
    yield setting(
        title,
        "ownership",
        lambda owner: s3.put_bucket_ownership_controls(
            **name, OwnershipControls={"Rules": [{"ObjectOwnership": owner}]}
        ),
        "BucketOwnerEnforced",
        "ObjectWriter",
    )
    yield from _public_access(s3, name, title)
    tags = pairs(s3.get_bucket_tagging(**name)["TagSet"])
    ours = {key: value for key, value in tags.items() if not key.startswith("aws:")}
    yield from of_tags(
        title,
        tags,
        lambda some: s3.put_bucket_tagging(**name, Tagging={"TagSet": listed({**ours, **some})}),
        lambda key: s3.put_bucket_tagging(
            **name, Tagging={"TagSet": listed({word: value for word, value in ours.items() if word != key})}
        ),
    )


def _encryption(s3: Any, name: dict[str, str], title: str) -> Iterator[Mutant]:
    found = s3.get_bucket_encryption(**name)["ServerSideEncryptionConfiguration"]
    algorithm = found["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
    other = copy.deepcopy(found)
    other["Rules"][0]["ApplyServerSideEncryptionByDefault"] = {
        "SSEAlgorithm": "aws:kms" if algorithm == "AES256" else "AES256"
    }
    yield setting(
        title,
        "encryption",
        lambda said: s3.put_bucket_encryption(**name, ServerSideEncryptionConfiguration=said),
        found,
        other,
    )


def _lifecycle(s3: Any, name: dict[str, str], title: str) -> Iterator[Mutant]:
    rules = s3.get_bucket_lifecycle_configuration(**name)["Rules"]

    def put(some: Any) -> None:
        s3.put_bucket_lifecycle_configuration(**name, LifecycleConfiguration={"Rules": some})

    yield Mutant(title, "lifecycle dropped", lambda: s3.delete_bucket_lifecycle(**name), lambda: put(rules))
    for word, value in (
        ("Status", "Disabled"),
        ("Expiration", {"Days": 1}),
        ("NoncurrentVersionExpiration", {"NoncurrentDays": 1}),
        ("AbortIncompleteMultipartUpload", {"DaysAfterInitiation": 300}),
        ("Transitions", [{"Days": 1, "StorageClass": "GLACIER"}]),
    ):
        changed = copy.deepcopy(rules)
        changed[0][word] = value
        yield setting(title, f"lifecycle {word}", put, rules, changed)


def _public_access(s3: Any, name: dict[str, str], title: str) -> Iterator[Mutant]:
    found = s3.get_public_access_block(**name)["PublicAccessBlockConfiguration"]

    def put(some: Any) -> None:
        s3.put_public_access_block(**name, PublicAccessBlockConfiguration=some)

    yield Mutant(title, "public access block", lambda: s3.delete_public_access_block(**name), lambda: put(found))
    for word in found:
        yield setting(title, word, put, found, {**found, word: False})


def of_bucket_policy(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Each statement, one more, and none at all."""
    s3 = deployed.aws("s3")
    bucket = {"Bucket": deployed.ids[title.removesuffix("Policy")]}
    document = s3.get_bucket_policy(**bucket)["Policy"]

    def put(text: str) -> None:
        s3.put_bucket_policy(**bucket, Policy=text)

    yield Mutant(title, "dropped", lambda: s3.delete_bucket_policy(**bucket), lambda: put(document))
    yield from of_document(title, put, document)
