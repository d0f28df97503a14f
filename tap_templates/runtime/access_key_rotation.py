"""Rotates the access keys of a stack's users; inlined in the template as the code of a Lambda function.

What a run decides
------------------
Once a day, for each user of ``GROUP_NAMES`` whose path is under ``USER_PATH`` (others are reported, not
touched). A key is *stored* when the current version of its user's secret is the one made for it, and *known*
when it is stored or has ever been used. The user is *due* when the older key is older than ``MAX_AGE_DAYS``.
The first row that fits gives the step of the day; the next run continues.

=== ======================== ============================================== ==================================
row keys of the user         and                                            step
=== ======================== ============================================== ==================================
1   any                      ``creating`` noted for less than ``SETTLE``,   none: IAM may not show it yet, or
                             and its key is missing or not known            another run is at work
2   any                      ``creating`` noted, and one key from just      delete that key: nobody has its
                             then is not known                              secret (the next run makes another)
3   any active               not used for ``UNUSED_DAYS`` (counted from     tell, then deactivate (both keys
                             its creation if never used), and not a stored  may have to go)
                             successor whose predecessor is still there
4   none active              otherwise                                      none
5   one, active              due                                            make and store a successor, tell
                                                                            the dates, note ``retiring``
6   old active, new active   new is known; due, or new is stored            tell the dates, note ``retiring``
7   old active, new active   the same, ``retiring`` noted for               deactivate old, tell the date,
                             ``GRACE_DAYS``                                 note ``inactive``
8   one active, one inactive the active one is known; due, or it is the     tell the date, note ``inactive``
                             stored successor
9   one active, one inactive the same, ``inactive`` noted for               delete the inactive one
                             ``DELETE_AFTER_DAYS`` and no use since
10  any                      otherwise                                      none
=== ======================== ============================================== ==================================

What follows from it:

- Both active and both old: the older retires (6, 7, 9), then the other gets a successor (5). They need not
  have the same origin: the newer one counts as known because it has been used.
- Old and active beside one that its owner made and has not used: nothing (10) until it is used (6) or has been
  unused for too long (3, 8, 9, 5).
- Old and active beside an inactive one of any origin: that one frees its place after a notice (8, 9), then 5.
- A successor that its owner switched off is replaced in the same way, and the old key works meanwhile.
- An old key that its owner switched on again gets a new notice and a new period of grace. One that was told to
  go, was switched on and off again, and was used meanwhile, gets a new second period; unused, it goes on the day
  that was told (IAM does not say since when a key is inactive; its last use it says).
- A key that is old and unused gets no successor. A user without keys is left alone.

Why nothing is lost
-------------------
- An active key is switched off only while another one is active and known, or by row 3. An active key is
  deleted only by row 2, an inactive one only while another is active and known.
- Before a key is made, ``creating``, the old key's id and the time are noted in the tag ``KeyRotation`` of the
  user's secret. What was made within ``SKEW`` of that note, is not the old key, was never used, and is not
  stored, comes from a run that could not store it.
- A version of the secret is named by the digest of its key's id (``ClientRequestToken``), so that
  DescribeSecret tells whether a key is stored: no permission to read a value is needed, and none is granted.
- The secret is made without a value; then it gets the policy that lets nobody but its user read it; then
  the value. The policy is compared, and set again if it differs, on every run.
- Notices are sent first and noted afterwards, and periods count from the note: a notice that failed is sent
  by a later run, and no period starts before the owner was told.
- CreateAccessKey is tried once (a second try after a lost answer could make a second key), and only for a user
  who has one key; AWS itself refuses a third.
- Errors are reported by their code. Their text is not: it can repeat what was sent.

Configuration
-------------
``GROUP_NAMES`` (comma separated), ``USER_PATH`` (``/payments/dev/ab12cd34/``), ``SECRET_PREFIX``
(``payments/dev/ab12cd34/access-keys/``), ``TOPIC_ARN``, and optionally ``MAX_AGE_DAYS`` 90, ``GRACE_DAYS`` 7,
``DELETE_AFTER_DAYS`` 7, ``UNUSED_DAYS`` 45, ``TAGS`` (JSON object, tags of the secrets it creates).
The event ``{"dry_run": true}`` returns the steps and takes none.

What it may do: ``ACCESS_KEY_ROTATION`` in ``tap_templates/runtime/permissions.py``.

Source: IAM API reference (CreateAccessKey, LimitExceeded: two keys a user), Secrets Manager API reference
(PutSecretValue: ClientRequestToken becomes the VersionId; DescribeSecret: VersionIdsToStages), IAM user guide,
"Changes that I make are not always immediately visible".
"""

import hashlib
import json
import logging
from datetime import datetime, timedelta, timezone
from functools import cache
from os import environ
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

CREATING, RETIRING, INACTIVE = "creating", "retiring", "inactive"
NOTE_TAG, NOTE_TIME = "KeyRotation", "%Y-%m-%dT%H:%M:%S%z"
SETTLE = timedelta(minutes=15)  # IAM shows a change to every reader well within this.
SKEW = timedelta(minutes=5)  # Between the note and the key's CreateDate: one call, and two clocks.
MARGIN_MILLIS = 60_000  # One call takes at most three tries of 3 + 10 seconds, and the pauses between them.
GOLDEN_RATIO = 0.618034


class Key(NamedTuple):
    """An access key, as IAM and the versions of its user's secret describe it. Sorts by age."""

    created: datetime
    id: str
    active: bool
    used: datetime | None
    stored: bool


class Days(NamedTuple):
    """The four periods; each is configured by its name in capitals with ``_DAYS``."""

    max_age: int = 90
    grace: int = 7
    delete_after: int = 7
    unused: int = 45


def plan(
    keys: list[Key], note: tuple[str, str, datetime], now: datetime, days: Days
) -> list[tuple[str, Key, Key | None]]:
    """The steps of one run for one user: the table above, and nothing but it.

    Args:
        note: Phase, the id of the key that goes, since when.

    Returns:
        What to do, with which key, and the key that its owner works with meanwhile.
    """

    def age(since: datetime) -> float:
        return (now - since) / timedelta(days=1)

    keys, (phase, noted, since) = sorted(keys), note
    active = [key for key in keys if key.active]
    known = [key for key in keys if key.stored or key.used]
    if phase == CREATING:
        lost = [key for key in keys if key.id != noted and key not in known and abs(key.created - since) <= SKEW]
        if (lost or len(keys) < 2) and now - since < SETTLE:
            return []
        if len(lost) == 1:
            return [("delete", lost[0], None)]
    successors = [key for key in keys[1:] if key.stored]
    unused = [key for key in active if age(key.used or key.created) > days.unused and key not in successors]
    if unused or not active:
        return [("unused", key, None) for key in unused]
    due, keep = age(keys[0].created) > days.max_age, active[-1]
    if len(keys) < 2:
        return [("replace", keep, keep)] if due else []
    if keep not in known or not (due or keep in successors):
        return []
    [spare] = {*keys} - {keep}
    told, period, step = INACTIVE, days.delete_after, "delete"
    if spare.active:
        told, period, step = RETIRING, days.grace, "deactivate"
    used_since = told == INACTIVE and spare.used and spare.used > since
    if (phase, noted) != (told, spare.id) or used_since:
        return [(told, spare, keep)]
    return [(step, spare, keep)] if age(since) >= period else []


class Owner:
    """One user of the stack's groups, and the secret that holds their newest key."""

    def __init__(self, name: str, arn: str, now: datetime) -> None:
        self.name, self.arn, self.now = name, arn, now
        # A comma is legal in names of users only, a slash in names of secrets only.
        self.secret = environ["SECRET_PREFIX"] + name.replace(",", "/")
        self.days = Days(*(int(environ.get(f"{k}_days".upper()) or v) for k, v in Days()._asdict().items()))

    def rotate(self, dry_run: bool) -> list[str]:
        """Takes the steps of this run; returns them, for the report."""
        secret: Any = {}
        try:
            secret = client("secretsmanager").describe_secret(SecretId=self.secret)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
        keys = self.keys(secret.get("VersionIdsToStages", {}))
        steps = plan(keys, self.note(secret.get("Tags", ())), self.now, self.days)
        if not dry_run:
            wanted = any(key.active for key in keys) or not secret.get("DeletedDate")
            if any(keep for _, _, keep in steps) or (secret and wanted):
                self.protect(secret)
            for step in steps:
                self.take(*step)
        return [f"{action} {key.id}" for action, key, _ in steps]

    def keys(self, versions: Any) -> list[Key]:
        """The user's keys. Whether one is stored is read from the names of the secret's versions."""
        keys = []
        for key in client("iam").list_access_keys(UserName=self.name)["AccessKeyMetadata"]:
            name = key["AccessKeyId"]
            last = client("iam").get_access_key_last_used(AccessKeyId=name)["AccessKeyLastUsed"]
            stored = "AWSCURRENT" in versions.get(version(name), ())
            keys.append(Key(key["CreateDate"], name, key["Status"] == "Active", last.get("LastUsedDate"), stored))
        return keys

    def note(self, tags: Any) -> tuple[str, str, datetime]:
        """What was noted in the secret's tags; an empty note when there is none, or none that makes sense."""
        try:
            [value] = [tag["Value"] for tag in tags if tag["Key"] == NOTE_TAG]
            phase, key, since = value.split()
            return phase, key, datetime.strptime(since, NOTE_TIME)
        except ValueError:
            return "", "", self.now

    def write_note(self, phase: str, key: Key) -> None:
        """Notes the phase in the secret's tags."""
        tag = {"Key": NOTE_TAG, "Value": f"{phase} {key.id} {self.now:{NOTE_TIME}}"}
        client("secretsmanager").tag_resource(SecretId=self.secret, Tags=[tag])

    def protect(self, secret: Any) -> None:
        """The secret exists, is not about to be deleted, and only its user can read it."""
        secrets = client("secretsmanager")
        if not secret:
            tags = [{"Key": key, "Value": value} for key, value in json.loads(environ.get("TAGS") or "{}").items()]
            secrets.create_secret(Name=self.secret, Tags=tags)
        elif secret.get("DeletedDate"):
            secrets.restore_secret(SecretId=self.secret)
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "secretsmanager:GetSecretValue",
                    "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalArn": self.arn}},
                }
            ],
        }
        found = secrets.get_resource_policy(SecretId=self.secret).get("ResourcePolicy", "{}")
        if json.loads(found) != policy:
            secrets.put_resource_policy(SecretId=self.secret, ResourcePolicy=json.dumps(policy))

    def take(self, step: str, key: Key, keep: Key | None) -> None:
        """Takes one step; what follows it in the same run is what the next run would plan."""
        log(user=self.name, step=step, key=key.id)
        iam, names = client("iam"), {"UserName": self.name, "AccessKeyId": key.id}
        if step == "replace":
            step, keep = RETIRING, self.successor(key)
        if step == "unused":
            self.tell(key, f"was not used for {self.days.unused} days and is deactivated.")
        if step in ("unused", "deactivate"):
            iam.update_access_key(**names, Status="Inactive")
        if step == "delete":
            iam.delete_access_key(**names)
        elif keep:
            self.announce(RETIRING if step == RETIRING else INACTIVE, key, keep)

    def successor(self, old: Key) -> Key:
        """A new key, stored; a note made beforehand lets a later run tell if that failed."""
        self.write_note(CREATING, old)
        key = client("iam", 1).create_access_key(UserName=self.name)["AccessKey"]
        new = key["AccessKeyId"]
        value = json.dumps({"AccessKeyId": new, "SecretAccessKey": key["SecretAccessKey"]})
        client("secretsmanager").put_secret_value(
            SecretId=self.secret, ClientRequestToken=version(new), SecretString=value
        )
        return old._replace(id=new, stored=True)

    def announce(self, phase: str, key: Key, keep: Key) -> None:
        """Tells when the key goes and what to use instead, then notes that this was told."""
        grace = self.days.grace if phase == RETIRING else 0
        off, gone = (self.now + timedelta(days=days) for days in (grace, grace + self.days.delete_after))
        where = f", stored in Secrets Manager as {self.secret}" if keep.stored else ""
        self.tell(key, f"is inactive from {off:%Y-%m-%d} and deleted on {gone:%Y-%m-%d}. Use {keep.id}{where}.")
        self.write_note(phase, key)

    def tell(self, key: Key, text: str) -> None:
        """Publishes to the topic; the attribute ``user`` is for filter policies."""
        client("sns").publish(
            TopicArn=environ["TOPIC_ARN"],
            Subject=f"Access key of {self.name}",
            Message=f"Access key {key.id} of {self.name} {text}",
            MessageAttributes={"user": {"DataType": "String", "StringValue": self.name}},
        )


@cache
def client(service: Any, attempts: int = 3) -> Any:
    """A client that gives up in time."""
    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    return boto3.client(service, config=Config(connect_timeout=3, read_timeout=10, retries=retries))


def version(key_id: str) -> str:
    """The version of the secret that holds this key."""
    return hashlib.sha256(key_id.encode()).hexdigest()


def error_code(error: Exception) -> str:
    """What may be said of an error: its code or its type, never its text."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__


def log(**record: Any) -> None:
    """One line of JSON."""
    print(json.dumps(record))


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Runs once over all users; raises at the end if any could not be handled, naming users and error codes.

    Starts every day at another user, so that the end of the list has its turn even if no run gets through. Steps
    of the golden ratio leave no gap: if a run gets through a part p of the list, nobody waits longer than 3 / p days.
    """
    logging.disable(logging.DEBUG)  # At that level botocore logs answers, also the one of CreateAccessKey.
    now = datetime.now(timezone.utc)
    users: dict[str, str] = {}
    steps: dict[str, list[str]] = {}
    failures: dict[str, str] = {}
    for group in environ["GROUP_NAMES"].split(","):
        try:
            for page in client("iam").get_paginator("get_group").paginate(GroupName=group):
                users.update((user["UserName"], user["Arn"]) for user in page["Users"])
        except Exception as error:
            failures[f"group {group}"] = error_code(error)
    names = sorted(user for user in users if f":user{environ['USER_PATH']}" in users[user])
    start = int(now.timestamp() // 86400 * GOLDEN_RATIO % 1 * len(names))
    for user in names[start:] + names[:start]:
        try:
            if context.get_remaining_time_in_millis() < MARGIN_MILLIS:
                raise TimeoutError
            steps[user] = Owner(user, users[user], now).rotate(event.get("dry_run", False))
        except Exception as error:
            if (code := error_code(error)) != "NoSuchEntity":  # Else user or key were deleted meanwhile.
                failures[user] = code
    report = {"steps": {k: v for k, v in steps.items() if v}, "outside": sorted(users.keys() - names)}
    log(**report, users=len(names), failures=failures)
    if failures:
        raise RuntimeError(json.dumps(failures))
    return report
