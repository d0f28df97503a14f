"""Clients for tests."""

from __future__ import annotations

import sys

import pytest

from tap_templates.errors import MissingExtraError
from tap_templates.testing.clients import Aws

ROOT = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "test", "endpoint_url": "http://127.0.0.1:9"}


def test_clients_end_and_are_made_once() -> None:
    """Time-outs and attempts are bounded; region and endpoint are those of the stack."""
    aws = Aws(region="eu-west-1", arguments=ROOT)
    client = aws("sqs")

    assert client is aws("sqs")
    assert client.meta.region_name == aws.region == "eu-west-1"
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    config = client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (5, 20)
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}
    assert aws("acm", region="us-east-1").meta.region_name == "us-east-1"


def test_region_of_the_environment_when_the_stack_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the AWS CLI finds it."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")

    assert Aws(arguments=ROOT).region == "ap-south-1"


def test_missing_boto3_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The install line, not an ImportError."""
    monkeypatch.setitem(sys.modules, "boto3", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'tap_templates\[testing\]'"):
        Aws()


def test_error_that_is_not_of_aws_hides_nothing() -> None:
    """A handler of the test's own that breaks says nothing about AWS."""
    aws = Aws(region="eu-west-1", arguments=ROOT)

    def broken(**_: object) -> None:
        raise ValueError("mine")

    client = aws("sqs")
    client.meta.events.register("before-send.sqs", broken)
    with pytest.raises(ValueError, match="mine"):
        client.list_queues()

    assert aws.calls.hidden() is None
