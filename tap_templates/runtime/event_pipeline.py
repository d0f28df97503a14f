"""Writes each event of a pipeline to its table; inlined in the template as the code of a Lambda function.

What an event is
----------------
- A message of a queue: its item has the message's id, ``source`` is ``queue``, and ``body`` its text.
- A new object of a bucket, told by EventBridge: its item's id is ``bucket/key?version``, ``source`` is ``bucket``,
  ``size`` its bytes, and ``body`` its content: text as text, anything else as bytes. The body of an object that is
  larger than ``LARGEST_BODY`` stays in the bucket.

Both have ``received_at``, the time in UTC. An event that comes again is written over itself: queues and EventBridge
deliver at least once.

What fails
----------
Of the messages of a batch those that failed are named, and come again alone. An object that cannot be read or written
raises, so that Lambda tries again, twice, and then gives the event to the dead letters. Errors are logged by their
kind: their text can repeat what was sent.

Configuration: ``TABLE_NAME``. What it may do: ``dynamodb:PutItem`` on the table, ``s3:GetObject`` and
``s3:GetObjectVersion`` on the bucket's objects, and what their keys ask for.

Source: Lambda developer guide, "Implementing partial batch responses"; Amazon S3 user guide, "EventBridge event message
structure"; DynamoDB developer guide, quotas: an item has at most 400 KB.
"""

import logging
import os
from datetime import datetime, timezone
from typing import Any

import boto3
from botocore.config import Config

LARGEST_BODY = 350_000
RETRIES = Config(retries={"mode": "standard"}, connect_timeout=3, read_timeout=8)
log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Writes what came; the answer names the messages that are to come again."""
    if "Records" not in event:
        store(of_object(event["detail"]))
        return {}
    failed = []
    for message in event["Records"]:
        try:
            store({"id": {"S": message["messageId"]}, "source": {"S": "queue"}, "body": {"S": message["body"]}})
        except Exception as error:
            log.error(f"message {message['messageId']}: {type(error).__name__}")
            failed.append({"itemIdentifier": message["messageId"]})
    log.info(f"{len(event['Records'])} messages, {len(failed)} failed")
    return {"batchItemFailures": failed}


def of_object(detail: dict[str, Any]) -> dict[str, Any]:
    """Item of a new object, read at the version that was told."""
    bucket, told = detail["bucket"]["name"], detail["object"]
    key, version, size = told["key"], told.get("version-id"), told.get("size", 0)
    name = f"{bucket}/{key}?{version}" if version else f"{bucket}/{key}"
    item = {"id": {"S": name}, "source": {"S": "bucket"}, "size": {"N": str(size)}}
    if size <= LARGEST_BODY:
        which = {"VersionId": version} if version else {}
        content = boto3.client("s3", config=RETRIES).get_object(Bucket=bucket, Key=key, **which)["Body"].read()
        try:
            item["body"] = {"S": content.decode()}
        except UnicodeDecodeError:
            item["body"] = {"B": content}
    return item


def store(item: dict[str, Any]) -> None:
    """Puts one item, with the time."""
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    table = boto3.client("dynamodb", config=RETRIES)
    table.put_item(TableName=os.environ["TABLE_NAME"], Item={**item, "received_at": {"S": now}})
