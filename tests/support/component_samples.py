"""Settings that the tests of components and blueprints share, and how their names come out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_templates.settings import Settings

ANSWERS = {"Project": "payments", "Environment": "prod", "Owner": "team-payments", "CostCenter": "CC-1"}
FIXED: dict[str, Any] = {
    "project": "payments",
    "environment": "prod",
    "owner": "team-payments",
    "cost_center": "CC-1",
    "data_classification": "restricted",
    "alarm_email": "oncall@example.com",
    "access_keys": {"max_age_days": 60, "grace_days": 5, "delete_after_days": 6, "unused_days": 30},
    "log_retention_days": 400,
    "reserve_concurrency": True,
    "groups": [{"name": "developers", "data": "write"}, {"name": "operators", "data": "read"}],
    "users": [
        {"name": "alice", "groups": ["developers"], "email": "alice@example.com"},
        {"name": "bob", "groups": ["operators", "developers"]},
    ],
}
# What may be demanded of buckets and of the trail; buckets with AES256 leave no room for a key of the trail.
ENCRYPTIONS = [
    ("AES256", "AES256"),
    ("AES256", "any"),
    ("aws:kms", "AES256"),
    ("aws:kms", "any"),
    ("aws:kms", "aws:kms"),
    ("any", "AES256"),
    ("any", "any"),
    ("any", "aws:kms"),
]
_SUFFIX = {
    "Suffix": {
        "Fn::Select": [0, {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]}]
    }
}


def fixed(*, bucket: str = "AES256", trail: str = "AES256", **changes: Any) -> Settings:
    """Settings that leave nothing to be asked."""
    requirements = {"bucket_encryption": bucket, "trail_encryption": trail, **changes.pop("requirements", {})}
    return Settings(**{**FIXED, **changes, "requirements": requirements})


def asked(*, bucket: str = "AES256", trail: str = "AES256", **given: Any) -> Settings:
    """Settings that leave everything to be asked."""
    return Settings(**given, requirements={"bucket_encryption": bucket, "trail_encryption": trail})


def untagged(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of an encoded resource without its tags."""
    properties = {key: value for key, value in resource["Properties"].items() if key != "Tags"}
    return {**resource, "Properties": properties}


def with_suffix(text: str) -> dict[str, Any]:
    """A text that ends up with the suffix of the stack in the place of ``${Suffix}``."""
    return {"Fn::Sub": [text, _SUFFIX]}


def fixed_name(role: str) -> dict[str, Any]:
    """Physical name of a role, with the fixed settings."""
    return with_suffix(f"payments-prod-{role}-${{Suffix}}")
