"""E9203: every bucket refuses TLS versions that are older than required."""

from __future__ import annotations

from typing import Any

from tap_templates.checks.denials import DenialRule
from tap_templates.checks.resource_policies import BUCKET, Comparison
from tap_templates.checks.rule import Example, as_number

VERSIONS = (1.0, 1.1, 1.2, 1.3)


def _guarded(oldest: str) -> dict[str, Any]:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"Fn::GetAtt": ["Documents", "Arn"]}, {"Fn::Sub": "${Documents.Arn}/*"}],
        "Condition": {"NumericLessThan": {"s3:TlsVersion": oldest}},
    }
    return {
        "Resources": {
            "Documents": {"Type": "AWS::S3::Bucket"},
            "DocumentsPolicy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {
                    "Bucket": {"Ref": "Documents"},
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
                },
            },
        }
    }


class BucketDeniesOldTls(DenialRule):
    """A policy of the bucket denies everything to everyone below the required version of TLS."""

    id = "E9203"
    shortdesc = "A bucket denies old TLS"
    description = "The bucket's policy denies s3:* to everyone when s3:TlsVersion is less than requirements.tls_floor."
    why = "A client may negotiate a version whose weaknesses are known, unless the bucket refuses it."
    fix = "deny s3:* to everyone on the bucket and its objects when s3:TlsVersion is less than the required version"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"
    demands = ("tls_floor",)
    kind = BUCKET
    actions = ("s3:*", "*")
    example = Example(failing=_guarded("1.1"), passing=_guarded("1.2"))

    def remedy(self) -> str:
        """What to write instead, with the version."""
        floor = str(self.demand("tls_floor"))
        return f"{self.fix.replace('the required version', floor)} (requirement tls_floor: {floor})"

    def meets(self, test: Comparison) -> bool:
        """Whether a comparison is true of every version below the floor."""
        operator, floor = test.operator.removesuffix("ifexists"), float(self.demand("tls_floor"))
        numbers = [as_number(value) for value in (test.value if isinstance(test.value, list) else [test.value])]
        limits = [number for number in numbers if number is not None]
        if test.key != "s3:tlsversion" or operator not in ("numericlessthan", "numericlessthanequals") or not limits:
            return False
        inclusive = operator.endswith("equals")
        return all(
            version < max(limits) or (inclusive and version == max(limits)) for version in VERSIONS if version < floor
        )
