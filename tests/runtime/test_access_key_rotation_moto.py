"""The rotation against moto: every request passes botocore's own checks, and answers have the shapes it reads."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from rotation_fakes import ENVIRONMENT, PATH, PREFIX, Context

from tap_templates.runtime import access_key_rotation


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An account with ann, who has a key, and her group; the function's environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        topic = boto3.client("sns").create_topic(Name="alarms")["TopicArn"]
        for name, value in {**ENVIRONMENT, "GROUP_NAMES": "developers", "TOPIC_ARN": topic}.items():
            monkeypatch.setenv(name, value)
        iam = boto3.client("iam")
        iam.create_group(GroupName="developers")
        iam.create_user(UserName="ann", Path=PATH)
        iam.add_user_to_group(GroupName="developers", UserName="ann")
        iam.create_access_key(UserName="ann")
        [key] = iam_backends[DEFAULT_ACCOUNT_ID]["aws"].users["ann"].access_keys
        key.create_date -= timedelta(days=91)
        access_key_rotation.client.cache_clear()
        yield iam
    access_key_rotation.client.cache_clear()
    logging.disable(logging.NOTSET)


def run(monkeypatch: pytest.MonkeyPatch, days: float) -> tuple[dict[str, Any], str]:
    """A run so many days from now: its report, and what it printed."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(days=days)  # The real one, from this module.

    monkeypatch.setattr(access_key_rotation, "datetime", Later)
    with redirect_stdout(io.StringIO()) as printed:
        report = access_key_rotation.handler({}, Context())
    return report, printed.getvalue()


def test_a_whole_rotation(account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made, told, off, deleted; the stored value is the new key, and it is nowhere else."""
    [old] = account.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    monkeypatch.setenv("UNUSED_DAYS", "400")
    stages = [run(monkeypatch, days)[0]["steps"].get("ann") for days in (0, 1, 7, 8, 14, 15)]
    secrets = boto3.client("secretsmanager")
    described = secrets.describe_secret(SecretId=f"{PREFIX}ann")
    value = json.loads(secrets.get_secret_value(SecretId=f"{PREFIX}ann")["SecretString"])
    [new] = account.list_access_keys(UserName="ann")["AccessKeyMetadata"]

    assert stages == [
        [f"replace {old['AccessKeyId']}"],
        None,
        [f"deactivate {old['AccessKeyId']}"],
        None,
        [f"delete {old['AccessKeyId']}"],
        None,
    ]
    assert (new["AccessKeyId"], new["Status"]) == (value["AccessKeyId"], "Active")
    assert {tag["Key"] for tag in described["Tags"]} == {"Project", "Environment", "KeyRotation"}
    policy = json.loads(secrets.get_resource_policy(SecretId=f"{PREFIX}ann")["ResourcePolicy"])
    arn = account.get_user(UserName="ann")["User"]["Arn"]
    assert policy["Statement"][0]["Condition"] == {"StringNotEquals": {"aws:PrincipalArn": arn}}


def test_unused_keys_and_doomed_secrets(account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret is restored while a key works; the unused key goes off."""
    monkeypatch.setenv("UNUSED_DAYS", "400")
    run(monkeypatch, 0)
    boto3.client("secretsmanager").delete_secret(SecretId=f"{PREFIX}ann")
    run(monkeypatch, 1)
    assert "DeletedDate" not in boto3.client("secretsmanager").describe_secret(SecretId=f"{PREFIX}ann")
    monkeypatch.setenv("UNUSED_DAYS", "45")

    report, _ = run(monkeypatch, 2)

    assert [step.split()[0] for step in report["steps"]["ann"]] == ["unused"]


def test_nothing_secret_is_logged_at_level_debug(
    account: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Even if all loggers are told to log everything: botocore would log the answer of CreateAccessKey."""
    monkeypatch.setenv("UNUSED_DAYS", "400")
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="botocore")

    _, printed = run(monkeypatch, 0)

    logging.disable(logging.NOTSET)
    stored = boto3.client("secretsmanager").get_secret_value(SecretId=f"{PREFIX}ann")["SecretString"]
    secret = json.loads(stored)["SecretAccessKey"]
    before = caplog.text.split("get_secret_value")[0]
    assert secret not in printed + before.split("GetSecretValue")[0]


def test_clients_give_up_in_time(account: Any) -> None:
    """Three tries of at most 13 seconds; one for CreateAccessKey."""
    usual, once = access_key_rotation.client("iam").meta.config, access_key_rotation.client("iam", 1).meta.config

    assert (usual.connect_timeout, usual.read_timeout) == (3, 10)
    assert usual.retries == {"mode": "standard", "total_max_attempts": 3}
    assert once.retries["total_max_attempts"] == 1
