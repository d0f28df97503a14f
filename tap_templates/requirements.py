"""What the organisation demands of every stack, as typed data: each word says which way is a violation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tap_templates.errors import UsageError, did_you_mean

AES256 = "AES256"
KMS = "aws:kms"
ANY = "any"
REQUIRED_TAGS = ("Project", "Environment", "Owner", "CostCenter", "DataClassification", "ManagedBy")


class Requirement(NamedTuple):
    """One demand: its key below ``requirements:`` in ``tap.yaml`` and the words it may have."""

    key: str
    description: str
    default: Any
    allowed: tuple[Any, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement(
        "bucket_encryption",
        "Default encryption of every bucket: AES256 (SSE-S3; a KMS key violates it), aws:kms, or any (builds AES256).",
        AES256,
        (AES256, KMS, ANY),
    ),
    Requirement(
        "trail_encryption",
        "Encryption of the trail's files: AES256 (SSE-S3), aws:kms (CIS AWS Foundations 3.5), or any (builds AES256).",
        AES256,
        (AES256, KMS, ANY),
    ),
    Requirement("tls_floor", "Oldest TLS version that a bucket accepts.", "1.2", ("1.2", "1.3")),
    Requirement("required_tags", "Keys of the tags that every taggable resource carries.", REQUIRED_TAGS),
    Requirement(
        "access_key_max_age_days",
        "Oldest an access key may grow before it is replaced, in days.",
        90,
        minimum=1,
        maximum=365,
    ),
    Requirement(
        "access_key_unused_days",
        "Longest an access key may lie unused, in days.",
        45,
        minimum=1,
        maximum=90,
    ),
    Requirement("log_retention_days", "Shortest time that logs are kept, in days.", 365, minimum=1, maximum=3653),
)
REQUIREMENT = {requirement.key: requirement for requirement in REQUIREMENTS}


class Requirements:
    """Demands on a stack; what is not said has the default of its row in ``REQUIREMENTS``.

    Raises:
        UsageError: A word that is not allowed, or two demands that contradict each other.
    """

    __slots__ = tuple(REQUIREMENT)

    def __init__(
        self,
        *,
        bucket_encryption: str = AES256,
        trail_encryption: str = AES256,
        tls_floor: str = "1.2",
        required_tags: Sequence[str] = REQUIRED_TAGS,
        access_key_max_age_days: int = 90,
        access_key_unused_days: int = 45,
        log_retention_days: int = 365,
    ) -> None:
        self.bucket_encryption = bucket_encryption
        self.trail_encryption = trail_encryption
        self.tls_floor = tls_floor
        self.required_tags = required_tags if isinstance(required_tags, str) else tuple(required_tags)
        self.access_key_max_age_days = access_key_max_age_days
        self.access_key_unused_days = access_key_unused_days
        self.log_retention_days = log_retention_days
        for row in REQUIREMENTS:
            _check(row, getattr(self, row.key))
        if bucket_encryption == AES256 and trail_encryption == KMS:
            raise UsageError(
                "requirements.trail_encryption",
                found=KMS,
                remedy="bucket_encryption AES256 holds for the trail's bucket too; "
                "say bucket_encryption: any (or aws:kms), or trail_encryption: AES256",
            )

    def __repr__(self) -> str:
        return f"Requirements({', '.join(f'{key}={getattr(self, key)!r}' for key in REQUIREMENT)})"


def _check(row: Requirement, value: Any) -> None:
    where = f"requirements.{row.key}"
    if isinstance(row.default, tuple) and (isinstance(value, str) or not all(isinstance(key, str) for key in value)):
        raise UsageError(where, found=value, remedy=f"use a list of words, for example {list(row.default[:2])}")
    if row.allowed and value not in row.allowed:
        words = [str(word) for word in row.allowed]
        remedy = f"use one of {', '.join(words)}{did_you_mean(value, words)}"
        raise UsageError(where, found=value, remedy=remedy)
    if row.minimum is None or row.maximum is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not row.minimum <= value <= row.maximum:
        raise UsageError(where, found=value, remedy=f"use a whole number from {row.minimum} to {row.maximum}")
