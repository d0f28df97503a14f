"""AWS clients for tests: they end, they know the stack's region, and what they could not do is remembered.

A test that swallows an error (``except Exception: pass``, or a ``pytest.raises`` that expects another one) must not
pass on it: ``CallLog.hidden`` tells the calls that ended in want of credentials or of infrastructure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tap_templates.data.aws_errors import ErrorKind, kind_of_answer, kind_of_error
from tap_templates.errors import MissingExtraError
from tap_templates.testing.taxonomy import INFRASTRUCTURE, SKIPPED

CONNECT_TIMEOUT_SECONDS = 5
READ_TIMEOUT_SECONDS = 20
MAX_ATTEMPTS = 4
OK = 300


class FailedCall(NamedTuple):
    """A call that ended in an error, after all its retries."""

    operation: str
    kind: ErrorKind
    message: str


class CallLog:
    """How each operation that a test called has ended last; the kit empties it before each test."""

    def __init__(self) -> None:
        self._failed: dict[str, FailedCall] = {}

    def forget(self) -> None:
        """Another test begins."""
        self._failed.clear()

    def hidden(self) -> FailedCall | None:
        """The first operation that never succeeded after an error which says nothing about the stack."""
        return next((call for call in self._failed.values() if call.kind.verdict in (SKIPPED, INFRASTRUCTURE)), None)

    def watch(self, client: Any) -> None:
        """From now on, calls of this client are logged."""
        client.meta.events.register("after-call", self._answered)
        client.meta.events.register("after-call-error", self._raised)

    def _answered(self, *, http_response: Any, parsed: Mapping[str, Any], event_name: str, **_: Any) -> None:
        operation = _operation(event_name)
        self._failed.pop(operation, None)
        if http_response.status_code >= OK:
            said = parsed.get("Error", {})
            code, message = str(said.get("Code", "")), str(said.get("Message", ""))
            kind = kind_of_answer(code, status=http_response.status_code, message=message)
            self._failed[operation] = FailedCall(operation, kind, f"{code}: {message}")

    def _raised(self, *, exception: BaseException, event_name: str, **_: Any) -> None:
        operation, kind = _operation(event_name), kind_of_error(exception)
        if kind is not None:
            self._failed[operation] = FailedCall(operation, kind, str(exception))


class Aws:
    """Clients of the account that the stack under test is in: ``aws("s3")``, each made once.

    Calls time out after 5 seconds without a connection or 20 without an answer, and are tried 4 times at most.
    ``AWS_ENDPOINT_URL`` moves them elsewhere, as botocore knows it; those of an embedded stack call the embedded AWS.
    """

    def __init__(
        self,
        *,
        region: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        calls: CallLog | None = None,
    ) -> None:
        try:
            import boto3
        except ImportError as error:
            raise MissingExtraError("the fixture aws", extra="testing", missing="boto3") from error
        self._arguments = {**({"region_name": region} if region else {}), **(arguments or {})}
        self._session: Any = boto3.session.Session()
        self._made: dict[tuple[str, str | None], Any] = {}
        self.calls = calls or CallLog()

    @property
    def region(self) -> str | None:
        """The region of its clients."""
        region: str | None = self._arguments.get("region_name") or self._session.region_name
        return region

    def __call__(self, service: str, *, region: str | None = None) -> Any:
        """The client of a service, in the stack's region or another one."""
        if (service, region) not in self._made:
            from botocore.config import Config

            config = Config(
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                read_timeout=READ_TIMEOUT_SECONDS,
                retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
            )
            elsewhere = {"region_name": region} if region else {}
            client = self._session.client(service, config=config, **{**self._arguments, **elsewhere})
            self.calls.watch(client)
            self._made[service, region] = client
        return self._made[service, region]


def _operation(event_name: str) -> str:
    """``s3 ListBuckets`` of ``after-call.s3.ListBuckets``."""
    return " ".join(event_name.split(".")[1:])
