"""Access keys as AWS treats them: two per user, deleted only by their owner's name, with the time of their last use.

ministack has none of the three, and each matters to a function that rotates keys. Source: IAM user guide, "IAM and
STS quotas"; API reference, DeleteAccessKey and GetAccessKeyLastUsed.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

KEYS_PER_USER = 2
LAST_USED = "_last_used"
DATE_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def install() -> None:
    """Put the three in front of ministack's handlers."""
    from ministack.core import iam_evaluator
    from ministack.services import iam

    create, delete = iam._IAM_HANDLERS["CreateAccessKey"], iam._IAM_HANDLERS["DeleteAccessKey"]
    enforce = iam_evaluator.enforce

    def create_within_quota(p: Any) -> Any:
        user = iam._p(p, "UserName")
        if sum(key["UserName"] == user for key in iam._access_keys.values()) >= KEYS_PER_USER:
            return iam._error(
                409, "LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {KEYS_PER_USER}", ns="iam"
            )
        return create(p)

    def delete_own(p: Any) -> Any:
        user, key_id = iam._p(p, "UserName"), iam._p(p, "AccessKeyId")
        if user and (iam._access_keys.get(key_id) or {}).get("UserName", user) != user:
            return iam._error(404, "NoSuchEntity", f"The Access Key with id {key_id} cannot be found.", ns="iam")
        return delete(p)

    def noting_use(access_key_id: str, action: str, service: str, region: str, *rest: Any, **named: Any) -> Any:
        key = iam._access_keys.get(access_key_id)
        if key is not None:
            key[LAST_USED] = (datetime.now(timezone.utc).strftime(DATE_FORMAT), service, region)
        return enforce(access_key_id, action, service, region, *rest, **named)

    iam._IAM_HANDLERS.update(
        CreateAccessKey=create_within_quota, DeleteAccessKey=delete_own, GetAccessKeyLastUsed=_last_used_of(iam)
    )
    iam_evaluator.enforce = noting_use


def _last_used_of(iam: Any) -> Any:
    never_used = iam._IAM_HANDLERS["GetAccessKeyLastUsed"]

    def last_used(p: Any) -> Any:
        key = iam._access_keys.get(iam._p(p, "AccessKeyId")) or {}
        if LAST_USED not in key:
            return never_used(p)
        when, service, region = key[LAST_USED]
        return iam._xml(
            200,
            "GetAccessKeyLastUsedResponse",
            f"<GetAccessKeyLastUsedResult><UserName>{key['UserName']}</UserName><AccessKeyLastUsed>"
            f"<LastUsedDate>{when}</LastUsedDate><Region>{region}</Region><ServiceName>{service}</ServiceName>"
            "</AccessKeyLastUsed></GetAccessKeyLastUsedResult>",
            ns="iam",
        )

    return last_used
