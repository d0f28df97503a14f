"""Where data lies: tables, buckets and secrets, a key for what a key encrypts, and who reads and writes all of it."""

from __future__ import annotations

import awacs.aws as aws

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.dashboard import dashboard
from tap_templates.components.keys import Key, key, used_through
from tap_templates.components.secrets import generated_secret
from tap_templates.components.storage import access_log_bucket, data_bucket
from tap_templates.components.tables import table
from tap_templates.components.topics import Topic
from tap_templates.naming import logical_id
from tap_templates.settings import Settings
from tap_templates.settings.sections import SecretSettings, TableSettings
from tap_templates.stack import Stack

DESCRIPTION = "Data store: tables, buckets, keys and secrets, policies to read and write them, alarms and a dashboard."
CHANGES = "NEW_AND_OLD_IMAGES"


def build(settings: Settings) -> Stack:
    """All of it in one template; the section ``data_store`` says what is kept.

    Nothing in it uses the data: attach the policies ``Readers`` and ``Writers`` to the roles that do.
    """
    stack, wanted = Stack(settings, description=DESCRIPTION), settings.data_store
    topic = alarm_topic(stack)
    readers: list[aws.Statement] = []
    writers: list[aws.Statement] = []
    if wanted.tables or wanted.secrets:
        using = [used_through("dynamodb"), used_through("secretsmanager")]
        data_key = key(stack, "DataKey", purpose="tables and secrets", statements=using)
        for row in wanted.tables:
            _table(topic, row, data_key, readers, writers)
        for secret in wanted.secrets:
            readers += _secret(stack, secret, data_key)
    if wanted.buckets:
        access_logs = access_log_bucket(stack)
        for name in wanted.buckets:
            bucket = data_bucket(stack, f"{logical_id(name)}Bucket", access_logs=access_logs, says=f"bucket {name}")
            readers += [*bucket.read(), *bucket.list()]
            writers += [*bucket.write(), *bucket.delete()]
    stack.managed_policy("Readers", readers, description="Reads all that is in the data store")
    if writers:
        stack.managed_policy("Writers", writers, description="Writes and deletes what is in the data store")
    dashboard(stack)
    return stack


def _table(
    topic: Topic, row: TableSettings, data_key: Key, readers: list[aws.Statement], writers: list[aws.Statement]
) -> None:
    made = table(
        topic.stack,
        f"{logical_id(row.name)}Table",
        topic=topic,
        partition=_attribute(row.partition),
        sort=_attribute(row.sort) if row.sort else None,
        expires=row.expires,
        stream=CHANGES if row.stream else None,
        own_key=data_key,
        says=f"table {row.name}",
    )
    readers += made.read()
    if row.stream:
        readers += made.follow()
    writers += [*made.write(), *made.delete()]


def _secret(stack: Stack, row: SecretSettings, data_key: Key) -> list[aws.Statement]:
    made = generated_secret(
        stack,
        f"{logical_id(row.name)}Secret",
        description=f"The secret {row.name} of the data store",
        username=row.username,
        own_key=data_key,
        says=f"secret {row.name}",
    )
    return made.read()


def _attribute(text: str) -> tuple[str, str]:
    name, _, kind = text.partition(":")
    return name, kind or "string"
