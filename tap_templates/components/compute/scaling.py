"""How many instances a group has: as busy as they are, and none outside the hours of its environment."""

from __future__ import annotations

from typing import Any

from troposphere import Condition, FindInMap, Not, Ref, Sub, autoscaling

from tap_templates.components.balancing import TargetGroup
from tap_templates.components.compute.options import NEVER
from tap_templates.components.compute.sizing import Sizes
from tap_templates.stack import Stack

HOURS = "StopsOutsideHours"
MONDAY_TO_FRIDAY = "0 {hour} * * 1-5"


def follow_load(
    stack: Stack, title: str, *, group: Ref, behind: TargetGroup | None, cpu_percent: int, requests: int
) -> None:
    """Keeps the processors as busy as asked for, and behind a balancer the requests that each target gets in a minute.

    Of two policies, the one that wants more instances decides.

    Source: EC2 Auto Scaling user guide, target tracking scaling policies.
    """
    _tracking(stack, f"{title}FollowsCpu", group, cpu_percent, PredefinedMetricType="ASGAverageCPUUtilization")
    if behind is not None:
        label = behind.request_label
        _tracking(
            stack,
            f"{title}FollowsRequests",
            group,
            requests,
            waits_for=behind.rule.title,
            PredefinedMetricType="ALBRequestCountPerTarget",
            ResourceLabel=label,
        )


def _tracking(
    stack: Stack, title: str, group: Ref, target: int, *, waits_for: str | None = None, **metric: Any
) -> None:
    stack.add(
        autoscaling.ScalingPolicy(
            title,
            AutoScalingGroupName=group,
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration=autoscaling.TargetTrackingConfiguration(
                TargetValue=target,
                PredefinedMetricSpecification=autoscaling.PredefinedMetricSpecification(**metric),
            ),
            **({"DependsOn": [waits_for]} if waits_for else {}),
        )
    )


def keep_hours(stack: Stack, title: str, *, group: Ref, sizes: Sizes, time_zone: str) -> None:
    """Stops all instances at ``stop_hour``, and starts them at ``start_hour``, on working days; never where it is 24.

    Source: EC2 Auto Scaling user guide, scheduled scaling: the fields of cron, in a time zone.
    """
    never = stack.at_least("stop_hour", NEVER)
    if never is True:
        return
    there = {} if never is False else {"Condition": stack.condition(HOURS, Not(Condition(never)))}
    for ending, amount, least, wanted in (
        ("Stop", "stop_hour", 0, 0),
        ("Start", "start_hour", sizes.minimum, sizes.desired),
    ):
        stack.add(
            autoscaling.ScheduledAction(
                f"{title}{ending}",
                AutoScalingGroupName=group,
                Recurrence=_recurrence(stack.per_environment(amount)),
                TimeZone=time_zone,
                MinSize=least,
                DesiredCapacity=wanted,
                **there,
            )
        )


def _recurrence(hour: Any) -> Any:
    if isinstance(hour, FindInMap):
        return Sub(MONDAY_TO_FRIDAY.format(hour="${Hour}"), Hour=hour)
    return MONDAY_TO_FRIDAY.format(hour=hour)
