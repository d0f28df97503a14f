"""Lets errors through to the test kit, which tells what is wrong with AWS from what is wrong with the stack."""

from collections.abc import Callable, Mapping
from typing import Any

Clients = Callable[[str], Any]


def test_documents_refuse_plain_http(aws: Clients, stack_outputs: Mapping[str, str]) -> None:
    """The bucket's policy names TLS."""
    policy = aws("s3").get_bucket_policy(Bucket=stack_outputs["DocumentsName"])["Policy"]
    assert "aws:SecureTransport" in policy


def test_report_arrives(aws: Clients, stack_outputs: Mapping[str, str], eventually: Callable[..., Any]) -> None:
    """What is put into the bucket can be listed within half a minute, and a test that waits longer says so."""
    bucket = stack_outputs["DocumentsName"]
    aws("s3").put_object(Bucket=bucket, Key="report.txt", Body=b"done")
    assert eventually(lambda: aws("s3").list_objects_v2(Bucket=bucket).get("Contents"), within_seconds=30)
