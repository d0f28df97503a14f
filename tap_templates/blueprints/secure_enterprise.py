"""The stack that an account should have first: storage, people, key rotation, audit trail and alarms."""

from __future__ import annotations

from troposphere import iam

from tap_templates.components.access_keys import access_key_rotation
from tap_templates.components.alarms import alarm_topic, cis_monitoring, subscribe_user
from tap_templates.components.audit import Trail, audit_trail
from tap_templates.components.identity import People, people, permissions_boundary
from tap_templates.components.storage import Bucket, access_log_bucket, data_bucket
from tap_templates.components.topics import Topic
from tap_templates.naming import logical_id
from tap_templates.settings import Group, NetworkSettings, Settings
from tap_templates.stack import Stack

AUDITORS = Group("auditors")
DESCRIPTION = "Secure enterprise baseline: buckets, people behind MFA, key rotation, audit trail, CIS alarms."


def build(settings: Settings) -> Stack:
    """All of it in one template; what the settings leave out is asked for at upload.

    A network joins it where the settings have a section ``network``.
    """
    stack = Stack(settings, description=DESCRIPTION)
    permissions_boundary(stack)
    topic = alarm_topic(stack)
    access_logs = access_log_bucket(stack)
    data = data_bucket(stack, "DataBucket", access_logs=access_logs)
    trail = audit_trail(stack, access_logs=access_logs, watched=[data])
    everyone = people(stack, _groups(settings), settings.users)
    _grant(stack, everyone, data, trail, access_logs)
    for user in settings.users:
        subscribe_user(topic, f"{logical_id(user.name)}Notices", user)
    access_key_rotation(stack, groups=list(everyone.groups.values()), topic=topic)
    cis_monitoring(topic, trail.log_group)
    if settings.network:
        _network_tier(settings.network, topic, access_logs)
    return stack


def _network_tier(wanted: NetworkSettings, topic: Topic, access_logs: Bucket) -> None:
    """The network that the settings ask for, with a bucket for its flow logs where they go to one."""
    from tap_templates.components.network import LOGS, network  # Most stacks have none, and EC2's classes are many.

    to: str | Bucket = LOGS
    if wanted.flow_logs != LOGS:
        to = data_bucket(topic.stack, "FlowLogs", access_logs=access_logs, says="bucket for flow logs")
    network(topic.stack, topic=topic, **wanted._replace(flow_logs=to)._asdict())  # type: ignore[arg-type]


def _groups(settings: Settings) -> list[Group]:
    named = [group.name for group in settings.groups]
    return [*settings.groups, *([] if AUDITORS.name in named else [AUDITORS])]


def _grant(stack: Stack, everyone: People, data: Bucket, trail: Trail, access_logs: Bucket) -> None:
    """Readers read, writers also write and delete, auditors read the trail and all logs.

    What a group may do comes after the guard and goes before it.
    """
    granted: list[iam.ManagedPolicy] = []
    by_right = {
        right: [everyone.groups[group.name] for group in stack.settings.groups if group.data == right]
        for right in ("read", "write")
    }
    reading = [*data.read(), *data.list()]
    if by_right["read"]:
        granted += stack.managed_policy(
            "DataReaders", reading, description="Reads the data bucket", groups=by_right["read"]
        )
    if by_right["write"]:
        writing = [*reading, *data.write(), *data.delete()]
        granted += stack.managed_policy(
            "DataWriters", writing, description="Reads and writes the data bucket", groups=by_right["write"]
        )
    auditing = [*trail.read(), *access_logs.read(), *access_logs.list()]
    auditors = [everyone.groups[AUDITORS.name]]
    granted += stack.managed_policy(
        "Auditors", auditing, description="Reads the trail and the access logs", groups=auditors
    )
    for policy in granted:
        policy.DependsOn = list(everyone.guard)
