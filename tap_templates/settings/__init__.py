"""What one stack is: the settings, each with what the console's form needs to ask for it.

A setting that has a value is fixed in the template; one without becomes a Parameter. The table
``SETTINGS`` is the one source: the file's schema, the Parameters and the upload sheet are made from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tap_templates.data.profiles import amounts, profiles
from tap_templates.errors import UsageError, did_you_mean
from tap_templates.requirements import Requirements
from tap_templates.settings.sections import DEFAULT_PIPELINE, DEFAULT_STORE, PipelineSettings, StoreSettings

# CloudWatch Logs API reference, PutRetentionPolicy, retentionInDays.
RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
TAG_VALUE_PATTERN = r"[A-Za-z0-9 _.:/=+@-]*"  # What every service's tags accept, without other alphabets.
REVISION = re.compile(r"-r([0-9]+)$")  # How the name of a resource that replaced one by the same role ends.
EMAIL_PATTERN = r"[^\s@]+@[^\s@]+\.[^\s@]+"


TAGGED = ("project", "environment", "owner", "cost_center", "data_classification")  # The tag has the parameter's name.


class Setting(NamedTuple):
    """One scalar setting: its key in ``tap.yaml`` and the Parameter it becomes when it is left out."""

    key: str
    parameter: str
    group: str
    label: str
    description: str
    kind: type[str] | type[int] | type[bool] = str
    default: str | int | None = None
    pattern: str | None = None
    allowed: tuple[str | int, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    hint: str | None = None
    offered: tuple[str, ...] = ()  # What the form offers, where a file may say more.

    @property
    def longest(self) -> int:
        """Length of the longest value that can be bound at upload."""
        if self.offered or self.allowed:
            return max(len(str(value)) for value in self.offered or self.allowed)
        if self.kind is bool:
            return len("false")
        return len(str(self.maximum)) if self.kind is int else self.maximum or 0

    def bounded_by(self, requirements: Requirements) -> Setting:
        """The same setting, narrowed to what the requirements let pass."""
        if self.key == "access_keys.max_age_days":
            return self._at_most(requirements.access_key_max_age_days)
        if self.key == "access_keys.unused_days":
            return self._at_most(requirements.access_key_unused_days)
        if self.key == "log_retention_days":
            allowed = tuple(days for days in RETENTION_DAYS if days >= requirements.log_retention_days)
            return self._replace(allowed=allowed, default=allowed[0] if self.default not in allowed else self.default)
        words = requirements.allowed_tag_values.get(self.parameter) if self.key in TAGGED else None
        return self._one_of(words) if words else self

    def _one_of(self, words: tuple[str, ...]) -> Setting:
        """Narrowed to the words that its tag may have; what the form offers stays within them where it can."""
        allowed = tuple(word for word in words if not self.allowed or word in self.allowed) or words
        offered = tuple(word for word in self.offered if word in words) or self.offered
        return self._replace(
            allowed=allowed, offered=offered, default=self.default if self.default in allowed else None
        )

    def _at_most(self, days: int) -> Setting:
        return self._replace(maximum=days, default=min(int(self.default or days), days))


class Group(NamedTuple):
    """A group of people: ``data`` is what its members may do in the data bucket."""

    name: str
    data: str = "none"


class User(NamedTuple):
    """A person who has an IAM user of the stack's own; rights come through ``groups`` alone."""

    name: str
    groups: tuple[str, ...]
    email: str | None = None


class Suppression(NamedTuple):
    """A finding that is accepted for a time: an empty part is itself a finding of ``check``."""

    rule: str  # E9101
    resource: str  # Logical id, or the section where it is none.
    reason: str = ""
    owner: str = ""
    expires: str = ""  # 2027-01-31, the last day on which it holds.


class NetworkSettings(NamedTuple):
    """The network of a blueprint that can have one: what ``components.network.network`` takes."""

    cidr: str | None = None  # Asked for at upload where it is left out, with this size:
    prefix_length: int = 16
    zones: int = 2
    tiers: tuple[str, ...] | Mapping[str, str] = ("public", "private", "isolated")  # Or the block of each.
    endpoints: tuple[str, ...] = ("s3", "dynamodb")
    flow_logs: str = "logs"  # Or "bucket": one of its own.
    acls: bool = False


DEFAULT_GROUPS = (Group("developers", "write"), Group("operators", "read"))

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "project",
        "Project",
        "What this is",
        "Project",
        "Short name of the project; the first part of every name and a tag on every resource.",
        pattern=r"[a-z][a-z0-9]*",
        minimum=2,
        maximum=20,
        hint="2 to 20 lower-case letters and digits, beginning with a letter; hyphens separate the parts of a name",
    ),
    Setting(
        "environment",
        "Environment",
        "What this is",
        "Environment",
        "Which environment this is; part of every name, and chooses retention and sizes.",
        pattern=r"[a-z][a-z0-9]*",
        minimum=2,
        maximum=10,
        offered=profiles(),
        hint="2 to 10 lower-case letters and digits, beginning with a letter",
    ),
    Setting(
        "owner",
        "Owner",
        "What this is",
        "Owner",
        "Team or person who answers for these resources (tag Owner).",
        pattern=TAG_VALUE_PATTERN,
        minimum=1,
        maximum=64,
        hint="1 to 64 letters, digits, spaces and _ . : / = + - @",
    ),
    Setting(
        "cost_center",
        "CostCenter",
        "What this is",
        "Cost center",
        "Where the cost is booked (tag CostCenter).",
        pattern=TAG_VALUE_PATTERN,
        minimum=1,
        maximum=32,
        hint="1 to 32 letters, digits, spaces and _ . : / = + - @",
    ),
    Setting(
        "data_classification",
        "DataClassification",
        "What this is",
        "Data classification",
        "How sensitive the data is (tag DataClassification).",
        default="confidential",
        allowed=("public", "internal", "confidential", "restricted"),
    ),
    Setting(
        "alarm_email",
        "AlarmEmail",
        "Who is told",
        "E-mail for alarms",
        "Receives every alarm after confirming the subscription; leave empty to subscribe later.",
        default="",
        pattern=f"({EMAIL_PATTERN})?",
        minimum=0,
        maximum=128,
        hint="an e-mail address, or nothing",
    ),
    Setting(
        "access_keys.max_age_days",
        "AccessKeyMaxAgeDays",
        "Access keys",
        "Days until a key is replaced",
        "An access key older than this gets a successor.",
        int,
        90,
        minimum=1,
        maximum=365,
    ),
    Setting(
        "access_keys.grace_days",
        "AccessKeyGraceDays",
        "Access keys",
        "Days both keys work",
        "The old key is deactivated this many days after its successor was made.",
        int,
        7,
        minimum=1,
        maximum=30,
    ),
    Setting(
        "access_keys.delete_after_days",
        "AccessKeyDeleteAfterDays",
        "Access keys",
        "Days until deletion",
        "The deactivated key is deleted after this many more days.",
        int,
        7,
        minimum=1,
        maximum=90,
    ),
    Setting(
        "access_keys.unused_days",
        "AccessKeyUnusedDays",
        "Access keys",
        "Days a key may lie unused",
        "A key that was not used for this long is deactivated.",
        int,
        45,
        minimum=1,
        maximum=90,
    ),
    Setting(
        "log_retention_days",
        "LogRetentionDays",
        "Logs",
        "Days logs are kept",
        "How long log groups keep their events.",
        int,
        365,
        allowed=RETENTION_DAYS,
    ),
    Setting(
        "reserve_concurrency",
        "ReserveConcurrency",
        "Functions",
        "Reserve function concurrency",
        "Reserves executions for the stack's functions; answer false in a new account, whose limit may be 10.",
        bool,
        True,
    ),
)
SETTING = {setting.key: setting for setting in SETTINGS}


class Settings:
    """What one stack is. Every argument that is left out is asked for at upload.

    Raises:
        SettingsError: Values that cannot be accepted, all of them at once.
    """

    __slots__ = (
        *("data_store", "groups", "network", "pipeline", "profile", "requirements", "sizes", "suppressions", "tags"),
        *("users", "values"),
    )

    def __init__(
        self,
        *,
        project: str | None = None,
        environment: str | None = None,
        profile: str | None = None,
        owner: str | None = None,
        cost_center: str | None = None,
        data_classification: str | None = None,
        alarm_email: str | None = None,
        access_keys: Mapping[str, int] | None = None,
        log_retention_days: int | None = None,
        reserve_concurrency: bool | None = None,
        groups: Sequence[Group] | Sequence[Mapping[str, str]] | None = None,
        users: Sequence[User] | Sequence[Mapping[str, Any]] | None = None,
        tags: Mapping[str, str] | None = None,
        network: NetworkSettings | Mapping[str, Any] | None = None,
        pipeline: PipelineSettings | Mapping[str, Any] | None = None,
        data_store: StoreSettings | Mapping[str, Any] | None = None,
        sizes: Mapping[str, int | str] | None = None,
        requirements: Requirements | Mapping[str, Any] | None = None,
        suppressions: Sequence[Suppression] | Sequence[Mapping[str, str]] | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key != "self" and value is not None}
        if given:
            from tap_templates.settings.validation import accept  # pydantic: only when there is something to validate

            given = accept(given)
        self._fill(given)

    def _fill(self, accepted: Mapping[str, Any]) -> None:
        self.groups: tuple[Group, ...] = accepted.get("groups", DEFAULT_GROUPS)
        self.users: tuple[User, ...] = accepted.get("users", ())
        self.tags: dict[str, str] = accepted.get("tags", {})
        self.network: NetworkSettings | None = accepted.get("network")
        self.pipeline: PipelineSettings = accepted.get("pipeline", DEFAULT_PIPELINE)
        self.data_store: StoreSettings = accepted.get("data_store", DEFAULT_STORE)
        self.sizes: dict[str, Any] = accepted.get("sizes", {})
        self.requirements: Requirements = accepted.get("requirements") or Requirements()
        self.suppressions: tuple[Suppression, ...] = accepted.get("suppressions", ())
        self.values: dict[str, str | int] = accepted.get("values", {})
        environment = self.values.get("environment")
        self.profile: str | None = accepted.get("profile") or (str(environment) if environment else None)

    def get(self, key: str) -> str | int | None:
        """Value of one scalar setting, or None when it is asked for at upload.

        Raises:
            UsageError: There is no such setting.
        """
        if key not in SETTING:
            raise UsageError("settings", found=key, remedy=f"use one of {', '.join(SETTING)}")
        return self.values.get(key)

    def size(self, amount: str) -> dict[str, int]:
        """An amount in each profile that the stack may be deployed with: one profile when the environment is fixed.

        What ``sizes`` says goes before the profile's own; no value is below what the requirements ask for.

        Args:
            amount: A row of ``data/profiles.json``, for example ``transition_days``.

        Raises:
            UsageError: There is no such amount.
        """
        row = amounts().get(amount)
        if row is None:
            remedy = f"use one of {', '.join(amounts())}{did_you_mean(amount, amounts())}"
            raise UsageError("sizes", found=amount, remedy=remedy)
        floor = int(getattr(self.requirements, row.requirement)) if row.requirement else row.minimum
        return {name: max(self.sizes.get(amount, row.values[name]), floor) for name in self._chosen()}

    def machine(self, workload: str, kind: str) -> dict[str, str]:
        """The machine for a workload in each profile that the stack may be deployed with.

        What ``sizes`` says goes before the profile's own.

        Args:
            workload: ``small``, ``standard``, ``memory`` or ``burst``.
            kind: ``instance``, ``database`` or ``aurora``.

        Raises:
            UsageError: There is no such workload, or no such kind.
        """
        from tap_templates.data.sizes import choices, kinds, workloads

        for where, word, known in (("workload", workload, workloads()), ("kind", kind, kinds())):
            if word not in known:
                raise UsageError(where, found=word, remedy=f"use one of {', '.join(known)}{did_you_mean(word, known)}")
        choice = choices()[f"{workload}_{kind}"]
        return {name: self.sizes.get(choice.key, choice.values[name]) for name in self._chosen()}

    def _chosen(self) -> tuple[str, ...]:
        return (self.profile,) if self.profile is not None else profiles()
