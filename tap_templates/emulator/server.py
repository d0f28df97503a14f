"""The embedded AWS as a value: start it, point clients at it, reset it, stop it."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from tap_templates.emulator.decisions import Decision, read_decisions
from tap_templates.emulator.process import OthersProcess, ServerProcess
from tap_templates.errors import DeploymentError, UsageError

DEFAULT_ACCOUNT = "111122223333"
DEFAULT_REGION = "us-east-1"
START_TIMEOUT_SECONDS = 30.0
REQUEST_TIMEOUT_SECONDS = 30.0
ROOT_SECRET = "test"  # noqa: S105  the embedded server's fixed root secret, of no use anywhere else


class EmbeddedAws:
    """A ministack server of its own: free port, loopback only, IAM enforced; a context manager.

    ``account`` is the twelve digits that root signs with (its access key); ``state_dir`` keeps what was
    created between runs. The server dies with the process that started it.
    """

    def __init__(
        self,
        *,
        account: str = DEFAULT_ACCOUNT,
        region: str = DEFAULT_REGION,
        state_dir: Path | str | None = None,
        start_timeout_seconds: float = START_TIMEOUT_SECONDS,
    ) -> None:
        if not re.fullmatch(r"\d{12}", account):
            raise UsageError("account", found=account, remedy="use twelve digits")
        if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
            raise UsageError("region", found=region, remedy="use an AWS region such as us-east-1")
        self.account, self.region = account, region
        self._state_dir = Path(state_dir).absolute() if state_dir is not None else None
        self._start_timeout_seconds = start_timeout_seconds
        self._process: ServerProcess | OthersProcess | None = None

    @classmethod
    def at(cls, port: int, *, account: str, region: str, folder: Path) -> EmbeddedAws:
        """One that runs already, as somebody else's process: it can be used, and not be stopped, through this value."""
        aws = cls(account=account, region=region)
        aws._process = OthersProcess(port, folder)
        return aws

    def start(self) -> EmbeddedAws:
        """Start the server and wait until it answers; nothing happens when it runs already.

        Raises:
            MissingExtraError: ministack or boto3 is not installed.
            DeploymentError: It did not come up within the time; says why, with the last lines of its log.
        """
        if self._process is None:
            self._process = ServerProcess.started(
                account=self.account,
                region=self.region,
                state_dir=self._state_dir,
                timeout_seconds=self._start_timeout_seconds,
            )
        return self

    def stop(self) -> None:
        """End the server, by force if it does not go; nothing happens when it does not run."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    @property
    def endpoint(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._running().port}"

    def environment(self) -> dict[str, str]:
        """What any AWS client needs in its environment to talk to this server as the account's root."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": ROOT_SECRET,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client_arguments(self, *, account: str | None = None, region: str | None = None) -> dict[str, Any]:
        """Keyword arguments for ``boto3.client``: root of an account of this server, by default its own."""
        return {
            "endpoint_url": self.endpoint,
            "region_name": region or self.region,
            "aws_access_key_id": account or self.account,
            "aws_secret_access_key": ROOT_SECRET,
        }

    def reset(self) -> None:
        """Forget everything that was created, in every account and region, and the decisions."""
        self._post("/_ministack/reset", {})
        self.forget_decisions()

    def save(self) -> None:
        """Write the state to the state folder now, as is done at the end."""
        self._post("/_tap_templates/save", {})

    def decisions(self, *, role: str | None = None) -> list[Decision]:
        """What IAM decided since the start or the last ``forget_decisions``, of one role or of everybody but root."""
        found = read_decisions(self._running().decisions_file)
        return [decision for decision in found if role in (None, decision.role)]

    def forget_decisions(self) -> None:
        """Empty the log of decisions."""
        self._running().decisions_file.write_text("", encoding="utf-8")

    def age_access_key(self, user: str, key_id: str, *, days: float) -> None:
        """Make an access key as old as a rotation test needs: its CreateDate becomes now minus ``days``.

        Raises:
            UsageError: The user has no such key.
        """
        body = {"account": self.account, "user": user, "key_id": key_id, "days": days}
        try:
            self._post("/_tap_templates/age-access-key", body)
        except urllib.error.HTTPError as error:
            with error:
                raise UsageError(
                    f"access key {key_id}", found=error.read().decode(), remedy=f"create a key of user {user} first"
                ) from None

    def _post(self, path: str, body: Mapping[str, object]) -> None:
        request = urllib.request.Request(  # noqa: S310  a loopback address of our own
            self.endpoint + path, data=json.dumps(body).encode(), method="POST"
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=REQUEST_TIMEOUT_SECONDS):
            pass

    def _running(self) -> ServerProcess | OthersProcess:
        if self._process is None:
            raise DeploymentError("the embedded AWS", found="not running", remedy="call start() or use it in `with`")
        return self._process

    def __enter__(self) -> EmbeddedAws:
        """Started."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stopped, whatever happened."""
        self.stop()
