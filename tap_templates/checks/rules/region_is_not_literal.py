"""E9502: no Region and no Availability Zone is written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tap_templates.checks.literals import LiteralRule, Text
from tap_templates.checks.rule import Example
from tap_templates.data.regions import regions

REGION = re.compile(
    r"(?<![A-Za-z0-9-])(?P<region>[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9])"
    r"(?P<zone>[a-z]|-[a-z]{3}-[0-9][a-z])?(?![A-Za-z0-9-])"
)
ZONE_ID = re.compile(r"[a-z]{3,5}[0-9]-(?:[a-z]{3}[0-9]-)?az[0-9]")
REFERENCE = "${AWS::Region}"


def _endpoint(region: str) -> dict[str, Any]:
    properties = {
        "VpcId": {"Fn::ImportValue": "network"},
        "ServiceName": {"Fn::Sub": f"com.amazonaws.{region}.s3"},
    }
    return {"Resources": {"Buckets": {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}}}


class RegionIsNotLiteral(LiteralRule):
    """In ARNs, names of services and hosts, code and plain values; a Region that is allowed may be named, a zone not.

    Letters of zones stand for other places in each account. Conditions, mappings and parameters are not judged.
    """

    id = "E9502"
    shortdesc = "A Region is not literal"
    description = "No property and no output names a Region, but for requirements.allowed_regions, nor a zone."
    why = "The template works in one Region alone; elsewhere it reaches across, or fails to deploy."
    fix = "use ${AWS::Region}, Fn::GetAZs for a zone, or a parameter"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"
    demands = ("allowed_regions",)
    example = Example(failing=_endpoint("us-east-1"), passing=_endpoint("${AWS::Region}"))

    def literals(self, text: Text) -> Iterator[str]:
        """Regions and zones, each as it is written."""
        if ZONE_ID.fullmatch(text.text):
            yield text.text
        for match in REGION.finditer(text.text):
            is_allowed = not match["zone"] and match["region"] in self.demand("allowed_regions")
            if match["region"] in regions() and not is_allowed:
                yield match.group()

    def refers(self, text: Text) -> bool:
        """The pseudo parameter, or a Region that may be named."""
        return REFERENCE in text.text or REGION.search(text.text) is not None

    def remedy(self) -> str:
        """With the Regions that may be named."""
        allowed = ", ".join(self.demand("allowed_regions"))
        return f"{self.fix} (requirement allowed_regions: {allowed})" if allowed else self.fix
