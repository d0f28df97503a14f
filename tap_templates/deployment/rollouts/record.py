"""What is remembered of rollouts where CloudFormation has no stack sets: JSON objects in a bucket of the account.

Values of hidden parameters are among them: it is for an embedded AWS only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.deployment.clients import Clients, aws_errors

ABSENT = ("404", "NoSuchBucket", "NoSuchKey")


class Record:
    """Sets and instances by name; one object each, so that instances are written side by side."""

    def __init__(self, clients: Clients) -> None:
        self._s3, self._sts = clients("s3"), clients("sts")
        self._bucket = ""

    def set(self, name: str) -> dict[str, Any] | None:
        """The set's definition, or None."""
        return self._read(f"{name}/set.json")

    def save_set(self, name: str, definition: Mapping[str, Any]) -> None:
        """Writes the definition."""
        self._write(f"{name}/set.json", definition)

    def remove_set(self, name: str) -> None:
        """Forgets the definition."""
        self._remove(f"{name}/set.json")

    def instances(self, name: str) -> Iterator[dict[str, Any]]:
        """Every instance, by account and region."""
        if not self._exists():
            return
        with aws_errors(f"record of {name}"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._in(), Prefix=f"{name}/instances/")
            keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        for key in sorted(keys):
            found = self._read(key)
            if found is not None:
                yield found

    def instance(self, name: str, account: str, region: str) -> dict[str, Any] | None:
        """One instance, or None."""
        return self._read(_key(name, account, region))

    def save_instance(self, name: str, instance: Mapping[str, Any]) -> None:
        """Writes one instance; it says its account and region."""
        self._write(_key(name, instance["account"], instance["region"]), instance)

    def remove_instance(self, name: str, account: str, region: str) -> None:
        """Forgets one instance."""
        self._remove(_key(name, account, region))

    def _read(self, key: str) -> dict[str, Any] | None:
        from botocore.exceptions import ClientError

        with aws_errors("record of rollouts"):
            try:
                found: dict[str, Any] = json.loads(self._s3.get_object(Bucket=self._in(), Key=key)["Body"].read())
            except ClientError as error:
                if error.response["Error"]["Code"] in ABSENT:
                    return None
                raise
        return found

    def _write(self, key: str, value: Mapping[str, Any]) -> None:
        if not self._exists():
            region = self._s3.meta.region_name
            place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            with aws_errors("record of rollouts"):
                self._s3.create_bucket(Bucket=self._in(), **place)
        with aws_errors("record of rollouts"):
            self._s3.put_object(Bucket=self._in(), Key=key, Body=json.dumps(value, sort_keys=True).encode())

    def _remove(self, key: str) -> None:
        with aws_errors("record of rollouts"):
            self._s3.delete_object(Bucket=self._in(), Key=key)

    def _exists(self) -> bool:
        from botocore.exceptions import ClientError

        with aws_errors("record of rollouts"):
            try:
                self._s3.head_bucket(Bucket=self._in())
            except ClientError as error:
                if error.response["Error"]["Code"] in ABSENT:
                    return False
                raise
        return True

    def _in(self) -> str:
        if not self._bucket:
            account = self._sts.get_caller_identity()["Account"]
            self._bucket = f"tap-templates-rollouts-{account}-{self._s3.meta.region_name}"
        return self._bucket


def _key(name: str, account: str, region: str) -> str:
    return f"{name}/instances/{account}/{region}.json"
