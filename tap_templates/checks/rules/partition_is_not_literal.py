"""E9503: no partition is written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tap_templates.checks.literals import FIELD, LiteralRule, Text
from tap_templates.checks.rule import Example
from tap_templates.data.regions import partitions

PARTITION = re.compile(rf"(?<![A-Za-z0-9])arn:({FIELD})(?=:)")
REFERENCE = "${AWS::Partition}"


def _auditors(partition: str) -> dict[str, Any]:
    policy = {"Fn::Sub": f"arn:{partition}:iam::aws:policy/SecurityAudit"}
    return {"Resources": {"Auditors": {"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": [policy]}}}}


class PartitionIsNotLiteral(LiteralRule):
    """In every ARN, those of AWS's managed policies too, also in texts that hold one, such as policies and code."""

    id = "E9503"
    shortdesc = "A partition is not literal"
    description = "No property and no output has an ARN that begins with arn:aws: or with another partition."
    why = "In China, in GovCloud and in the European Sovereign Cloud such an ARN names nothing."
    fix = "write arn:${AWS::Partition}: in a Fn::Sub"
    source_url = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html"
    example = Example(failing=_auditors("aws"), passing=_auditors("${AWS::Partition}"))

    def literals(self, text: Text) -> Iterator[str]:
        """Beginnings of ARNs."""
        for match in PARTITION.finditer(text.text):
            if match.group(1) in partitions():
                yield f"{match.group()}:"

    def refers(self, text: Text) -> bool:
        """The pseudo parameter."""
        return REFERENCE in text.text
