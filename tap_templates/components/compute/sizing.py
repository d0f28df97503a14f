"""How many instances a group may have, of which types, and how they are replaced when something about them changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, GetAtt, Ref, autoscaling, ec2
from troposphere.policies import (
    AutoScalingRollingUpdate,
    AutoScalingScheduledAction,
    CreationPolicy,
    ResourceSignal,
    UpdatePolicy,
)

from tap_templates.components.balancing import TargetGroup
from tap_templates.components.compute.monitoring import GROUP_METRICS
from tap_templates.errors import PropertyError
from tap_templates.naming import role_of
from tap_templates.stack import Stack

MOST = 1000
WARM_UP_SECONDS = 120
PROPERTIES = {"minimum": "MinSize", "desired": "DesiredCapacity", "maximum": "MaxSize"}
# CloudFormation template reference, UpdatePolicy attribute: what would interfere with a rolling update.
SUSPENDED = ["AlarmNotification", "AZRebalance", "HealthCheck", "ReplaceUnhealthy", "ScheduledActions"]


class Sizes(NamedTuple):
    """How many instances, as they stand in the template: plain, or from the Mapping of the environments.

    ``serving`` is how many stay in service while one is replaced, of which CloudFormation takes less than the maximum.
    """

    minimum: Any
    desired: Any
    maximum: Any
    serving: Any


def sizes_of(stack: Stack, title: str, *, minimum: int | None, desired: int | None, maximum: int | None) -> Sizes:
    """Sizes of which the minimum is no more than the desired, and that no more than the maximum, in each profile.

    Raises:
        PropertyError: They do not fit each other, or one is none.
    """
    given = {"minimum": minimum, "desired": desired, "maximum": maximum}
    chosen = {name: _by_profile(stack, title, name, count) for name, count in given.items()}
    for small, large in (("minimum", "maximum"), ("minimum", "desired"), ("desired", "maximum")):
        for profile, count in chosen[small].items():
            if count > chosen[large][profile]:
                remedy = f"use at most the {large}, which is {chosen[large][profile]} in {profile}, or raise that"
                raise PropertyError(title, PROPERTIES[small], found=count, remedy=remedy)
    serving = {profile: min(least, chosen["maximum"][profile] - 1) for profile, least in chosen["minimum"].items()}
    written = {
        name: stack.per_environment(f"instances_{name}") if count is None else count for name, count in given.items()
    }
    return Sizes(**written, serving=stack.by_environment(f"{role_of(title)}-serving", serving))


def _by_profile(stack: Stack, title: str, name: str, given: int | None) -> dict[str, int]:
    by_profile = stack.settings.size(f"instances_{name}")
    if given is None:
        return by_profile
    if isinstance(given, bool) or given not in range(1, MOST + 1):
        raise PropertyError(title, PROPERTIES[name], found=given, remedy=f"use 1 to {MOST} instances")
    return dict.fromkeys(by_profile, given)


def scaling_group(
    stack: Stack,
    title: str,
    *,
    name: AWSHelperFn,
    template: ec2.LaunchTemplate,
    types: Sequence[Any],
    sizes: Sizes,
    subnets: Sequence[AWSHelperFn],
    behind: TargetGroup | None,
    boot_minutes: int,
    waits_for: Sequence[str],
) -> autoscaling.AutoScalingGroup:
    """The group itself: it is made, and changed, once as many instances as it wants have said that they are ready."""
    signals = ResourceSignal(Count=sizes.desired, Timeout=_minutes(boot_minutes))
    return stack.add(
        autoscaling.AutoScalingGroup(
            title,
            AutoScalingGroupName=name,
            VPCZoneIdentifier=subnets,
            MinSize=_text(sizes.minimum),
            DesiredCapacity=_text(sizes.desired),
            MaxSize=_text(sizes.maximum),
            MixedInstancesPolicy=_instances(stack, template, types),
            CapacityRebalance=True,
            DefaultInstanceWarmup=WARM_UP_SECONDS,
            HealthCheckType="ELB" if behind else "EC2",
            HealthCheckGracePeriod=boot_minutes * 60,
            **({"TargetGroupARNs": [behind.arn]} if behind else {}),
            MetricsCollection=[autoscaling.MetricsCollection(Granularity="1Minute", Metrics=list(GROUP_METRICS))],
            CreationPolicy=CreationPolicy(ResourceSignal=signals),
            UpdatePolicy=_one_by_one(sizes, boot_minutes),
            DependsOn=[*waits_for, *([str(behind.rule.title)] if behind else [])],
        ),
        says=f"Auto Scaling group {title}",
    )


def _instances(stack: Stack, template: ec2.LaunchTemplate, types: Sequence[Any]) -> autoscaling.MixedInstancesPolicy:
    """The newest version of the template, on demand or Spot as the environment says.

    Source: EC2 Auto Scaling user guide, "Auto Scaling groups with multiple instance types and purchase options".
    """
    specification = autoscaling.LaunchTemplateSpecification(
        LaunchTemplateId=Ref(template), Version=GetAtt(template, "LatestVersionNumber")
    )
    overrides = [autoscaling.LaunchTemplateOverrides(InstanceType=name) for name in types]
    return autoscaling.MixedInstancesPolicy(
        InstancesDistribution=autoscaling.InstancesDistribution(
            OnDemandAllocationStrategy="prioritized",
            OnDemandPercentageAboveBaseCapacity=stack.per_environment("on_demand_percent"),
            SpotAllocationStrategy="price-capacity-optimized",
        ),
        LaunchTemplate=autoscaling.LaunchTemplate(
            LaunchTemplateSpecification=specification, **({"Overrides": overrides} if overrides else {})
        ),
    )


def _one_by_one(sizes: Sizes, boot_minutes: int) -> UpdatePolicy:
    """One instance at a time; what scaling and the hours have made of the sizes is left as it is."""
    return UpdatePolicy(
        AutoScalingRollingUpdate=AutoScalingRollingUpdate(
            MaxBatchSize=1,
            MinInstancesInService=sizes.serving,
            PauseTime=_minutes(boot_minutes),
            SuspendProcesses=SUSPENDED,
            WaitOnResourceSignals=True,
        ),
        AutoScalingScheduledAction=AutoScalingScheduledAction(IgnoreUnmodifiedGroupSizeProperties=True),
    )


def _minutes(number: int) -> str:
    """A duration as CloudFormation takes it."""
    return f"PT{number}M"


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value
