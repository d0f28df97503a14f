"""What starts a function: a schedule, a queue, a bucket, a topic, a table's stream."""

from __future__ import annotations

from troposphere import GetAtt, events

from tap_templates.components.functions import Function

EVENTS = "events.amazonaws.com"


def every(function: Function, schedule: str, *, title: str, says: str) -> events.Rule:
    """Starts a function on a schedule; events that could not be delivered go to its dead letters.

    Args:
        schedule: ``rate(1 day)`` or ``cron(0 3 * * ? *)``, in UTC.
        title: Joins the function's title to the logical id of the rule: ``Daily``.
        says: When that is, for its description: ``once a day``.

    Source: EventBridge user guide, "Using dead-letter queues to process undelivered events".
    """
    stack = function.stack
    rule_title = f"{function.title}{title}"
    rule = stack.add(
        events.Rule(
            rule_title,
            Name=stack.name(rule_title, events.Rule),
            Description=f"Starts {function.title} {says}",
            ScheduleExpression=schedule,
            State="ENABLED",
            Targets=[
                events.Target(
                    Id=function.title,
                    Arn=function.arn,
                    DeadLetterConfig=events.DeadLetterConfig(Arn=function.failures.arn),
                )
            ],
        ),
        says=f"rule that starts {function.title} {says}",
    )
    arn = GetAtt(rule, "Arn")
    function.accept(EVENTS, source=arn, title=f"{rule_title}Start")
    function.failures.accept(EVENTS, source=arn, title=rule_title)
    return rule
