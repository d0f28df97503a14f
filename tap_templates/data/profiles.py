"""What differs between environments: amounts only, never a control."""

from __future__ import annotations

from typing import NamedTuple


class Profile(NamedTuple):
    """Amounts of one environment, in days."""

    noncurrent_version_days: int  # How long a replaced or deleted object can be restored.
    transition_days: int  # When an object moves to S3 Intelligent-Tiering.


PROFILES = {
    "dev": Profile(noncurrent_version_days=30, transition_days=30),
    "staging": Profile(noncurrent_version_days=60, transition_days=60),
    "prod": Profile(noncurrent_version_days=365, transition_days=90),
}
