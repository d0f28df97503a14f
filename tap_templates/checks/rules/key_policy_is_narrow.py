"""E9409: a key's policy gives all of KMS to nobody but the account itself, and nothing to a wildcard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.closing import is_closed
from tap_templates.checks.policies import RESOURCE, Statement, StatementRule, is_every_action, known_text
from tap_templates.checks.resource_policies import both, is_undecided
from tap_templates.checks.rule import Example, Verdict, verdict
from tap_templates.checks.trust import ORGANIZATION, is_own_account
from tap_templates.checks.values import arn_parts, as_text
from tap_templates.checks.view import PLACEHOLDER, View

KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
ROOT = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
OPEN = "name the account's root, which its IAM policies then narrow"


def _key(action: Any) -> dict[str, Any]:
    worker = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/worker"}}
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": worker, "Action": action, "Resource": "*"},
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    return {"Resources": {"Orders": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}}}


class KeyPolicyIsNarrow(StatementRule):
    """``kms:*`` to the root of the key's own account is AWS's default policy: it hands the key to the account's IAM.

    A wildcard principal is a violation, even where a condition closes it, with one exception: an organization cannot be
    named as principal. Whether a wildcard is open to the public is E9208's.
    """

    id = "E9409"
    shortdesc = "A key's policy is narrow"
    description = "No Allow of a key's policy has kms:* for others than the account's root, or a wildcard principal."
    why = "kms:* includes changing the policy and deleting the key, and with it all that the key encrypts."
    fix = "name the actions that are needed"
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
    kinds = (RESOURCE,)
    example = Example(failing=_key("kms:*"), passing=_key(["kms:Decrypt", "kms:GenerateDataKey"]))

    def judge_allow(self, statement: Statement) -> Iterator[Verdict]:
        """One verdict for each action and each principal."""
        if statement.policy.type not in KEYS:
            return
        view = statement.policy.view
        principals = list(statement.principals())
        to_root = both(kind == "AWS" and _is_own_root(view, found.value) for kind, found in principals)
        for found in statement.values("Action"):
            text = known_text(found.value)
            yield verdict(found, None if text is None else to_root if is_every_action(text) else True, self.fix)
        for _, found in principals:
            wild = found.value == "*"
            closed = is_closed(view, statement.body, by=ORGANIZATION) if wild else True
            yield verdict(found, None if found.is_unknown and _is_open(view, found.value) else closed, OPEN)


def _is_own_root(view: View, value: Any) -> bool | None:
    """Whether a principal is the root of the key's own account; None where only AWS knows."""
    own = is_own_account(view, value)
    text = as_text(value)
    if text.startswith("arn:") and arn_parts(text)[-1] != "root":
        return False
    return own if view.referred(value) is None else False


def _is_open(view: View, value: Any) -> bool:
    text = as_text(value)
    return bool(PLACEHOLDER.fullmatch(text)) and is_undecided(view, text)
