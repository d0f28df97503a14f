"""E9708: what a function fails on for good is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.functions import FUNCTION, example, invoked_asynchronously
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.scenarios import gap, in_words
from tap_templates.checks.values import is_given
from tap_templates.checks.view import Found, Resource, Scenario, View

PLACE = "DeadLetterConfig.TargetArn"
DESTINATION = "DestinationConfig.OnFailure.Destination"


def _scheduled(**properties: Any) -> dict[str, Any]:
    daily = {"ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "Work", "Arn": {"Fn::GetAtt": ["Work", "Arn"]}}]}
    others = {"Daily": {"Type": "AWS::Events::Rule", "Properties": daily}, "Failures": {"Type": "AWS::SQS::Queue"}}
    return {"Resources": {**example(**properties)["Resources"], **others}}


class FunctionHasDeadLetters(Rule):
    """Judged are functions that a rule, a schedule, a topic, a bucket or a service of the template invokes.

    DeadLetterConfig of the function counts, and OnFailure of its EventInvokeConfig.
    """

    id = "E9708"
    shortdesc = "A function keeps what it fails on"
    description = "Each function that is invoked asynchronously has a dead-letter queue or a destination on failure."
    why = "Lambda drops an event after two retries, and nobody learns what it was."
    fix = "set DeadLetterConfig.TargetArn to a queue, or OnFailure in an EventInvokeConfig"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
    example = Example(
        failing=_scheduled(),
        passing=_scheduled(DeadLetterConfig={"TargetArn": {"Fn::GetAtt": ["Failures", "Arn"]}}),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each function that is invoked asynchronously."""
        invoked = invoked_asynchronously(view)
        destinations = _destinations(view)
        for function in view.of(FUNCTION):
            if function.logical_id in invoked:
                yield self._verdict(view, function, [*function.get(PLACE), *destinations.get(function.logical_id, [])])

    def _verdict(self, view: View, function: Resource, places: list[Found]) -> Verdict:
        given = [(place, not place.is_missing and is_given(view, place.value)) for place in places]
        there: list[Scenario] = [place.when for place, answer in given if answer]
        case = gap(view, function.scenario, there)
        if case is None:
            kept = next(place for place, answer in given if answer)
            return Verdict(HOLDS, kept.path, kept.value)
        unclear = [place for place, answer in given if answer is None]
        if unclear:
            return Verdict(CANNOT_TELL, unclear[0].path, unclear[0].value, self.fix)
        own = {name: holds for name, holds in case.items() if name not in function.scenario}
        missing = next((place for place, _ in given if place.is_missing and place.when == case), places[0])
        return Verdict(FAILS, missing.path, missing.value, f"{self.fix}{in_words(own)}")


def _destinations(view: View) -> dict[str, list[Found]]:
    """Destinations on failure of each function, by its logical id."""
    found: dict[str, list[Found]] = {}
    for config in view.of("AWS::Lambda::EventInvokeConfig"):
        for name in config.get("FunctionName"):
            function = view.referred(name.value)
            if function is not None:
                found.setdefault(function.logical_id, []).extend(config.get(DESTINATION, name.when))
    return found
