"""E9707: whatever writes logs has a log group of the template."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.functions import example
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.values import as_text
from tap_templates.checks.view import Found, Resource, View
from tap_templates.data.log_producers import LogProducer, log_producers

LOG_GROUP = "AWS::Logs::LogGroup"
DESTINATIONS = (LOG_GROUP, "AWS::KinesisFirehose::DeliveryStream")  # API Gateway takes either.
LOG = {"Type": LOG_GROUP, "Properties": {"RetentionInDays": 365}}


class ProducerHasLogGroup(Rule):
    """Functions, stages of APIs, state machines and build projects, by the property that names the log group.

    Functions and build projects also write to a group with their name after ``/aws/lambda/`` or ``/aws/codebuild/``.
    """

    id = "E9707"
    shortdesc = "What writes logs has a log group"
    description = "Each function, API stage, state machine and build project writes to a log group of the template."
    why = "A log group that a service makes by itself is kept forever, has no key and no tags, and outlives the stack."
    fix = "name a log group of this template"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html"
    example = Example(
        failing=example(),
        passing={"Resources": {**example(LoggingConfig={"LogGroup": {"Ref": "WorkLog"}})["Resources"], "WorkLog": LOG}},
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each value of each such property."""
        groups = {as_text(found.value) for group in view.of(LOG_GROUP) for found in group.get("LogGroupName")}
        for producer in log_producers():
            for resource in view.of(producer.type):
                for found in resource.get(producer.property):
                    yield self._verdict(view, producer, resource, found, groups)

    def _verdict(
        self, view: View, producer: LogProducer, resource: Resource, found: Found, groups: set[str]
    ) -> Verdict:
        remedy = f"{self.fix} in {producer.property.replace('.*', '')}"
        if found.is_missing:
            result = HOLDS if groups & set(_defaults(producer, resource, found)) else FAILS
            return Verdict(result, found.path, found.value, remedy)
        referred = view.referred(found.value)
        if referred is not None:
            return Verdict(HOLDS if referred.type in DESTINATIONS else FAILS, found.path, found.value, remedy)
        return Verdict(HOLDS if as_text(found.value) in groups else CANNOT_TELL, found.path, found.value, remedy)


def _defaults(producer: LogProducer, resource: Resource, found: Found) -> Iterator[str]:
    """Names of the group that it writes to where none is named."""
    if producer.default:
        yield f"{producer.default}${{{resource.logical_id}}}"
        for name in resource.get(producer.name, found.when):
            if not name.is_missing:
                yield f"{producer.default}{as_text(name.value)}"
