"""E9111: every symmetric KMS key rotates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_on
from tap_templates.checks.view import Found, Resource, View

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
            "Action": ["kms:DescribeKey", "kms:PutKeyPolicy"],
            "Resource": "*",
        }
    ],
}
# KMS developer guide, rotating keys: only symmetric encryption keys with material made by KMS rotate by themselves.
ROTATES = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS"}


def _key(**properties: Any) -> dict[str, Any]:
    return {"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": POLICY, **properties}}}}


class KeyRotates(Rule):
    """EnableKeyRotation of symmetric keys; others cannot rotate by themselves and are not judged."""

    id = "E9111"
    shortdesc = "A key rotates"
    description = "EnableKeyRotation is true for each symmetric encryption key whose material KMS makes."
    why = "Material that is never replaced protects ever more data; KMS replaces it without any change for its users."
    fix = "set EnableKeyRotation to true"
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"
    example = Example(failing=_key(), passing=_key(EnableKeyRotation=True))

    def judge(self, view: View) -> Iterator[Verdict]:
        """The switch of each key that can rotate."""
        for key in view.of("AWS::KMS::Key"):
            for found in key.get("EnableKeyRotation"):
                rotates = _can_rotate(key, found)
                if rotates is not False:
                    on = None if found.is_unknown else is_on(found.value)
                    yield verdict(found, on if rotates or on else None, self.fix)


def _can_rotate(key: Resource, when: Found) -> bool | None:
    """None where only AWS knows what kind of key it is."""
    kinds = [
        None if found.is_unknown else found.is_missing or found.value == word
        for name, word in ROTATES.items()
        for found in key.get(name, when.when)
    ]
    return False if False in kinds else None if None in kinds else True
