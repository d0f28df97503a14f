"""What the organisation demands of every stack, as typed data: each word says which way is a violation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tap_templates.data.regions import regions
from tap_templates.errors import UsageError, did_you_mean

AES256 = "AES256"
KMS = "aws:kms"
ANY = "any"
RETAIN = "retain"
DELETE = "delete"
DENIED = "denied"
ALLOWED = "allowed"
REQUIRED_TAGS = ("Project", "Environment", "Owner", "CostCenter", "DataClassification", "ManagedBy")
CUSTOMER_KEY_SERVICES = ("backups", "databases", "logs", "queues", "secrets", "tables", "topics", "volumes")


class Requirement(NamedTuple):
    """One demand: its key below ``requirements:`` in ``tap.yaml`` and the words it may have.

    ``build`` says what it does to what is built. Which checks prove it, and which controls they satisfy, stands with
    the checks and in ``data/controls.json``.
    """

    key: str
    description: str
    build: str
    default: Any
    allowed: tuple[Any, ...] = ()  # Of the value, or of each item of a list.
    minimum: int | None = None
    maximum: int | None = None
    items: type[str] | type[int] = str  # Of a list.


REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement(
        "bucket_encryption",
        "Default encryption of every bucket: AES256 (SSE-S3; a KMS key violates it), aws:kms, or any (builds AES256).",
        "Every bucket gets it, with a key of its own for aws:kms, and its policy refuses uploads that ask for another.",
        AES256,
        (AES256, KMS, ANY),
    ),
    Requirement(
        "trail_encryption",
        "Encryption of the trail's files: AES256 (SSE-S3), aws:kms (CIS AWS Foundations 3.5), or any (builds AES256).",
        "The trail gets a key of its own for aws:kms.",
        AES256,
        (AES256, KMS, ANY),
    ),
    Requirement(
        "customer_managed_keys",
        "Kinds of resources that need a KMS key of the customer's own, beyond the encryption that AWS gives.",
        "Topics and logs have a key; databases, queues, secrets, tables, volumes get one; others are checked only.",
        (),
        CUSTOMER_KEY_SERVICES,
    ),
    Requirement(
        "tls_floor",
        "Oldest TLS version that a bucket or a listener accepts.",
        "Bucket policies deny everything older.",
        "1.2",
        ("1.2", "1.3"),
    ),
    Requirement(
        "public_access",
        "Whether anything may be open to the public: denied (public is a violation) or allowed.",
        "Nothing that is built is public; with allowed, what is added by hand may be.",
        DENIED,
        (DENIED, ALLOWED),
    ),
    Requirement(
        "open_ingress_ports",
        "Ports that a security group may open to every address; any other is a violation.",
        "Security groups open these alone to every address, where it is said; no port of administration ever.",
        (),
        minimum=1,
        maximum=65535,
        items=int,
    ),
    Requirement(
        "required_tags",
        "Keys of the tags that every taggable resource carries.",
        "Every taggable resource gets them when the stack is finished.",
        REQUIRED_TAGS,
    ),
    Requirement(
        "allowed_tag_values",
        "Values that a tag may have, by its key; a tag that is not named may have any.",
        "Other values in the settings are refused.",
        {},
    ),
    Requirement(
        "access_key_max_age_days",
        "Oldest an access key may grow before it is replaced, in days.",
        "Bounds what the key rotation can be set to.",
        90,
        minimum=1,
        maximum=365,
    ),
    Requirement(
        "access_key_unused_days",
        "Longest an access key may lie unused, in days.",
        "Bounds what the key rotation can be set to.",
        45,
        minimum=1,
        maximum=90,
    ),
    Requirement(
        "log_retention_days",
        "Shortest time that logs are kept, in days.",
        "Bounds what the retention of log groups can be set to.",
        365,
        minimum=1,
        maximum=3653,
    ),
    Requirement(
        "data_retention",
        "What becomes of stateful resources when the stack goes: retain, delete (keeping them violates it), or any.",
        "Sets DeletionPolicy and UpdateReplacePolicy of what holds data.",
        RETAIN,
        (RETAIN, DELETE, ANY),
    ),
    Requirement(
        "backup_retention_days",
        "Shortest time that backups of a database are kept, in days; 0 asks for none.",
        "Databases keep their backups for the days of their environment, and never for fewer than this.",
        7,
        minimum=0,
        maximum=35,
    ),
    Requirement(
        "deletion_protection",
        "Whether databases, tables and load balancers must refuse to be deleted.",
        "Databases, tables and load balancers refuse it.",
        True,
    ),
    Requirement(
        "multi_az",
        "Whether databases must stand in more than one Availability Zone.",
        "Instances have a standby, clusters a reader; where it is not demanded, as their environment says.",
        True,
    ),
    Requirement(
        "permissions_boundary",
        "Whether every role must carry a permissions boundary.",
        "Every role carries the stack's boundary, whether it is demanded or not.",
        True,
    ),
    Requirement(
        "instance_metadata_v2",
        "Whether instances must ask for session tokens (IMDSv2).",
        "Instances that are built ask for them, whether it is demanded or not; templates written by hand are checked.",
        True,
    ),
    Requirement(
        "allowed_regions",
        "Regions that a template may name; none means every Region.",
        "Nothing that is built names a Region.",
        (),
    ),
    Requirement(
        "frameworks",
        "Frameworks whose controls must hold, with versions (cis-aws: 5.0, nist-800-53: 5) or without (fsbp:).",
        "What its controls demand must agree with the other requirements; a contradiction is refused.",
        {},
    ),
    Requirement(
        "excluded_controls",
        "Controls of those frameworks that the organisation does not follow, each with its reason.",
        "Their demands are left out; the evidence lists them with the reason.",
        {},
    ),
)
REQUIREMENT = {requirement.key: requirement for requirement in REQUIREMENTS}


class ContradictionError(UsageError):
    """Demands that cannot hold together; ``problems`` has each of them."""

    def __init__(self, problems: Sequence[UsageError]) -> None:
        first = problems[0]
        super().__init__(first.where, found=first.found, remedy=first.remedy)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class Requirements:
    """Demands on a stack; what is not said has the default of its row in ``REQUIREMENTS``.

    Raises:
        UsageError: A word that is not allowed.
        ContradictionError: Demands that cannot hold together, all of them.
    """

    __slots__ = tuple(REQUIREMENT)

    bucket_encryption: str
    trail_encryption: str
    customer_managed_keys: tuple[str, ...]
    tls_floor: str
    public_access: str
    open_ingress_ports: tuple[int, ...]
    required_tags: tuple[str, ...]
    allowed_tag_values: dict[str, tuple[str, ...]]
    access_key_max_age_days: int
    access_key_unused_days: int
    log_retention_days: int
    data_retention: str
    backup_retention_days: int
    deletion_protection: bool
    multi_az: bool
    permissions_boundary: bool
    instance_metadata_v2: bool
    allowed_regions: tuple[str, ...]
    frameworks: dict[str, str]
    excluded_controls: dict[str, str]

    def __init__(
        self,
        *,
        bucket_encryption: str = AES256,
        trail_encryption: str = AES256,
        customer_managed_keys: Sequence[str] = (),
        tls_floor: str = "1.2",
        public_access: str = DENIED,
        open_ingress_ports: Sequence[int] = (),
        required_tags: Sequence[str] = REQUIRED_TAGS,
        allowed_tag_values: Mapping[str, Sequence[str]] | None = None,
        access_key_max_age_days: int = 90,
        access_key_unused_days: int = 45,
        log_retention_days: int = 365,
        data_retention: str = RETAIN,
        backup_retention_days: int = 7,
        deletion_protection: bool = True,
        multi_az: bool = True,
        permissions_boundary: bool = True,
        instance_metadata_v2: bool = True,
        allowed_regions: Sequence[str] = (),
        frameworks: Mapping[str, str] | None = None,
        excluded_controls: Mapping[str, str] | None = None,
    ) -> None:
        given = locals()
        for row in REQUIREMENTS:
            setattr(self, row.key, _accepted(row, given[row.key]))
        contradictions = tuple(self._contradictions())
        if contradictions:
            raise ContradictionError(contradictions)

    @property
    def bucket_algorithm(self) -> str:
        """Default encryption of the buckets that are built: as required, and AES256 where any is allowed."""
        return KMS if self.bucket_encryption == KMS else AES256

    def _contradictions(self) -> Iterator[UsageError]:
        """Demands that cannot hold together: which of them gives way is the organisation's to say."""
        if self.bucket_encryption == AES256 and self.trail_encryption == KMS:
            yield UsageError(
                "requirements.trail_encryption",
                found=KMS,
                remedy="bucket_encryption AES256 holds for the trail's bucket too; "
                "say bucket_encryption: any (or aws:kms), or trail_encryption: AES256",
            )
        if self.data_retention == DELETE:
            for key, other in (("backup_retention_days", 0), ("deletion_protection", False)):
                if getattr(self, key):
                    word = str(other).lower()
                    remedy = f"data_retention delete keeps nothing; say {key}: {word}, or data_retention: any"
                    yield UsageError(f"requirements.{key}", found=getattr(self, key), remedy=remedy)
        if self.frameworks or self.excluded_controls:
            from tap_templates.frameworks import problems  # Reads tables: only where a framework is named.

            yield from problems(self)

    def __repr__(self) -> str:
        return f"Requirements({', '.join(f'{key}={getattr(self, key)!r}' for key in REQUIREMENT)})"


def _accepted(row: Requirement, value: Any) -> Any:
    """A value as it is kept.

    Raises:
        UsageError: It is not what the row allows.
    """
    where = f"requirements.{row.key}"
    if isinstance(row.default, Mapping):
        return _accepted_mapping(row, where, {} if value is None else value)
    if isinstance(row.default, tuple):
        if isinstance(value, (str, Mapping)) or not isinstance(value, Sequence):
            raise UsageError(where, found=value, remedy=f"use a list; each item {_kind(row)}")
        for item in value:
            _check(row, where, item, row.items)
            if row.key == "allowed_regions" and item not in regions():
                raise UsageError(where, found=item, remedy=f"use Regions that AWS has{did_you_mean(item, regions())}")
        return tuple(value)
    _check(row, where, value, type(row.default))
    return value


def _accepted_mapping(row: Requirement, where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise UsageError(where, found=value, remedy="use a mapping of words to values")
    if row.key == "frameworks" and value:
        from tap_templates.frameworks import version_of

        return {key: version_of(key, "" if word is None else str(word)) for key, word in value.items()}
    if row.key != "allowed_tag_values":
        return {key: str(word) for key, word in value.items()}
    for key, words in value.items():
        if isinstance(words, (str, Mapping)) or not isinstance(words, Sequence) or not words:
            raise UsageError(f"{where}.{key}", found=words, remedy="use a list with at least one value")
    return {key: tuple(str(word) for word in words) for key, words in value.items()}


def _check(row: Requirement, where: str, value: Any, kind: type) -> None:
    if row.allowed and value not in row.allowed:
        words = [str(word) for word in row.allowed]
        remedy = f"use one of {', '.join(words)}{did_you_mean(value, words)}"
        raise UsageError(where, found=value, remedy=remedy)
    wrong = not isinstance(value, kind) or (kind is int and isinstance(value, bool))
    outside = not wrong and row.minimum is not None and row.maximum is not None
    if wrong or (outside and not row.minimum <= value <= row.maximum):
        one = "a " if kind is int else ""
        raise UsageError(where, found=value, remedy=f"use {one}{_kind(row)}")


def _kind(row: Requirement) -> str:
    """What a value, or an item of a list, may be."""
    if isinstance(row.default, bool):
        return "true or false"
    if row.minimum is None:
        return "text"
    return f"whole number from {row.minimum} to {row.maximum}"
