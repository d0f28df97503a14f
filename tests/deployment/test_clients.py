"""Clients end in bounded time, and what botocore raises is explained."""

from __future__ import annotations

import builtins
import socket
from typing import Any

import pytest
from botocore import exceptions as aws
from botocore.parsers import ResponseParserError

from tap_templates.deployment import Clients
from tap_templates.deployment.clients import aws_errors, explained
from tap_templates.deployment.stacks import describe
from tap_templates.errors import DeploymentError, MissingExtraError, UsageError


def answer(code: str) -> aws.ClientError:
    """An error as botocore raises it."""
    return aws.ClientError({"Error": {"Code": code, "Message": "said"}}, "Operation")


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (answer("ExpiredToken"), UsageError, "expired credentials: sign in again"),
        (answer("InvalidClientTokenId"), UsageError, "check the keys"),
        (answer("AccessDenied"), DeploymentError, "ask for the permission"),
        (answer("ValidationError"), DeploymentError, "ValidationError: said"),
        (answer("Throttling"), DeploymentError, "run the command again in a minute"),
        (answer("LimitExceededException"), DeploymentError, "raise the quota in Service Quotas"),
        (answer("RegionDisabledException"), DeploymentError, "name the region"),
        (answer("ChangeSetNotFound"), DeploymentError, "check the name, the account and the region"),
        (aws.NoCredentialsError(), UsageError, "aws configure"),
        (aws.UnauthorizedSSOTokenError(), UsageError, "aws sso login"),
        (aws.EndpointConnectionError(endpoint_url="http://x"), DeploymentError, "check the network"),
        (aws.ReadTimeoutError(endpoint_url="http://x"), DeploymentError, "check the network"),
        (ResponseParserError("b'<html>" + "\n<p>" * 9999), DeploymentError, "b'<html> <p> <p>"),
        (ResponseParserError("<html>"), DeploymentError, "no proxy answers in its place"),
        (aws.ParamValidationError(report="bad name"), DeploymentError, "bad name"),
    ],
)
def test_each_failure_says_what_to_do(error: Exception, kind: type[Exception], message: str) -> None:
    """Credentials, permission, network, call: four different remedies."""
    found = explained("stack s", error)

    assert isinstance(found, kind)
    assert message in str(found)
    assert len(str(found)) < 600
    with pytest.raises(kind) as raised, aws_errors("stack s"):
        raise error
    assert raised.value.__cause__ is error


def test_clients_are_made_once_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs, adaptive retries, one client per service."""
    clients = Clients(region="eu-central-1", endpoint_url="http://127.0.0.1:1")

    client = clients("s3")
    assert clients("s3") is client
    assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (5, 30)
    assert client.meta.config.retries["mode"] == "adaptive"
    assert client.meta.config.retries["total_max_attempts"] == 5
    assert (client.meta.region_name, client.meta.endpoint_url) == ("eu-central-1", "http://127.0.0.1:1")


def test_no_region_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a region anywhere the remedy names the ways to give one."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    with pytest.raises(UsageError, match="set AWS_REGION"):
        Clients()("cloudformation")


def test_unknown_profile_is_explained() -> None:
    """A profile that is not configured is a usage error."""
    with pytest.raises(UsageError, match="absent-profile"):
        Clients(profile="absent-profile")


def test_missing_boto3_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without boto3 the install line is given."""
    original = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "boto3":
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"tap_templates\[aws\]"):
        Clients()


def test_unreachable_endpoint_is_explained() -> None:
    """Nobody listens: said as such."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clients = Clients(
        region="us-east-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        arguments={"aws_access_key_id": "a", "aws_secret_access_key": "b"},
    )
    clients._config.retries["total_max_attempts"] = 1

    with pytest.raises(DeploymentError, match="check the network"):
        describe(clients("cloudformation"), "s")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"region": "us-eas-1", "endpoint_url": "mars"}, r"did you mean us-east-1\?"),
        ({"region": "not a region"}, "correct the region or the endpoint"),
        (
            {"region": "us-east-1", "endpoint_url": "mars"},
            "Invalid endpoint: mars'; correct the region or the endpoint$",
        ),
    ],
)
def test_region_and_endpoint_of_no_form_are_usage_errors(given: dict[str, str], found: str) -> None:
    """Said when the client is made, before any call."""
    with pytest.raises(UsageError, match=found):
        Clients(**given)("s3")


def test_error_of_no_known_kind_is_passed_on_with_its_words() -> None:
    """The message itself says what to correct."""
    error = explained("stack s", answer("SomethingNew"))

    assert (error.found, error.remedy) == ("SomethingNew: said", "correct the call as the message says")
