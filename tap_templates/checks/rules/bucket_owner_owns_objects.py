"""E9207: the owner of a bucket owns every object in it."""

from __future__ import annotations

from typing import Any

from tap_templates.checks.rule import Example, PropertyRule
from tap_templates.checks.values import is_dynamic

ENFORCED = "BucketOwnerEnforced"


def _bucket(ownership: str) -> dict[str, Any]:
    controls = {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}}
    return {"Resources": {"Documents": {"Type": "AWS::S3::Bucket", "Properties": controls}}}


class BucketOwnerOwnsObjects(PropertyRule):
    """OwnershipControls says BucketOwnerEnforced, which also switches ACLs off."""

    id = "E9207"
    shortdesc = "A bucket's owner owns its objects"
    description = "ObjectOwnership in OwnershipControls of each bucket is BucketOwnerEnforced."
    why = "With ACLs, whoever writes an object decides who may read it; without them, policies alone decide."
    fix = f"set OwnershipControls to {ENFORCED}"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"
    types = ("AWS::S3::Bucket",)
    property = "OwnershipControls.Rules.*.ObjectOwnership"
    example = Example(failing=_bucket("ObjectWriter"), passing=_bucket(ENFORCED))

    def accepts(self, value: Any) -> bool | None:
        """Whether ACLs are off."""
        return None if is_dynamic(value) else value == ENFORCED
