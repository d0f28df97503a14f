"""The inner suite of the fault table: a queue service that fails as told, below botocore's retries."""

from __future__ import annotations

import contextlib
import io
import json
import types
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

URL = "https://sqs.eu-west-1.amazonaws.com/"
Send = Callable[..., Any]
Calls = Callable[..., Any]


class Raw(io.BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, **_: Any) -> Any:
        """All of it."""
        yield self.read()


def answer(status: int, body: dict[str, Any]) -> Send:
    """An answer over HTTP."""
    return lambda: AWSResponse(
        URL, status, {"Content-Type": "application/x-amz-json-1.0"}, Raw(json.dumps(body).encode())
    )


def refusal(status: int, code: str, message: str = "no") -> Send:
    """An error of AWS."""
    return answer(status, {"__type": f"com.amazonaws.sqs#{code}", "message": message})


def broken(error: Exception) -> Send:
    """A connection that breaks."""

    def send() -> Any:
        raise error

    return send


GOOD = answer(200, {"QueueUrls": ["jobs"]})
THROTTLED = refusal(400, "ThrottlingException")
FAULTS: dict[str, list[Send]] = {
    "none": [GOOD],
    "expired": [refusal(403, "ExpiredToken")],
    "throttled_once": [THROTTLED, GOOD],
    "throttled_for_ever": [THROTTLED],
    "timeout_once": [broken(ReadTimeoutError(endpoint_url=URL)), GOOD],
    "timeout": [broken(ReadTimeoutError(endpoint_url=URL))],
    "server_error_once": [refusal(500, "InternalFailure"), GOOD],
    "server_error": [refusal(500, "InternalFailure")],
    "denied": [refusal(403, "AccessDeniedException")],
    "denied_as_marked": [refusal(403, "AccessDeniedException")],
    "not_found": [refusal(400, "QueueDoesNotExist")],
    "wrong_region": [refusal(403, "InvalidSignatureException", "Credential should be scoped to a valid region.")],
    "endpoint_down": [broken(EndpointConnectionError(endpoint_url=URL))],
    "unknown_keys": [refusal(403, "InvalidClientTokenId")],
    "bad_request": [refusal(400, "InvalidParameterValue")],
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time", types.SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture
def call(aws: Any) -> Any:
    """Lists queues while the fault lasts: its last answer is repeated."""
    sqs = aws("sqs")
    sent: list[str] = []
    handlers: list[Any] = []

    def list_queues(fault: str) -> Any:
        def send(**_: Any) -> Any:
            sent.append(fault)
            answers = FAULTS[fault]
            return answers[min(len(sent), len(answers)) - 1]()

        for handler in handlers:
            sqs.meta.events.unregister("before-send.sqs", handler)
        handlers[:] = [send]
        sqs.meta.events.register("before-send.sqs", send)
        return sqs.list_queues()["QueueUrls"]

    list_queues.sent = sent  # type: ignore[attr-defined]
    yield list_queues
    for handler in handlers:
        sqs.meta.events.unregister("before-send.sqs", handler)


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "denied_as_marked"])
def test_call(call: Calls, fault: str) -> None:
    """Green only when AWS has answered."""
    assert call(fault) == ["jobs"]


@pytest.mark.parametrize("fault", ["denied_as_marked"])
@pytest.mark.denied_is_infrastructure
def test_marked(call: Calls, fault: str) -> None:
    """A denied call, marked."""
    assert call(fault) == ["jobs"]


@pytest.mark.parametrize("fault", ["throttled_for_ever", "endpoint_down", "expired", "denied", "throttled_once"])
def test_swallows(call: Calls, fault: str) -> None:
    """Passes whatever happens, as it thinks."""
    with contextlib.suppress(Exception):
        call(fault)


@pytest.mark.parametrize("fault", ["throttled_for_ever", "denied"])
def test_expects_any_error(call: Calls, fault: str) -> None:
    """Expects a refusal, and takes any error for it."""
    with pytest.raises(Exception):  # noqa: B017, PT011
        call(fault)


@pytest.mark.parametrize("fault", ["throttled_for_ever", "not_found"])
@pytest.mark.xfail
def test_expected_failure(call: Calls, fault: str) -> None:
    """Expected to fail, for another reason."""
    call(fault)


@pytest.mark.parametrize("fault", ["throttled_for_ever"])
def test_own_retry(call: Calls, fault: str) -> None:
    """Tries again itself, and is answered."""
    with pytest.raises(Exception):  # noqa: B017, PT011
        call(fault)
    assert call("none") == ["jobs"]


@pytest.mark.parametrize("fault", ["throttled_for_ever"])
def test_wraps_the_error(call: Calls, fault: str) -> None:
    """Says it in its own words, and names the cause."""
    try:
        call(fault)
    except Exception as error:
        raise AssertionError("the queue is not there") from error


@pytest.mark.parametrize("fault", ["throttled_for_ever"])
def test_is_tried_four_times(call: Any, fault: str) -> None:
    """Retries are bounded."""
    with pytest.raises(Exception):  # noqa: B017, PT011
        call(fault)
    raise AssertionError(f"tried {len(call.sent)} times")
