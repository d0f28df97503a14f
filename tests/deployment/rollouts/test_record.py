"""What is remembered of rollouts: nothing before the first one, and never less than AWS lets be read."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deployment.rollouts.conftest import EU, HOME, SECOND, US

from tap_templates.deployment.rollouts import ClientsOf
from tap_templates.deployment.rollouts.record import Record
from tap_templates.errors import DeploymentError

UNTOUCHED = "999900001111"


class Bucket:
    """The bucket of an account: its objects are listed with ``gone`` among them; every call may be refused."""

    def __init__(self, *, refused: str = "", gone: str = "") -> None:
        self.refused, self.gone = refused, gone
        self.meta = type("Meta", (), {"region_name": US})

    def __call__(self, service: str) -> Any:
        """The client of any service."""
        return self

    def get_caller_identity(self) -> dict[str, str]:
        """Home."""
        return {"Account": HOME}

    def head_bucket(self, **_: Any) -> None:
        """There, unless it is refused."""
        self._answer("head_bucket", "403")

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        """An object that says its key, or none."""
        self._answer("get_object", "AccessDenied")
        if Key == self.gone:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": io.BytesIO(json.dumps({"key": Key}).encode())}

    def get_paginator(self, name: str) -> Any:
        """Two objects on two pages, and one page without any."""
        return type("Pages", (), {"paginate": lambda self, **_: PAGES})()

    def _answer(self, call: str, code: str) -> None:
        if call == self.refused:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, call)


KEYS = [f"jobs/instances/{HOME}/{US}.json", f"jobs/instances/{HOME}/{EU}.json"]
PAGES = [{"Contents": [{"Key": key}]} for key in KEYS] + [{}]


def test_an_account_without_rollouts_has_none(roots: ClientsOf) -> None:
    """Looking makes no bucket."""
    clients = roots(UNTOUCHED, EU)
    record = Record(clients)

    assert record.set("jobs") is None
    assert list(record.instances("jobs")) == []
    assert record.instance("jobs", SECOND, EU) is None
    assert clients("s3").list_buckets()["Buckets"] == []


def test_an_instance_that_another_command_takes_away_meanwhile_is_left_out() -> None:
    """The others are there, in order."""
    assert [said["key"] for said in Record(Bucket()).instances("jobs")] == sorted(KEYS)  # type: ignore[arg-type]
    left = Record(Bucket(gone=KEYS[1])).instances("jobs")  # type: ignore[arg-type]
    assert [said["key"] for said in left] == [KEYS[0]]


@pytest.mark.parametrize("refused", ["head_bucket", "get_object"])
def test_a_record_that_may_not_be_read_is_not_taken_for_absent(refused: str) -> None:
    """Otherwise a rollout would begin anew over stacks that are there."""
    record = Record(Bucket(refused=refused))  # type: ignore[arg-type]

    with pytest.raises(DeploymentError, match=r"record of rollouts: found '(403|AccessDenied): no'"):
        list(record.instances("jobs"))
