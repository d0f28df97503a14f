"""IAM, Secrets Manager and SNS in memory, with AWS's limits, failures on demand, and the invariants checked per call.

The fake knows what the handler cannot: who made a key, when it really was switched off, what was really told. After
each call it asserts what must hold however the handler is interrupted.
"""

# ruff: noqa: N803  (AWS spells its parameters so)
from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from types import CodeType, SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

START = datetime(2025, 1, 1, 3, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)
PATH = "/payments/dev/ab12cd34/"
PREFIX = "payments/dev/ab12cd34/access-keys/"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:payments-dev-alarms-ab12cd34"
ENVIRONMENT = {
    "GROUP_NAMES": "developers,auditors",
    "USER_PATH": PATH,
    "SECRET_PREFIX": PREFIX,
    "TOPIC_ARN": TOPIC,
    "MAX_AGE_DAYS": "90",
    "GRACE_DAYS": "7",
    "DELETE_AFTER_DAYS": "7",
    "UNUSED_DAYS": "45",
    "TAGS": '{"Project": "payments", "Environment": "dev"}',
}

# Before the call: it has no effect. After it: it took effect and its answer is lost.
BEFORE = ("throttle", "timeout", "denied", "error", "crash")
AFTER = ("timeout-after", "error-after", "crash-after")
KINDS = BEFORE + AFTER


class Crash(BaseException):
    """The function's process ends here."""


class Violation(BaseException):
    """An invariant does not hold. The handler must not catch it as one of AWS's errors."""


class Context:
    """What Lambda gives the handler: how much time is left."""

    def __init__(self, *millis: int) -> None:
        self.millis = list(millis)

    def get_remaining_time_in_millis(self) -> int:
        """The given numbers in turn, then always plenty."""
        return self.millis.pop(0) if self.millis else 900_000


def client_error(code: str, status: int = 400) -> ClientError:
    """An answer with an error."""
    return ClientError(
        {"Error": {"Code": code, "Message": "text with secrets"}, "ResponseMetadata": {"HTTPStatusCode": status}},
        "Call",
    )


@dataclass
class FakeKey:
    """A key, and the truth about it."""

    id: str
    secret: str
    created: datetime
    active: bool = True
    used: datetime | None = None
    own: bool = True  # Made by its user, who therefore knows it.
    inactive_since: datetime | None = None
    toggled: bool = False  # Its owner switched it on again at some time.


@dataclass
class FakeSecret:
    """A secret of Secrets Manager."""

    versions: dict[str, str] = field(default_factory=dict)
    stages: dict[str, list[str]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    policy: str | None = None
    deleted: datetime | None = None


@dataclass
class FakeUser:
    """A user with keys."""

    name: str
    path: str = PATH
    keys: dict[str, FakeKey] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """As IAM forms it."""
        return f"arn:aws:iam::123456789012:user{self.path}{self.name}"


class FakeAws:
    """One account; ``client`` stands for ``boto3.client``."""

    def __init__(self, days: dict[str, int] | None = None) -> None:
        self.now = START
        self.users: dict[str, FakeUser] = {}
        self.groups: dict[str, list[str]] = {"developers": [], "auditors": []}
        self.secrets: dict[str, FakeSecret] = {}
        self.published: list[dict[str, Any]] = []
        self.told: dict[str, datetime] = {}  # Key id to when the date of its end was last announced.
        self.switched_off: FakeKey | None = None  # By the call under way.
        self.calls: list[str] = []
        self.faults: dict[int, str] = {}
        self.output = io.StringIO()
        self.numbers = count(1)
        self.invariants = True
        self.max_items = 2
        self.limits = {name: int(value) for name, value in ENVIRONMENT.items() if name.endswith("_DAYS")}
        self.limits.update(days or {})

    # What people do.

    def add_user(self, name: str, *, groups: tuple[str, ...] = ("developers",), path: str = PATH) -> FakeUser:
        """A user in groups."""
        user = self.users[name] = FakeUser(name, path)
        for group in groups:
            self.groups[group].append(name)
        return user

    def add_key(
        self, user: str, *, age: float, used: float | None = None, active: bool = True, own: bool = True
    ) -> FakeKey:
        """A key made ``age`` days ago and last used ``used`` days ago."""
        number = next(self.numbers)
        key = FakeKey(f"AKIA{number:016d}", f"wJalrXUtnFEMI{number:027d}", self.now - age * DAY, active, own=own)
        key.used = None if used is None else self.now - used * DAY
        key.inactive_since = None if active else key.created
        self.users[user].keys[key.id] = key
        return key

    def use(self, user: str, *, newest: bool = False) -> None:
        """The user works today with the newest key they have, or stays with the oldest that works."""
        keys = sorted((k for k in self.users[user].keys.values() if self.can_know(user, k) and k.active), key=_age)
        if keys:
            keys[-1 if newest else 0].used = self.now

    # What is true.

    def stored(self, user: str, key: FakeKey) -> bool:
        """The user can read the key's secret: its current version holds it, and only they can read it."""
        secret = self.secrets.get(PREFIX + user)
        if not secret or secret.deleted:
            return False
        token = hashlib.sha256(key.id.encode()).hexdigest()
        if "AWSCURRENT" not in secret.stages.get(token, ()):
            return False
        assert json.loads(secret.versions[token]) == {"AccessKeyId": key.id, "SecretAccessKey": key.secret}
        return True

    def can_know(self, user: str, key: FakeKey) -> bool:
        """The user made it, has used it, or can read it."""
        return key.own or key.used is not None or self.stored(user, key)

    def idle(self, key: FakeKey) -> bool:
        """Not used for too long."""
        return self.now - (key.used or key.created) > self.limits["UNUSED_DAYS"] * DAY

    def leaks(self, text: str) -> bool:
        """The text contains a key's secret."""
        return "wJalrXUtnFEMI" in text

    # Calls.

    def client(self, service: str, config: Any = None) -> Any:
        """A client whose every method goes through `call`."""
        tries = config.retries["total_max_attempts"]
        if config.read_timeout > 10 or tries > 3:
            raise Violation("the time for one call is not bounded")
        fake = self

        class Client:
            def __getattr__(self, operation: str) -> Any:
                if operation == "create_access_key" and tries > 1:
                    raise Violation("a retry could make a second key")
                return lambda **arguments: fake.call(f"{service}:{operation}", arguments)

            def get_paginator(self, operation: str) -> Any:
                return SimpleNamespace(paginate=lambda **arguments: fake.pages(f"{service}:{operation}", arguments))

        return Client()

    def pages(self, name: str, arguments: dict[str, Any]) -> Iterator[Any]:
        """All pages, one call each."""
        while True:
            page = self.call(name, arguments)
            yield page
            if not page["IsTruncated"]:
                return
            arguments = {**arguments, "Marker": page["Marker"]}

    def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """One call, with the failure that is planned for it."""
        try:
            return self.answer(name, arguments)
        except AssertionError as broken:
            raise Violation(f"{name}: {broken}") from broken

    def answer(self, name: str, arguments: dict[str, Any]) -> Any:
        """What `call` does."""
        kind = self.faults.pop(len(self.calls), "")
        self.calls.append(name)
        sent = {k: v for k, v in arguments.items() if k != "SecretString"}
        assert not self.leaks(repr(sent)), f"{name} sends a secret"
        if kind in BEFORE:
            raise _failure(kind)
        before = self.workable() if self.invariants else {}
        self.switched_off = None
        try:
            answer = getattr(self, name.replace(":", "_"))(**arguments)
        finally:
            if self.invariants:
                self.check(before)
        if kind:
            raise _failure(kind.removesuffix("-after"))
        return answer

    def workable(self) -> dict[str, bool]:
        """Per user: has an active key that they can know."""
        return {
            name: any(key.active and self.can_know(name, key) for key in user.keys.values())
            for name, user in self.users.items()
        }

    def check(self, before: dict[str, bool]) -> None:
        """What must hold after every call."""
        for name, works in self.workable().items():
            if before.get(name) and not works:
                assert self.switched_off, f"{name} lost the last working key"
                assert self.idle(self.switched_off), f"{name} lost the last working key"
        for user in self.users.values():
            assert len(user.keys) <= 2
        for secret in self.secrets.values():
            assert not secret.versions or secret.policy, "a value without a policy"

    def iam_get_group(self, GroupName: str, Marker: str = "0") -> Any:
        """Pages of ``max_items``."""
        if GroupName not in self.groups:
            raise client_error("NoSuchEntity", 404)
        first = int(Marker)
        names = self.groups[GroupName][first : first + self.max_items]
        users = [
            {"UserName": n, "Path": self.users[n].path, "Arn": self.users[n].arn} for n in names if n in self.users
        ]
        more = first + self.max_items < len(self.groups[GroupName])
        return {"Users": users, "IsTruncated": more, "Marker": str(first + self.max_items)}

    def _user(self, name: str) -> FakeUser:
        if name not in self.users:
            raise client_error("NoSuchEntity", 404)
        user = self.users[name]
        assert user.path == PATH, "the role may not touch users outside its path"
        return user

    def _key(self, user: str, key_id: str) -> FakeKey:
        keys = self._user(user).keys
        if key_id not in keys:
            raise client_error("NoSuchEntity", 404)
        return keys[key_id]

    def iam_list_access_keys(self, UserName: str) -> Any:
        """In no useful order."""
        keys = sorted(self._user(UserName).keys.values(), key=lambda key: key.id, reverse=True)
        return {
            "AccessKeyMetadata": [
                {
                    "UserName": UserName,
                    "AccessKeyId": key.id,
                    "Status": "Active" if key.active else "Inactive",
                    "CreateDate": key.created,
                }
                for key in keys
            ],
            "IsTruncated": False,
        }

    def iam_get_access_key_last_used(self, AccessKeyId: str) -> Any:
        """Without LastUsedDate if never used."""
        for user in self.users.values():
            if AccessKeyId in user.keys:
                used = user.keys[AccessKeyId].used
                last: dict[str, Any] = {"Region": "N/A", "ServiceName": "N/A"}
                return {"UserName": user.name, "AccessKeyLastUsed": {**last, "LastUsedDate": used} if used else last}
        raise client_error("AccessDenied", 403)

    def iam_create_access_key(self, UserName: str) -> Any:
        """Two keys a user at most."""
        user = self._user(UserName)
        if len(user.keys) >= 2:
            assert not self.invariants, "asked for a third key"
            raise client_error("LimitExceeded", 409)
        key = self.add_key(UserName, age=0, own=False)
        return {
            "AccessKey": {
                "UserName": UserName,
                "AccessKeyId": key.id,
                "Status": "Active",
                "SecretAccessKey": key.secret,
                "CreateDate": key.created,
            }
        }

    def iam_update_access_key(self, UserName: str, AccessKeyId: str, Status: str) -> None:
        """Switching off: only unused keys, or after the grace period beside another that works."""
        key = self._key(UserName, AccessKeyId)
        assert Status == "Inactive", "the function never switches a key on"
        if self.invariants and key.active and not self.idle(key):
            others = [k for k in self.users[UserName].keys.values() if k is not key]
            assert any(k.active and (k.used or self.stored(UserName, k)) for k in others), "no other key is known"
            assert self.now - self.told[key.id] >= self.limits["GRACE_DAYS"] * DAY, "off before the end of grace"
        if key.active:
            key.active, key.inactive_since = False, self.now
            self.switched_off = key

    def iam_delete_access_key(self, UserName: str, AccessKeyId: str) -> None:
        """Deleting: only what nobody can know, or after the second period beside another that works."""
        key = self._key(UserName, AccessKeyId)
        if self.invariants and self.can_know(UserName, key):
            assert not key.active, "deleted while active"
            assert key.inactive_since
            assert self.now - self.told[key.id] >= self.limits["DELETE_AFTER_DAYS"] * DAY, "deleted too early"
            quiet_since = max(key.used or key.created, self.told[key.id] if key.toggled else key.inactive_since)
            assert self.now - quiet_since >= self.limits["DELETE_AFTER_DAYS"] * DAY, "deleted too early"
            others = [k for k in self.users[UserName].keys.values() if k is not key]
            assert any(k.active and (k.used or self.stored(UserName, k)) for k in others), "no other key is known"
        del self.users[UserName].keys[AccessKeyId]

    def _secret(self, name: str, *, deleted: bool = False) -> FakeSecret:
        if name not in self.secrets:
            raise client_error("ResourceNotFoundException")
        secret = self.secrets[name]
        if secret.deleted and not deleted:
            raise client_error("InvalidRequestException")
        return secret

    def secretsmanager_describe_secret(self, SecretId: str) -> Any:
        """Versions are listed while they have a stage; also for a secret that is about to be deleted."""
        secret = self._secret(SecretId, deleted=True)
        answer: dict[str, Any] = {"Name": SecretId, "ARN": f"arn:{SecretId}-AbCdEf"}
        if secret.tags:
            answer["Tags"] = [{"Key": key, "Value": value} for key, value in secret.tags.items()]
        if any(secret.stages.values()):
            answer["VersionIdsToStages"] = {token: stages for token, stages in secret.stages.items() if stages}
        if secret.deleted:
            answer["DeletedDate"] = secret.deleted
        return answer

    def secretsmanager_create_secret(self, Name: str, Tags: list[dict[str, str]]) -> Any:
        """Without a value."""
        if Name in self.secrets:
            raise client_error("InvalidRequestException" if self.secrets[Name].deleted else "ResourceExistsException")
        assert Name.startswith(PREFIX)
        assert ENVIRONMENT["TAGS"] == json.dumps({tag["Key"]: tag["Value"] for tag in Tags})
        self.secrets[Name] = FakeSecret(tags={tag["Key"]: tag["Value"] for tag in Tags})
        return {"Name": Name}

    def secretsmanager_restore_secret(self, SecretId: str) -> None:
        """Only what is about to be deleted."""
        secret = self._secret(SecretId, deleted=True)
        assert secret.deleted
        secret.deleted = None

    def secretsmanager_tag_resource(self, SecretId: str, Tags: list[dict[str, str]]) -> None:
        """Overwrites tags of the same key."""
        secret = self._secret(SecretId)
        for tag in Tags:
            assert set(tag["Value"]) <= set(_TAG_CHARACTERS)
            assert len(tag["Value"]) <= 256
            secret.tags[tag["Key"]] = tag["Value"]
        assert len(secret.tags) <= 50

    def secretsmanager_get_resource_policy(self, SecretId: str) -> Any:
        """Without ResourcePolicy if there is none."""
        policy = self._secret(SecretId).policy
        return {"Name": SecretId, **({"ResourcePolicy": policy} if policy else {})}

    def secretsmanager_put_resource_policy(self, SecretId: str, ResourcePolicy: str) -> None:
        """Written with other white space, as AWS may."""
        self._secret(SecretId).policy = json.dumps(json.loads(ResourcePolicy), indent=1)

    def secretsmanager_put_secret_value(self, SecretId: str, ClientRequestToken: str, SecretString: str) -> Any:
        """A token names a version: the same content again is nothing new, another one is refused."""
        secret = self._secret(SecretId)
        assert 32 <= len(ClientRequestToken) <= 64
        assert secret.policy, "a value before the policy"
        user = self.users[SecretId.removeprefix(PREFIX).replace("/", ",")]
        [statement] = json.loads(secret.policy)["Statement"]
        assert statement == {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalArn": user.arn}},
        }
        if ClientRequestToken in secret.versions:
            if secret.versions[ClientRequestToken] != SecretString:
                raise client_error("ResourceExistsException")
            return {"VersionId": ClientRequestToken}
        for stages in secret.stages.values():
            previous = "AWSCURRENT" in stages
            stages[:] = ["AWSPREVIOUS"] if previous else []
        secret.versions[ClientRequestToken] = SecretString
        secret.stages[ClientRequestToken] = ["AWSCURRENT"]
        return {"VersionId": ClientRequestToken}

    def sns_publish(self, TopicArn: str, Subject: str, Message: str, MessageAttributes: dict[str, Any]) -> Any:
        """Keeps the message, and what it announced."""
        assert TopicArn == TOPIC
        assert Subject.isascii()
        assert len(Subject) < 100
        user = MessageAttributes["user"]["StringValue"]
        assert MessageAttributes == {"user": {"DataType": "String", "StringValue": user}}
        self.published.append({"user": user, "text": Message, "at": self.now})
        key_id = Message.split()[2]
        if "is inactive from" in Message:
            self.told[key_id] = self.now
        return {"MessageId": "1"}


_TAG_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/=+-@ "


def _age(key: FakeKey) -> Any:
    return key.created, key.id


def _failure(kind: str) -> BaseException:
    if kind == "crash":
        return Crash()
    if kind == "timeout":
        return ReadTimeoutError(endpoint_url="https://example.invalid")
    code, status = {
        "throttle": ("Throttling", 400),
        "denied": ("AccessDenied", 403),
        "error": ("InternalFailure", 500),
    }[kind]
    return client_error(code, status)


class Function:
    """The handler's code, loaded as Lambda does it, with fake accounts to work on."""

    def __init__(self, code: CodeType) -> None:
        self.module: dict[str, Any] = {"__name__": "index"}
        exec(code, self.module)
        self.module["logging"] = SimpleNamespace(disable=lambda level: None, DEBUG=10)

    def on(self, aws: FakeAws) -> Function:
        """The function, deployed in this account."""
        self.aws = aws
        self.module["datetime"] = SimpleNamespace(strptime=datetime.strptime, now=lambda zone: aws.now.astimezone(zone))
        self.module["boto3"] = SimpleNamespace(client=aws.client)
        self.module["client"].cache_clear()
        self.module["environ"] = {**ENVIRONMENT, **{name: str(days) for name, days in aws.limits.items()}}
        return self

    def __call__(self, event: dict[str, Any] | None = None, context: Context | None = None) -> Any:
        """One run; what it printed is kept in ``aws.output``."""
        with contextlib.redirect_stdout(self.aws.output):
            try:
                return self.module["handler"](event or {}, context or Context())
            except Exception as error:
                shown: BaseException | None = error
                while shown:
                    assert not self.aws.leaks(f"{shown!r}{shown}"), "the error shows a secret"
                    shown = shown.__cause__ or shown.__context__
                raise

    def daily(self, days: int, *, users: Callable[[int], None] = lambda day: None) -> None:
        """A run a day, whatever becomes of each; ``users`` do their part before it."""
        for day in range(days):
            users(day)
            with contextlib.suppress(RuntimeError, Crash):
                self()
            self.aws.now += DAY
