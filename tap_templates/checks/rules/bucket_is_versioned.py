"""E9205: every bucket keeps earlier versions."""

from __future__ import annotations

from typing import Any

from tap_templates.checks.rule import Example, PropertyRule
from tap_templates.checks.values import is_dynamic


class BucketIsVersioned(PropertyRule):
    """VersioningConfiguration is Enabled."""

    id = "E9205"
    shortdesc = "A bucket is versioned"
    description = "VersioningConfiguration.Status of each bucket is Enabled."
    why = "Without versions an object that is overwritten or deleted, by mistake or by ransomware, is gone."
    fix = "set VersioningConfiguration.Status to Enabled"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"
    types = ("AWS::S3::Bucket",)
    property = "VersioningConfiguration.Status"
    example = Example(
        failing={
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {"VersioningConfiguration": {"Status": "Suspended"}},
                }
            }
        },
        passing={
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
                }
            }
        },
    )

    def accepts(self, value: Any) -> bool | None:
        """Whether versions are kept."""
        return None if is_dynamic(value) else value == "Enabled"
