"""E9515: every output says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.view import MISSING, Found, View


def _output(**description: str) -> dict[str, Any]:
    return {
        "Resources": {"Alarms": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"AlarmsArn": {**description, "Value": {"Ref": "Alarms"}}},
    }


class OutputIsDescribed(Rule):
    """A Description is text: CloudFormation takes no intrinsic there."""

    id = "E9515"
    shortdesc = "An output is described"
    description = "Each output has a Description that is not empty."
    why = "Whoever reads the outputs in the console or a report sees a key and a value, and must guess the rest."
    fix = "say in Description what the value is"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html"
    example = Example(failing=_output(), passing=_output(Description="ARN of the topic for alarms"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each output."""
        for name, output in view.section("Outputs").items():
            value = output.get("Description", MISSING) if isinstance(output, Mapping) else MISSING
            path = ("Outputs", str(name)) if value is MISSING else ("Outputs", str(name), "Description")
            yield verdict(Found(path, value, {}), isinstance(value, str) and bool(value.strip()), self.fix)
