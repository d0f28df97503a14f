"""E9101: every bucket's default encryption is the one that is required."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.access_logs import receiving
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.view import Found, Resource, View
from tap_templates.requirements import AES256, ANY, KMS

RULES = "BucketEncryption.ServerSideEncryptionConfiguration.*"
DEFAULT = f"{RULES}.ServerSideEncryptionByDefault"


class BucketIsEncryptedAsRequired(Rule):
    """AES256 means SSE-S3: neither aws:kms nor a key is accepted. aws:kms means a KMS key. Nothing said fails.

    A bucket that receives access logs may have SSE-S3 whatever is required: S3 delivers to no bucket with a KMS key.
    """

    id = "E9101"
    shortdesc = "A bucket is encrypted as required"
    description = "Default encryption of each bucket is what requirements.bucket_encryption says, in either direction."
    why = "Where AES-256 is mandated a KMS key is as much a violation as no key is where KMS is mandated."
    fix = "set BucketEncryption to the required algorithm"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html"
    demands = ("bucket_encryption",)
    example = Example(
        failing={
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "BucketEncryption": {
                            "ServerSideEncryptionConfiguration": [
                                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
                            ]
                        }
                    },
                }
            }
        },
        passing={
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "BucketEncryption": {
                            "ServerSideEncryptionConfiguration": [
                                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                            ]
                        }
                    },
                }
            }
        },
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """The algorithm, and where SSE-S3 is required, that no key is named."""
        logs = receiving(view)
        for bucket in view.of("AWS::S3::Bucket"):
            for found in bucket.get(f"{DEFAULT}.SSEAlgorithm"):
                receives = bucket.logical_id in logs and found.value == AES256
                yield verdict(found, receives or self._accepts(found), self._remedy())
            if self.demand("bucket_encryption") == AES256:
                yield from self._keys(bucket)

    def _accepts(self, found: Found) -> bool | None:
        required = self.demand("bucket_encryption")
        if found.is_unknown:
            return None
        return found.value in self._words(required)

    @staticmethod
    def _words(required: Any) -> tuple[str, ...]:
        """SSEAlgorithm values that meet the requirement; dual-layer encryption is KMS too."""
        kms = (KMS, "aws:kms:dsse")
        return {AES256: (AES256,), KMS: kms, ANY: (AES256, *kms)}[str(required)]

    def _keys(self, bucket: Resource) -> Iterator[Verdict]:
        for found in bucket.get(f"{DEFAULT}.KMSMasterKeyID"):
            if not found.is_missing:
                yield verdict(found, False, "leave the key out: SSE-S3 has none")

    def _remedy(self) -> str:
        required = self.demand("bucket_encryption")
        return f"use {required if required != ANY else 'AES256 or aws:kms'} (requirement bucket_encryption: {required})"
