"""What a group may be asked for: instance types of one architecture, hours, numbers, and a place with a way out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tap_templates.components.network import PRIVATE, PUBLIC, Network
from tap_templates.data.instance_classes import ARM64, EC2, X86_64, architecture, classes
from tap_templates.errors import PropertyError, did_you_mean
from tap_templates.stack import Stack

ARCHITECTURES = (ARM64, X86_64)
EXAMPLES = {ARM64: "m7g.large", X86_64: "m7i.large"}
NEVER = 24
MOST_ALTERNATIVES = 39  # EC2 Auto Scaling user guide, quotas: 40 instance types in a mixed instances policy.
MINUTES = range(2, 61)
PERCENT = range(10, 91)
VOLUME_GIB = range(8, 16_385)  # EBS user guide, gp3; the image of Amazon Linux 2023 needs 8.
TIME_ZONE = re.compile(r"[A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+){0,2}")


def chosen_type(
    stack: Stack,
    title: str,
    *,
    workload: str,
    instance_type: str | None,
    alternatives: Sequence[str],
    of_architecture: str,
) -> Any:
    """The instance type, as it stands in the template; it and the alternatives run images of the architecture.

    Raises:
        PropertyError: A type that EC2 does not have, or of another architecture, or one that comes twice.
        UsageError: No such workload.
    """
    if of_architecture not in ARCHITECTURES:
        remedy = f"use {' or '.join(ARCHITECTURES)}"
        raise PropertyError(title, "LaunchTemplateData.ImageId", found=of_architecture, remedy=remedy)
    types = stack.settings.machine(workload, "instance")
    if instance_type is not None:
        types = dict.fromkeys(types, instance_type)
    for name in (*types.values(), *alternatives):
        _check_type(title, name, of_architecture)
    if len(alternatives) > MOST_ALTERNATIVES:
        remedy = f"use at most {MOST_ALTERNATIVES}"
        raise PropertyError(title, "Overrides", found=f"{len(alternatives)} alternatives", remedy=remedy)
    for name in alternatives:
        if name in types.values() or list(alternatives).count(name) > 1:
            raise PropertyError(title, "Overrides", found=f"{name} twice", remedy="name each instance type once")
    return instance_type or stack.machine(workload, "instance")


def _check_type(title: str, name: str, of_architecture: str) -> None:
    path, known = "LaunchTemplateData.InstanceType", classes(EC2)
    if name not in known:
        close = did_you_mean(name, [each for each in known if architecture(each) == of_architecture])
        remedy = f"use a type that EC2 has, {EXAMPLES[of_architecture]} for instance{close}"
        raise PropertyError(title, path, found=name, remedy=remedy)
    if architecture(name) != of_architecture:
        other = architecture(name)
        remedy = f"use a type of {of_architecture}, {EXAMPLES[of_architecture]} for instance, or architecture {other}"
        raise PropertyError(title, path, found=f"{name} of {other}", remedy=remedy)


def check_hours(stack: Stack, title: str, time_zone: str) -> None:
    """Hours of which the start comes before the stop, of a time zone by its name.

    Raises:
        PropertyError: They do not.
    """
    if not TIME_ZONE.fullmatch(time_zone):
        remedy = "use a name of the IANA time zone database, such as Europe/Berlin or Etc/UTC"
        raise PropertyError(title, "TimeZone", found=time_zone, remedy=remedy)
    starts = stack.settings.size("start_hour")
    for profile, stop in stack.settings.size("stop_hour").items():
        if stop <= starts[profile]:
            remedy = f"use an hour after start_hour, which is {starts[profile]} in {profile}, or {NEVER} for never"
            raise PropertyError(title, "Recurrence", found=f"stop_hour {stop}", remedy=remedy)


def check_numbers(title: str, *, boot_minutes: int, cpu_percent: int, requests: int, volume_gib: int | None) -> None:
    """Numbers that CloudFormation and EC2 take, and that make sense.

    Raises:
        PropertyError: One that is not.
    """
    for path, number, allowed, unit in (
        ("CreationPolicy.ResourceSignal.Timeout", boot_minutes, MINUTES, "minutes"),
        ("TargetTrackingConfiguration.TargetValue", cpu_percent, PERCENT, "percent of CPU"),
        ("TargetTrackingConfiguration.TargetValue", requests, range(1, 1_000_001), "requests in a minute"),
        ("BlockDeviceMappings.VolumeSize", volume_gib, VOLUME_GIB, "GiB"),
    ):
        if number is not None and (isinstance(number, bool) or number not in allowed):
            remedy = f"use {allowed[0]} to {allowed[-1]} {unit}"
            raise PropertyError(title, path, found=number, remedy=remedy)


def check_place(stack: Stack, title: str, network: Network) -> None:
    """Private subnets with a way out: an instance fetches packages, and tells CloudFormation that it is ready.

    Raises:
        PropertyError: There are none, or no NAT gateway leads out of them.
    """
    network.tier(PRIVATE)
    if PUBLIC not in network.tiers:
        remedy = f"give {network.title} a public tier too: the NAT gateways, the way out, stand in it"
        raise PropertyError(title, "VPCZoneIdentifier", found="private subnets without a way out", remedy=remedy)
    for profile, count in stack.settings.size("nat_gateways").items():
        if count < 1:
            remedy = "use 1 or more: without one an instance cannot say that it is ready"
            raise PropertyError(title, "VPCZoneIdentifier", found=f"nat_gateways 0 in {profile}", remedy=remedy)
