"""From an event to an item: a bucket or a queue, a function that is started by it, and the table it writes to."""

from __future__ import annotations

from troposphere import Ref

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.dashboard import dashboard
from tap_templates.components.functions import Function, function
from tap_templates.components.functions.triggers import consume, on_new_objects
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.keys import key, used_through
from tap_templates.components.queues import queue
from tap_templates.components.storage import access_log_bucket, data_bucket
from tap_templates.components.tables import table
from tap_templates.components.topics import Topic
from tap_templates.runtime import code
from tap_templates.settings import Settings
from tap_templates.settings.sections import QUEUE
from tap_templates.stack import Stack

DESCRIPTION = "Event pipeline: a bucket or a queue, a function, a table, dead letters, alarms and a dashboard."
TIMEOUT_SECONDS = 60
VISIBILITY_SECONDS = 6 * TIMEOUT_SECONDS  # Lambda developer guide, "Using Lambda with Amazon SQS": at least six times.
PROCESSOR = "Processor"


def build(settings: Settings) -> Stack:
    """All of it in one template; ``pipeline.source`` says what the events come from.

    ``runtime/event_pipeline.py`` says what the function makes of them.
    """
    stack = Stack(settings, description=DESCRIPTION)
    permissions_boundary(stack)
    topic = alarm_topic(stack)
    own_key = key(stack, "ItemsKey", purpose="items of the pipeline", statements=[used_through("dynamodb")])
    items = table(stack, "Items", topic=topic, partition=("id", "string"), own_key=own_key, says="table of the events")
    processor = function(
        stack,
        PROCESSOR,
        topic=topic,
        source=code("event_pipeline"),
        description="Writes each event to the table",
        says="function that processes events",
        statements=items.write(),
        variables={"TABLE_NAME": Ref(items.resource)},
        timeout_seconds=TIMEOUT_SECONDS,
    )
    from_queue = settings.pipeline.source == QUEUE
    (_from_queue if from_queue else _from_bucket)(processor, topic)
    dashboard(stack)
    return stack


def _from_queue(processor: Function, topic: Topic) -> None:
    incoming = queue(
        processor.stack, "Incoming", topic=topic, says="queue of incoming events", visibility_seconds=VISIBILITY_SECONDS
    )
    consume(processor, incoming)


def _from_bucket(processor: Function, topic: Topic) -> None:
    stack, prefix = processor.stack, processor.stack.settings.pipeline.prefix
    incoming = data_bucket(stack, "Incoming", access_logs=access_log_bucket(stack), says="bucket of incoming objects")
    processor.may(incoming.read(prefix), title="ReadsIncoming")
    on_new_objects(processor, incoming, topic=topic, prefix=prefix)
