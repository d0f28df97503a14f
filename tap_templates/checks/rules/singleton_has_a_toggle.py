"""E9806: what an account has one of can be left out of a second stack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.view import Resource, View
from tap_templates.data.singletons import Singleton, singletons


def _detector(**attributes: Any) -> dict[str, Any]:
    return {
        "Parameters": {"WithDetector": {"Type": "String", "AllowedValues": ["true", "false"]}},
        "Conditions": {"HasDetector": {"Fn::Equals": [{"Ref": "WithDetector"}, "true"]}},
        "Resources": {
            "Detector": {"Type": "AWS::GuardDuty::Detector", "Properties": {"Enable": True}, **attributes},
            "Alarms": {"Type": "AWS::SNS::Topic"},
        },
    }


class SingletonHasAToggle(Rule):
    """Recorder, delivery channel, detector, hub, session, …: a Condition of the resource is the toggle."""

    id = "E9806"
    shortdesc = "A singleton has a toggle"
    description = "A resource that an account can have one of, in all or in a Region, has a Condition."
    why = "Where the account has one already, the stack fails to deploy as a whole, and a second stack always does."
    fix = "give it a Condition on a parameter"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html"
    example = Example(failing=_detector(), passing=_detector(Condition="HasDetector"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each such resource."""
        for singleton in singletons():
            for resource in view.of(singleton.type):
                yield from self._verdict(view, resource, singleton)

    def _verdict(self, view: View, resource: Resource, singleton: Singleton) -> Iterator[Verdict]:
        condition = resource.attribute("Condition")
        if isinstance(condition, str) and condition in view.section("Conditions"):
            yield Verdict(HOLDS, resource.at("Condition"), condition)
            return
        remedy = f"one for each {singleton.scope} of an account: {self.fix}"
        if not singleton.property:
            yield Verdict(FAILS, resource.path, resource.type, remedy)
            return
        for found in resource.get(singleton.property):
            if found.is_unknown:
                yield Verdict(CANNOT_TELL, found.path, found.value, remedy)
            elif found.value in singleton.values:
                yield Verdict(FAILS, resource.path, found.value, remedy)
