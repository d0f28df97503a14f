"""E9511: a tag has one of the values that it may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.tags import tag_places
from tap_templates.checks.view import Found, View, is_intrinsic


def _topic(environment: str) -> dict[str, Any]:
    tags = [{"Key": "Environment", "Value": environment}]
    return {"Resources": {"Alarms": {"Type": "AWS::SNS::Topic", "Properties": {"Tags": tags}}}}


class TagsHaveAllowedValues(Rule):
    """Every value that can come out is judged: each side of a condition, and each of a Parameter's AllowedValues."""

    id = "E9511"
    shortdesc = "A tag has an allowed value"
    description = "Each tag that requirements.allowed_tag_values names has one of the values given there."
    why = "Cost reports and access rules go by the exact value: 'Production' is not 'prod'."
    fix = "use an allowed value"
    source_url = "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html"
    demands = ("allowed_tag_values",)
    example = Example(failing=_topic("Production"), passing=_topic("prod"))
    example_demands = {"allowed_tag_values": {"Environment": ["dev", "prod"]}}

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each tag with a demand."""
        allowed = self.demand("allowed_tag_values")
        if not allowed:
            return
        for place in tag_places(view):
            for tag in place.tags or ():
                if tag.key in allowed:
                    words = [str(word) for word in allowed[tag.key]]
                    accepted = None if is_intrinsic(tag.value) else str(tag.value) in words
                    found = Found(tag.path, tag.value, tag.when)
                    yield verdict(found, accepted, f"{self.fix} of {tag.key}: {', '.join(words)}")
