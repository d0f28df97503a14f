"""E9516: no two resources, and no two exports, want the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.collisions import FIX, RULE, duplicates
from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.view import View


def _topics(first: str, second: str) -> dict[str, Any]:
    names = {"Alarms": first, "Notices": second}
    return {
        "Resources": {
            logical_id: {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Sub": name}}}
            for logical_id, name in names.items()
        }
    }


class NamesDoNotCollide(Rule):
    """In one template: the same expression twice, where both can exist at once.

    Across templates that are checked together, names are compared as patterns (``collisions``).
    """

    id = RULE
    shortdesc = "Names do not collide"
    description = "Names that AWS keeps unique, and names of exports, are wanted once in all templates given together."
    why = "The second one fails to deploy, or takes over the first: Cannot determine ownership."
    fix = FIX
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html"
    example = Example(
        failing=_topics("${AWS::StackName}-alarms", "${AWS::StackName}-alarms"),
        passing=_topics("${AWS::StackName}-alarms", "${AWS::StackName}-notices"),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each name and each export."""
        for claim, twin in duplicates(view):
            if twin is None:
                yield Verdict(HOLDS, claim.found.path, claim.found.value)
            else:
                remedy = f"{twin.logical_id} has the same name: give one of them another"
                yield Verdict(FAILS, claim.found.path, claim.found.value, remedy)
