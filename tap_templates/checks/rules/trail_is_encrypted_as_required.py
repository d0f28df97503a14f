"""E9102: a trail's files are encrypted as required."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.keys import names_key
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.view import Found, View
from tap_templates.requirements import AES256, ANY, KMS

PROPERTIES = {"IsLogging": True, "S3BucketName": "example-trail-files"}
REMEDIES = {
    AES256: "leave KMSKeyId out: SSE-S3 has no key (requirement trail_encryption: AES256)",
    KMS: "name a KMS key (requirement trail_encryption: aws:kms)",
    ANY: "name a KMS key, or leave KMSKeyId out",
}


def _trail(**properties: Any) -> dict[str, Any]:
    return {"Resources": {"Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": {**PROPERTIES, **properties}}}}


class TrailIsEncryptedAsRequired(Rule):
    """AES256 means that the trail names no key, aws:kms that it names one."""

    id = "E9102"
    shortdesc = "A trail is encrypted as required"
    description = "KMSKeyId of each trail is there or not as requirements.trail_encryption says, in either direction."
    why = "CIS AWS Foundations 3.5 asks for a KMS key; where AES-256 is mandated, a key is the violation."
    fix = "set or leave out KMSKeyId as the requirement trail_encryption says"
    source_url = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html"
    )
    demands = ("trail_encryption",)
    example_demands = {"trail_encryption": KMS}
    example = Example(failing=_trail(), passing=_trail(KMSKeyId="alias/audit"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Whether each trail names a key."""
        remedy = REMEDIES[str(self.demand("trail_encryption"))]
        for trail in view.of("AWS::CloudTrail::Trail"):
            for found in trail.get("KMSKeyId"):
                yield verdict(found, self._accepts(view, found), remedy)

    def _accepts(self, view: View, found: Found) -> bool | None:
        required = self.demand("trail_encryption")
        if required == ANY:
            return True
        if required == AES256:
            return found.is_missing or found.value == ""
        return names_key(view, found.value)
