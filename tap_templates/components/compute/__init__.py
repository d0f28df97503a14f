"""Groups of instances that scale by themselves: without SSH, replaced when they change, watched, as few as needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import awacs.aws as aws
from troposphere import AWSHelperFn, Ref, autoscaling, ec2

from tap_templates.components.balancing import TargetGroup
from tap_templates.components.compute import options
from tap_templates.components.compute.launch import launch_template
from tap_templates.components.compute.members import health_of, members_of, wait_for_network
from tap_templates.components.compute.monitoring import group_alarms
from tap_templates.components.compute.role import instance_profile, instance_role, sessions
from tap_templates.components.compute.scaling import follow_load, keep_hours
from tap_templates.components.compute.sizing import scaling_group, sizes_of
from tap_templates.components.compute.user_data import script
from tap_templates.components.identity import Role
from tap_templates.components.logs import LogGroup, log_group
from tap_templates.components.network import Network, SecurityGroup
from tap_templates.components.topics import Topic
from tap_templates.data.instance_classes import ARM64
from tap_templates.stack import Stack

__all__ = ["AutoScalingGroup", "auto_scaling_group"]

BOOT_MINUTES = 10
CPU_PERCENT = 60
REQUESTS_PER_MINUTE = 1000


class AutoScalingGroup(NamedTuple):
    """A group of instances, what they are launched by, their security group, their role, and their log."""

    stack: Stack
    resource: autoscaling.AutoScalingGroup
    template: ec2.LaunchTemplate
    group: SecurityGroup
    role: Role
    log: LogGroup
    topic: Topic

    @property
    def title(self) -> str:
        """Logical id of the Auto Scaling group."""
        return str(self.resource.title)

    @property
    def name(self) -> AWSHelperFn:
        """Name of the Auto Scaling group."""
        return Ref(self.resource)

    def accepts(self, other: SecurityGroup, *, port: int, says: str | None = None) -> None:
        """Lets whatever is in a security group connect to a port of the instances; raises as that of a group does."""
        self.group.accepts(other, port=port, says=says)

    def reaches(self, other: SecurityGroup, *, port: int, says: str | None = None) -> None:
        """Lets the instances connect to a port of whatever is in a security group; raises as that of a group does."""
        self.group.reaches(other, port=port, says=says)

    def connect(self) -> list[aws.Statement]:
        """Open a shell on the instances through Session Manager, and end one's own sessions."""
        return sessions(self.title, self.resource.AutoScalingGroupName)

    def may(self, statements: Sequence[aws.Statement], *, title: str) -> None:
        """Grants the instances more, in a managed policy of its own that is there before they are launched.

        Args:
            title: What is granted, for the policy's logical id: ``ReadOrders``.
        """
        said = f"What the instances of {self.title} may do besides: {title}"
        added = self.stack.managed_policy(
            f"{self.title}{title}", statements, description=said, roles=[self.role.resource]
        )
        self.resource.DependsOn = [*self.resource.DependsOn, *(str(policy.title) for policy in added)]


def auto_scaling_group(
    stack: Stack,
    title: str,
    *,
    network: Network,
    topic: Topic,
    behind: TargetGroup | None = None,
    group: SecurityGroup | None = None,
    workload: str = "small",
    instance_type: str | None = None,
    alternatives: Sequence[str] = (),
    architecture: str = ARM64,
    packages: Sequence[str] = (),
    variables: Mapping[str, str | AWSHelperFn] | None = None,
    start: str = "",
    log_files: Sequence[str] = (),
    statements: Sequence[aws.Statement] = (),
    minimum: int | None = None,
    desired: int | None = None,
    maximum: int | None = None,
    volume_gib: int | None = None,
    cpu_percent: int = CPU_PERCENT,
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    boot_minutes: int = BOOT_MINUTES,
    time_zone: str = "Etc/UTC",
) -> AutoScalingGroup:
    """Auto Scaling group of Amazon Linux 2023 in the private subnets, in all zones of the network.

    An instance installs its packages, starts what ``start`` says, and behind a balancer waits until that is healthy;
    then it tells CloudFormation, which replaces instances one by one when something about them changes. People reach it
    through Session Manager alone. Its environment says how many instances there are, how many of them are Spot, and
    when they are stopped: ``instances_minimum``, ``instances_desired``, ``instances_maximum``, ``on_demand_percent``,
    ``start_hour``, ``stop_hour``, ``volume_gib``.

    Args:
        network: With private subnets and NAT gateways; its S3 endpoint lets packages of Amazon Linux through.
        behind: What ``forward`` of a load balancer returned, to targets of type ``instance``; its group is theirs.
        group: Security group of the instances where nothing is in front of them; one of their own by default. It
            reaches every address over HTTPS, for AWS's services and packages, and else what is said.
        workload: ``small``, ``standard``, ``memory`` or ``burst``: with the environment, it chooses the instance type.
        instance_type: A type in place of the workload's, in every environment.
        alternatives: Further types, for Spot instances where the first is short.
        architecture: ``arm64`` or ``x86_64``, of the image and of each type.
        packages: Of Amazon Linux 2023: ``nginx``.
        variables: Environment variables of ``start``, also in ``/etc/TITLE.env``, which systemd reads too; no secret.
        start: Commands of bash that start the application; they run as root, and the first that fails ends them.
        log_files: Files that go to the log group besides the log of the start, ``/var/log/nginx/error.log``.
        statements: What the instances may do besides.
        minimum: In place of ``instances_minimum``; ``desired``, ``maximum`` and ``volume_gib`` likewise.
        cpu_percent: How busy scaling keeps the processors.
        requests_per_minute: How many requests scaling sends to each instance behind a balancer.
        boot_minutes: How long an instance may take until it is ready.
        time_zone: Of the hours at which instances are stopped and started: ``Europe/Berlin``.

    Raises:
        PropertyError: What EC2 or CloudFormation do not take: an instance type, sizes, hours, commands, a place.
        UsageError: No such workload.
        StackError: The title is taken, or the group is in another network.

    Source: Security Hub controls AutoScaling.1, AutoScaling.2, AutoScaling.9, EC2.170; CloudFormation template
    reference, CreationPolicy and UpdatePolicy attributes.
    """
    options.check_place(stack, title, network)
    options.check_hours(stack, title, time_zone)
    tracked = {"cpu_percent": cpu_percent, "requests": requests_per_minute}
    options.check_numbers(title, boot_minutes=boot_minutes, volume_gib=volume_gib, **tracked)
    chosen = options.chosen_type(
        stack,
        title,
        workload=workload,
        instance_type=instance_type,
        alternatives=alternatives,
        of_architecture=architecture,
    )
    sizes = sizes_of(stack, title, minimum=minimum, desired=desired, maximum=maximum)
    health = health_of(title, behind, boot_minutes)
    members = members_of(stack, title, network=network, behind=behind, group=group)
    log = log_group(stack, f"{title}Log", says=f"log group of the instances of {title}")
    name = stack.name(title, autoscaling.AutoScalingGroup)
    commands = script(
        title,
        packages=packages,
        variables=variables or {},
        start=start,
        log_files=log_files,
        health=health,
        known={"Group": name, "Log": Ref(log.resource)},
    )
    role = instance_role(stack, title, log=log, statements=statements)
    template = launch_template(
        stack,
        title,
        instance_type=chosen,
        architecture=architecture,
        volume_gib=volume_gib or stack.per_environment("volume_gib"),
        profile=instance_profile(stack, title, role),
        group=members,
        user_data=commands.encoded(),
    )
    made = scaling_group(
        stack,
        title,
        name=name,
        template=template,
        types=[chosen, *alternatives] if alternatives else [],
        sizes=sizes,
        subnets=network.private.subnets,
        behind=behind,
        boot_minutes=boot_minutes,
        waits_for=role.policy_titles,
    )
    wait_for_network(stack, made, group=members, network=network)
    follow_load(stack, title, group=Ref(made), behind=behind, **tracked)
    keep_hours(stack, title, group=Ref(made), sizes=sizes, time_zone=time_zone)
    group_alarms(topic, title, group=Ref(made))
    return AutoScalingGroup(stack, made, template, members, role, log, topic)
