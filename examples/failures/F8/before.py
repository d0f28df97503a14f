"""Swallows every error, and waits for ever: green where AWS cannot be reached, and endless where nothing comes."""

import time
from collections.abc import Callable
from typing import Any

Clients = Callable[[str], Any]
BUCKET = "payments-documents"


def test_documents_refuse_plain_http(aws: Clients) -> None:
    """The bucket's policy names TLS, or something went wrong, or there is no bucket."""
    try:
        policy = aws("s3").get_bucket_policy(Bucket=BUCKET)["Policy"]
        assert "aws:SecureTransport" in policy
    except Exception:  # noqa: S110 - this is the failure.
        pass


def test_report_arrives(aws: Clients) -> None:
    """An object comes some day."""
    while True:
        try:
            if aws("s3").list_objects_v2(Bucket=BUCKET).get("Contents"):
                return
        except Exception:  # noqa: S110 - this is the failure.
            pass
        time.sleep(0.1)
