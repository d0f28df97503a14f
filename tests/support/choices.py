"""Random settings that are valid, with long values as often as short ones."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from tap_templates.requirements import Requirements
from tap_templates.settings import SETTING

TAG_LETTERS = "abcXYZ019 _.:/=+@-"
NAMES = (
    st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
    | st.from_regex(r"[a-z][a-z0-9]{7}-[a-z0-9]{7}", fullmatch=True)
).filter(lambda name: not re.search("-r[0-9]+$", name))
TAG_KEYS = st.text("abcXYZ019-", min_size=1, max_size=20).map(lambda key: f"x{key}") | st.just("x" * 128)
TAG_VALUES = st.text(TAG_LETTERS, max_size=20) | st.just("v" * 256)
TAGS = st.dictionaries(TAG_KEYS, TAG_VALUES, max_size=5)

NETWORKS: list[dict[str, Any]] = [
    {},
    {"zones": 1, "tiers": ["isolated"], "endpoints": []},
    {"cidr": "10.0.0.0/22", "zones": 3, "endpoints": ["s3", "ecr.api"], "flow_logs": "bucket", "acls": True},
    {"cidr": "10.0.0.0/16", "tiers": {"public": "10.0.0.0/24", "private": "10.0.1.0/24"}},
]


def words(longest: int) -> st.SearchStrategy[str]:
    """Lower-case words of a project's or environment's kind, up to the longest."""
    return st.from_regex(rf"[a-z][a-z0-9]{{1,{longest - 1}}}", fullmatch=True) | st.just("z" * longest)


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text that tags accept, up to the longest."""
    return st.text(TAG_LETTERS, min_size=1, max_size=longest) | st.just("t" * longest)


def numbers(key: str) -> st.SearchStrategy[int]:
    """Values of a whole-number setting, limits among them."""
    setting = SETTING[key]
    return st.integers(setting.minimum, setting.maximum)


@st.composite
def arguments(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments for Settings that it accepts; each is there or left out."""
    required = draw(st.builds(Requirements, bucket_encryption=st.sampled_from(["AES256", "aws:kms", "any"])))
    groups = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=lambda name: re.sub("-(?=[0-9])", "", name)))
    people = draw(st.lists(NAMES, max_size=4, unique_by=lambda name: re.sub("-(?=[0-9])", "", name)))
    every = {
        "project": words(20),
        "environment": words(10) | st.sampled_from(["dev", "staging", "prod"]),
        "owner": texts(64),
        "cost_center": texts(32),
        "data_classification": st.sampled_from(SETTING["data_classification"].allowed),
        "alarm_email": st.sampled_from(["", "ops@example.com", "a" * 119 + "@ab.test"]),
        "access_keys": st.fixed_dictionaries(
            {},
            optional={
                "max_age_days": st.integers(1, 90),
                "grace_days": numbers("access_keys.grace_days"),
                "delete_after_days": numbers("access_keys.delete_after_days"),
                "unused_days": st.integers(1, 45),
            },
        ),
        "log_retention_days": st.sampled_from([365, 3653]),
        "reserve_concurrency": st.booleans(),
        "groups": st.just(
            [{"name": name, "data": draw(st.sampled_from(["none", "read", "write"]))} for name in groups]
        ),
        "tags": TAGS,
        "network": st.sampled_from(NETWORKS),
    }
    chosen: dict[str, Any] = draw(st.fixed_dictionaries({}, optional=every))
    if "environment" in chosen and chosen["environment"] not in ("dev", "staging", "prod"):
        chosen["profile"] = draw(st.sampled_from(["dev", "staging", "prod"]))
    if "groups" in chosen:
        chosen["users"] = [{"name": name, "groups": [draw(st.sampled_from(groups))]} for name in people]
    return {**chosen, "requirements": required}
