"""EC2's security groups and CloudFormation's answer box in memory, with AWS's errors, and failures on demand.

Each call has a number. The call with a planned failure fails before it had an effect, or after it: its answer is lost,
or the process ends. A process that ended calls nothing any more; Lambda then runs the function anew.
"""

# ruff: noqa: N803  (AWS spells its parameters so)
from __future__ import annotations

import contextlib
import copy
import io
import json
from collections.abc import Callable
from types import CodeType, SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

GROUP = "sg-0123456789abcdef0"
URL = "https://cloudformation-custom-resource-response.example/answer?signature=secret"
STACK = "arn:aws:cloudformation:eu-central-1:111122223333:stack/net/ab12cd34-1111-2222-3333-444455556666"
FROM_ITSELF = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": GROUP}]}
TO_EVERYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
DEFAULT = {"ingress": [FROM_ITSELF], "egress": [TO_EVERYWHERE]}
CLOSED: dict[str, list[Any]] = {"ingress": [], "egress": []}
RUNS = 3  # Lambda developer guide, asynchronous invocation: two retries.

BEFORE = ("throttle", "timeout", "denied", "crash")
AFTER = ("timeout-after", "crash-after")
KINDS = BEFORE + AFTER


class Crash(BaseException):
    """The function's process ended here."""


class Context:
    """What Lambda gives the handler: how much time is left."""

    def __init__(self, millis: int = 180_000) -> None:
        self.millis = millis

    def get_remaining_time_in_millis(self) -> int:
        """The given number."""
        return self.millis


class FakeTimer:
    """A timer whose time comes when a test says so."""

    def __init__(self, seconds: float, action: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self.seconds, self.action, self.arguments = seconds, action, arguments
        self.daemon = self.started = self.cancelled = False

    def start(self) -> None:
        """Starts."""
        self.started = True

    def cancel(self) -> None:
        """Stops."""
        self.cancelled = True

    def fire(self) -> None:
        """The time has come."""
        self.action(*self.arguments)


def client_error(code: str) -> ClientError:
    """An answer with an error."""
    return ClientError({"Error": {"Code": code, "Message": "text with a secret"}}, "Call")


def event(kind: str, group: str | None = GROUP, *, request: str = "1", **changes: Any) -> dict[str, Any]:
    """What CloudFormation sends."""
    given = {
        "RequestType": kind,
        "RequestId": request,
        "ResponseURL": URL,
        "StackId": STACK,
        "LogicalResourceId": "NetworkDefaultGroup",
        "ResourceType": "Custom::DefaultSecurityGroup",
        "ResourceProperties": {"ServiceToken": "arn", **({"GroupId": group} if group else {})},
        **changes,
    }
    return {"PhysicalResourceId": group, **given} if kind != "Create" else given


class FakeAws:
    """One security group, and the answers that CloudFormation got."""

    def __init__(self, rules: dict[str, list[Any]] | None = None) -> None:
        self.rules: dict[str, list[Any]] | None = copy.deepcopy(DEFAULT if rules is None else rules)
        self.answers: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.faults: dict[int, str] = {}
        self.at: dict[
            int, Callable[[], None]
        ] = {}  # What happens just before a call: another run, a person, the timer.
        self.dead = False
        self.timers: list[FakeTimer] = []
        self.slept: list[float] = []
        self.output = io.StringIO()

    def call(self, name: str, act: Callable[[], Any]) -> Any:
        """One call, with what is planned for it."""
        if self.dead:
            raise Crash
        number = len(self.calls)
        self.calls.append(name)
        if number in self.at:
            self.at.pop(number)()
        kind = self.faults.pop(number, "")
        if kind in BEFORE:
            raise self._failure(name, kind)
        result = act()
        if kind:
            raise self._failure(name, kind.removesuffix("-after"))
        return result

    def _failure(self, name: str, kind: str) -> BaseException:
        if kind == "crash":
            self.dead = True
            return Crash()
        if name == "answer":
            return TimeoutError("timed out with a secret")
        if kind == "timeout":
            return ReadTimeoutError(endpoint_url="https://example.invalid/secret")
        return client_error({"throttle": "RequestLimitExceeded", "denied": "UnauthorizedOperation"}[kind])

    # EC2.

    def describe_security_groups(self, GroupIds: list[str]) -> Any:
        """The group with its rules."""

        def act() -> Any:
            rules = self._known(GroupIds[0])
            found = {"IpPermissions": rules["ingress"], "IpPermissionsEgress": rules["egress"]}
            return {"SecurityGroups": [{"GroupId": GROUP, **copy.deepcopy(found)}]}

        return self.call("describe", act)

    def revoke_security_group_ingress(self, GroupId: str, IpPermissions: list[Any]) -> None:
        """Takes rules away."""
        self.call("revoke ingress", lambda: self._revoke(GroupId, "ingress", IpPermissions))

    def revoke_security_group_egress(self, GroupId: str, IpPermissions: list[Any]) -> None:
        """Takes rules away."""
        self.call("revoke egress", lambda: self._revoke(GroupId, "egress", IpPermissions))

    def authorize_security_group_ingress(self, GroupId: str, IpPermissions: list[Any]) -> None:
        """Adds rules."""
        self.call("authorize ingress", lambda: self._authorize(GroupId, "ingress", IpPermissions))

    def authorize_security_group_egress(self, GroupId: str, IpPermissions: list[Any]) -> None:
        """Adds rules."""
        self.call("authorize egress", lambda: self._authorize(GroupId, "egress", IpPermissions))

    def _known(self, group: str) -> dict[str, list[Any]]:
        if self.rules is None or group != GROUP:
            raise client_error("InvalidGroup.NotFound")
        return self.rules

    def _revoke(self, group: str, side: str, permissions: list[Any]) -> None:
        rules = self._known(group)[side]
        assert permissions, "AWS refuses an empty list"
        if any(permission not in rules for permission in permissions):
            raise client_error("InvalidPermission.NotFound")
        rules[:] = [rule for rule in rules if rule not in permissions]

    def _authorize(self, group: str, side: str, permissions: list[Any]) -> None:
        rules = self._known(group)[side]
        if any(permission in rules for permission in permissions):
            raise client_error("InvalidPermission.Duplicate")
        rules.extend(copy.deepcopy(permissions))

    # CloudFormation.

    def put(self, request: Any, timeout: float) -> Any:
        """Takes an answer; the first to each request counts."""
        assert timeout <= 5, "the time for one answer is not bounded"
        assert (request.full_url, request.get_method(), request.get_header("Content-type")) == (URL, "PUT", "")
        answer = json.loads(request.data)
        assert "secret" not in request.data.decode(), "the text of an error is sent"
        self.call("answer", lambda: self.answers.append(answer))
        return io.BytesIO()

    def answer_to(self, request: str) -> dict[str, Any] | None:
        """The first answer to a request."""
        return next((answer for answer in self.answers if answer["RequestId"] == request), None)


class Function:
    """The handler's code, loaded as Lambda does it, working on a fake."""

    def __init__(self, code: CodeType) -> None:
        self.code = code

    def load(self, aws: FakeAws) -> dict[str, Any]:
        """A new process of the function."""
        module: dict[str, Any] = {"__name__": "index"}
        exec(self.code, module)

        def timer(seconds: float, action: Callable[..., None], arguments: tuple[Any, ...]) -> FakeTimer:
            aws.timers.append(FakeTimer(seconds, action, arguments))
            return aws.timers[-1]

        def client(service: str, config: Any) -> FakeAws:
            assert service == "ec2"
            assert config.connect_timeout <= 3
            assert config.read_timeout <= 10
            assert config.retries["total_max_attempts"] <= 3
            return aws

        module.update(Timer=timer, urlopen=aws.put, sleep=aws.slept.append, boto3=SimpleNamespace(client=client))
        return module

    def run(self, aws: FakeAws, request: dict[str, Any], context: Context | None = None) -> None:
        """One run in a process of its own."""
        aws.dead = False
        with contextlib.redirect_stdout(aws.output):
            self.load(aws)["handler"](request, context or Context())
        assert aws.timers[-1].cancelled, "the timer goes on in a frozen process"

    def invoke(self, aws: FakeAws, request: dict[str, Any]) -> int:
        """As Lambda runs it for CloudFormation: a run that fails is repeated. How many runs there were."""
        for number in range(1, RUNS + 1):
            try:
                self.run(aws, request)
                return number
            except (Crash, OSError):
                aws.dead = False
        return RUNS
