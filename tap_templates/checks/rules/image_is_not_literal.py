"""E9504: no AMI is written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tap_templates.checks.literals import LiteralRule, Text, deployed_texts, stored_texts
from tap_templates.checks.rule import HOLDS, Example, Verdict
from tap_templates.checks.values import is_dynamic, parameter
from tap_templates.checks.view import View

IMAGE = re.compile(r"(?<![A-Za-z0-9-])ami-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![A-Za-z0-9-])")
RESOLVED_AT_LAUNCH = "resolve:ssm:"  # Launch templates look it up when an instance is launched.
ASKED = ("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "AWS::EC2::Image::Id")
PROPERTIES = {
    "AWS::AutoScaling::LaunchConfiguration": "ImageId",
    "AWS::EC2::Instance": "ImageId",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateData.ImageId",
}
LATEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


def _server(image: Any, **sections: Any) -> dict[str, Any]:
    data = {"LaunchTemplateData": {"ImageId": image, "InstanceType": "t4g.small"}}
    return {**sections, "Resources": {"Server": {"Type": "AWS::EC2::LaunchTemplate", "Properties": data}}}


class ImageIsNotLiteral(LiteralRule):
    """In properties, outputs, mappings, and in what parameters are by default and may be."""

    id = "E9504"
    shortdesc = "An AMI is not literal"
    description = "No property, output, mapping or parameter has an AMI id written out."
    why = "An AMI is in one Region alone, and the one that is written down is never patched again."
    fix = f"use a parameter of type {ASKED[0]}"
    source_url = "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html"
    example = Example(
        failing=_server("ami-0123456789abcdef0"),
        passing=_server({"Ref": "Image"}, Parameters={"Image": {"Type": ASKED[0], "Default": LATEST}}),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each image that is looked up or asked for, then each that is written out."""
        for type_name, path in PROPERTIES.items():
            for resource in view.of(type_name):
                for found in resource.get(path):
                    at_launch = isinstance(found.value, str) and found.value.startswith(RESOLVED_AT_LAUNCH)
                    if at_launch or is_dynamic(found.value) or parameter(view, found.value).get("Type") in ASKED:
                        yield Verdict(HOLDS, found.path, found.value)
        yield from super().judge(view)

    def texts(self, view: View) -> tuple[Text, ...]:
        """Also those of mappings and parameters."""
        return (*deployed_texts(view), *stored_texts(view))

    def literals(self, text: Text) -> Iterator[str]:
        """AMI ids."""
        return (match.group() for match in IMAGE.finditer(text.text))

    def refers(self, text: Text) -> bool:
        """Judged by property."""
        return False
