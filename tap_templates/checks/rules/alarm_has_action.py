"""E9701: every alarm tells someone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.alarms import ALARM, COMPOSITE_ALARM
from tap_templates.checks.rule import CANNOT_TELL, Example, Rule, Verdict, verdict
from tap_templates.checks.scenarios import gap, in_words
from tap_templates.checks.values import is_given, is_on
from tap_templates.checks.view import Resource, View

SWITCH = "leave ActionsEnabled out, or set it to true"


def _alarm(**properties: Any) -> dict[str, Any]:
    errors = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
        **properties,
    }
    return {
        "Resources": {
            "Alarms": {"Type": "AWS::SNS::Topic"},
            "Errors": {"Type": ALARM, "Properties": errors},
        }
    }


class AlarmHasAction(Rule):
    """AlarmActions names at least one, and ActionsEnabled is not false; composite alarms too."""

    id = "E9701"
    shortdesc = "An alarm has an action"
    description = "Each alarm, metric or composite, has AlarmActions that are not empty and not switched off."
    why = "An alarm that tells nobody is a graph."
    fix = "name a topic in AlarmActions"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html"
    example = Example(failing=_alarm(), passing=_alarm(AlarmActions=[{"Ref": "Alarms"}]))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each alarm: its actions, and where it has the switch, that."""
        for alarm in view.of(ALARM, COMPOSITE_ALARM):
            yield from self._actions(view, alarm)
            for found in alarm.get("ActionsEnabled"):
                if not found.is_missing:
                    yield verdict(found, None if found.is_unknown else is_on(found.value), SWITCH)

    def _actions(self, view: View, alarm: Resource) -> Iterator[Verdict]:
        """One verdict for each list: whether something is in it in every case."""
        for found in alarm.get("AlarmActions"):
            if found.is_unknown and view.referred(found.value) is None:
                yield Verdict(CANNOT_TELL, found.path, found.value, self.fix)
                continue
            items = found.value if isinstance(found.value, list) else [] if found.is_missing else [found.value]
            sides = [
                (side, not side.is_missing and is_given(view, side.value))
                for index, item in enumerate(items)
                for side in view.alternatives(item, (*found.path, index), found.when)
            ]
            case = gap(view, found.when, [side.when for side, answer in sides if answer])
            unclear = any(answer is None for _, answer in sides)
            accepted = True if case is None else None if unclear else False
            own = {name: holds for name, holds in (case or {}).items() if name not in found.when}
            yield verdict(found, accepted, f"{self.fix}{in_words(own)}")
