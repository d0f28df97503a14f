"""A title is given once: the second component of it is refused by its own name, before anything of it is added."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.component_samples import fixed

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.dashboard import dashboard
from tap_templates.components.events import bus
from tap_templates.components.functions import function
from tap_templates.components.keys import key
from tap_templates.components.logs import log_group
from tap_templates.components.queues import queue
from tap_templates.components.secrets import generated_secret, parameter
from tap_templates.components.storage import Bucket, access_log_bucket, data_bucket
from tap_templates.components.tables import table
from tap_templates.components.topics import Topic, topic
from tap_templates.errors import StackError
from tap_templates.stack import Stack

KEYS = {"customer_managed_keys": ["logs", "queues", "secrets", "tables", "topics"]}
SOURCE = "def handler(event, context): ..."
COMPONENTS: dict[str, Callable[[Stack, Topic], object]] = {
    "bucket": lambda stack, _: data_bucket(stack, "Mine", access_logs=_logs(stack)),
    "bus": lambda stack, alarms: bus(stack, "Mine", topic=alarms),
    "dashboard": lambda stack, _: dashboard(stack, "Mine"),
    "function": lambda stack, alarms: function(stack, "Mine", topic=alarms, source=SOURCE, description="Does nothing"),
    "key": lambda stack, _: key(stack, "Mine", purpose="mine", statements=[]),
    "log group": lambda stack, _: log_group(stack, "Mine", says="log group of mine"),
    "parameter": lambda stack, _: parameter(stack, "Mine", "1", description="Mine"),
    "queue": lambda stack, alarms: queue(stack, "Mine", topic=alarms, says="mine"),
    "secret": lambda stack, _: generated_secret(stack, "Mine", description="Mine"),
    "table": lambda stack, alarms: table(stack, "Mine", topic=alarms, partition=("id", "string")),
    "topic": lambda stack, _: topic(stack, "Mine", says="mine"),
}


def _logs(stack: Stack) -> Bucket:
    """A bucket for access logs, another each time."""
    taken = [title for title in stack.template.resources if title.startswith("Logs") and not title.endswith("Policy")]
    return access_log_bucket(stack, f"Logs{len(taken)}")


@pytest.mark.parametrize("name", COMPONENTS)
def test_title_is_given_once(name: str) -> None:
    """With keys of its own, which have titles made from it."""
    stack = Stack(fixed(bucket="aws:kms", requirements=KEYS))
    alarms = alarm_topic(stack)
    COMPONENTS[name](stack, alarms)
    before = len(stack.template.resources)
    with pytest.raises(StackError) as caught:
        COMPONENTS[name](stack, alarms)

    assert str(caught.value) == "Mine: found 'a second resource with this logical id'; give it another title"
    added = [title for title in list(stack.template.resources)[before:] if not title.startswith("Logs")]
    assert added == []
