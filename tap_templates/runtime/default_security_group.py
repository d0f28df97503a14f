"""Closes the default security group of a VPC; inlined in the template as the code of a custom resource's function.

A VPC comes with a security group that nobody can delete, and that whatever names no other group gets. CloudFormation
cannot state its rules, so this does:

=========  =======================================================================================================
Create     Every rule of ``GroupId`` is revoked, until a look at the group finds none.
Update     The same. Another group is another resource (its id is the physical id): CloudFormation deletes the old.
Delete     The rules that AWS gives to a new VPC come back: all from the group itself, all to everywhere.
=========  =======================================================================================================

Why CloudFormation always gets its answer
-----------------------------------------
- Whatever is raised, is answered as ``FAILED`` with its code; its text is not sent.
- A fault of AWS's is tried again for a while: a role that was made just now may not be known everywhere yet.
- A timer answers ``FAILED`` when the function's time is nearly up, whatever the run waits for; it is given once.
- An answer that cannot be sent is tried again, and then fails the run. Lambda repeats a run that failed, or whose
  process ended, twice; every step can be repeated, also beside another run, so that the repetition does and answers
  the same.

What it may do: ``DEFAULT_SECURITY_GROUP`` in ``tap_templates/runtime/permissions.py``.

Source: CloudFormation user guide, "Custom resource response objects"; EC2 API reference, RevokeSecurityGroupEgress
("we recommend that you describe the security group to verify that the rules were removed"), error codes
InvalidPermission.NotFound, InvalidPermission.Duplicate and InvalidGroup.NotFound; VPC user guide, "Default security
groups for your VPCs".
"""

import json
from functools import cache
from threading import Lock, Timer
from time import sleep
from typing import Any
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

TRIES, PAUSE_SECONDS = 6, 4
MARGIN_SECONDS = 30  # An answer takes at most three tries of five seconds, and the pauses between them.
SIDES = (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress"))


class Answer:
    """CloudFormation's request, and the one answer to it."""

    def __init__(self, event: Any) -> None:
        self.event, self.lock, self.given = event, Lock(), False

    def give(self, status: str, reason: str = "") -> None:
        """Sends the answer; only the first counts."""
        with self.lock:
            if not self.given:
                self.send(status, reason)
                self.given = True

    def send(self, status: str, reason: str) -> None:
        """Puts the answer where CloudFormation reads it."""
        event = self.event
        group = event.get("ResourceProperties", {}).get("GroupId") or event["LogicalResourceId"]
        answer = {
            **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
            "PhysicalResourceId": event["PhysicalResourceId"] if event["RequestType"] == "Delete" else group,
            "Status": status,
            "Reason": reason,
        }
        print(json.dumps(answer))
        url, data = event["ResponseURL"], json.dumps(answer).encode()
        for left in reversed(range(3)):
            try:
                request = Request(url, data, {"Content-Type": ""}, method="PUT")  # noqa: S310  CloudFormation's own
                urlopen(request, timeout=5).close()  # noqa: S310
                return
            except OSError:
                if not left:
                    raise
                sleep(PAUSE_SECONDS)


def settle(answer: Answer, work: Any, group: str) -> None:
    """Works until it is done, or until the timer has answered."""
    for left in reversed(range(TRIES)):
        try:
            if answer.given or work(group):
                return
            if not left:
                raise TimeoutError
        except Exception:
            if not left:
                raise
        sleep(PAUSE_SECONDS)


def close(group: str) -> bool:
    """Revokes all rules; done when a look finds none. What another run revoked meanwhile is no fault."""
    rules = rules_of(group)
    for side, permissions in rules:
        change("revoke", side, group, permissions, "InvalidPermission.NotFound")
    return not rules or not rules_of(group)


def rules_of(group: str) -> Any:
    """The rules that a look at the group finds, by their side."""
    [found] = client().describe_security_groups(GroupIds=[group])["SecurityGroups"]
    return [(side, found[key]) for side, key in SIDES if found[key]]


def restore(group: str) -> bool:
    """Gives the group the rules of a new VPC; one that is gone needs none."""
    owners: dict[str, Any] = {
        "ingress": {"UserIdGroupPairs": [{"GroupId": group}]},
        "egress": {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    }
    for side, owner in owners.items():
        permissions = [{"IpProtocol": "-1", **owner}]
        change("authorize", side, group, permissions, "InvalidPermission.Duplicate", "InvalidGroup.NotFound")
    return True


def change(verb: str, side: str, group: str, permissions: Any, *done: str) -> None:
    """Revokes or authorizes rules; codes that say that nothing is left to do are no faults."""
    try:
        getattr(client(), f"{verb}_security_group_{side}")(GroupId=group, IpPermissions=permissions)
    except ClientError as error:
        if error_code(error) not in done:
            raise


@cache
def client() -> Any:
    """A client that gives up in time."""
    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    return boto3.client("ec2", config=Config(connect_timeout=3, read_timeout=10, retries=retries))


def error_code(error: BaseException) -> str:
    """What may be said of an error: its code or its type, never its text."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__


def handler(event: Any, context: Any) -> None:
    """Does what CloudFormation asks for, and answers."""
    answer = Answer(event)
    seconds = context.get_remaining_time_in_millis() / 1000 - MARGIN_SECONDS
    timer = Timer(seconds, answer.give, ("FAILED", "NearTimeout"))
    timer.daemon = True
    timer.start()
    try:
        work = restore if event["RequestType"] == "Delete" else close
        settle(answer, work, event["ResourceProperties"]["GroupId"])
    except BaseException as error:
        answer.give("FAILED", error_code(error))
    else:
        answer.give("SUCCESS")
    finally:
        timer.cancel()
