"""W9514: every resource that someone could need to name is named by an output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.checks.references import references
from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.view import View
from tap_templates.data.attachments import attachments

TOPIC = {"Alarms": {"Type": "AWS::SNS::Topic"}}


def _with_output(value: Any) -> dict[str, Any]:
    return {"Resources": TOPIC, "Outputs": {"Output": {"Description": "What alarms go to", "Value": value}}}


class ResourceIsNamedByAnOutput(Rule):
    """Parts and attachments of other resources (policies of buckets, routes, permissions, …) need none."""

    id = "W9514"
    shortdesc = "A resource is named by an output"
    description = "Each resource appears in the value of an output, unless it is an attachment of another one."
    why = "Tests, operators and other stacks find resources through outputs; without one they guess names."
    fix = "add an output with its Ref or its ARN"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html"
    example = Example(failing=_with_output({"Ref": "AWS::Region"}), passing=_with_output({"Ref": "Alarms"}))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each resource that is no attachment."""
        outputs = [output for output in view.section("Outputs").values() if isinstance(output, Mapping)]
        named = {name for output in outputs for name in references(output.get("Value"))}
        for resource in view.resources:
            if resource.type not in attachments():
                result = HOLDS if resource.logical_id in named else FAILS
                yield Verdict(result, resource.path, resource.type, f"no output names it: {self.fix}")
