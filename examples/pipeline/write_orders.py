"""Writes each order of a batch to the table; SQS gives back only those that failed."""

import json
import os

import boto3

TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event, context):
    """Returns the messages that could not be written, for another try."""
    failed = []
    for record in event["Records"]:
        try:
            TABLE.put_item(Item=json.loads(record["body"]))
        except Exception as error:  # Whatever is wrong with one order must not hold up the others.
            print(json.dumps({"order": record["messageId"], "failed": str(error)}))
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
