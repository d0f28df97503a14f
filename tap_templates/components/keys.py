"""KMS keys of the stack's own: rotated, and usable only as their policy says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import awacs.aws as aws
import awacs.kms as kms_actions
from troposphere import AWSHelperFn, Ref, Sub, encode_to_dict, kms

from tap_templates.errors import PropertyError
from tap_templates.policies import allow, document, extend, from_source, service, this_account
from tap_templates.stack import Stack

DELETION_WINDOWS = range(7, 31)  # KMS developer guide, ScheduleKeyDeletion: days.
DELETION_WINDOW_DAYS = 30  # The longest leaves most time to notice.
THIS_KEY = "*"  # In a key policy, the key that the policy belongs to.

# KMS developer guide, default key policy: what its administrators get, without the use of the key.
ADMINISTRATION = [
    kms_actions.CancelKeyDeletion,
    kms_actions.CreateAlias,
    kms_actions.DeleteAlias,
    kms_actions.DescribeKey,
    kms_actions.DisableKey,
    kms_actions.DisableKeyRotation,
    kms_actions.EnableKey,
    kms_actions.EnableKeyRotation,
    kms_actions.GetKeyPolicy,
    kms_actions.GetKeyRotationStatus,
    kms_actions.ListGrants,
    kms_actions.ListKeyPolicies,
    kms_actions.ListResourceTags,
    kms_actions.PutKeyPolicy,
    kms_actions.RevokeGrant,
    kms_actions.ScheduleKeyDeletion,
    kms_actions.TagResource,
    kms_actions.UntagResource,
    kms_actions.UpdateAlias,
    kms_actions.UpdateKeyDescription,
]
USE = [kms_actions.Decrypt, kms_actions.GenerateDataKey]


class Key(NamedTuple):
    """A KMS key; what is encrypted with it is used through the services that hold it."""

    resource: kms.Key

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the key."""
        return self.resource.get_att("Arn")

    def admit(self, *statements: aws.Statement) -> None:
        """Lets someone else use the key: adds statements to its policy.

        Raises:
            PolicyError: A statement with this ``Sid`` is there.
        """
        extend(self.resource.KeyPolicy, *statements)

    def admits(self, statement: aws.Statement) -> bool:
        """Whether its policy has this very statement."""
        return encode_to_dict(statement) in encode_to_dict(self.resource.KeyPolicy)["Statement"]

    def decrypt(self) -> list[aws.Statement]:
        """Use what is encrypted with the key."""
        return [allow([kms_actions.Decrypt], on=self.arn, sid=f"Decrypt{self.resource.title}")]

    def encrypt(self) -> list[aws.Statement]:
        """Encrypt with the key; services that write in parts also decrypt."""
        return [allow(USE, on=self.arn, sid=f"Encrypt{self.resource.title}")]


def key(
    stack: Stack,
    title: str,
    *,
    purpose: str,
    statements: Sequence[aws.Statement] = (),
    administrators: Sequence[str | AWSHelperFn] = (),
    users: Sequence[str | AWSHelperFn] = (),
    deletion_window_days: int = DELETION_WINDOW_DAYS,
) -> Key:
    """KMS key with yearly rotation and an alias.

    Administration and use are apart: nobody can encrypt or decrypt but ``users`` and who is named by ``statements``.
    Stays when the stack goes.

    Args:
        purpose: What it encrypts, for its description: ``objects in Documents``.
        statements: Further statements of its policy, see ``used_through`` and ``used_by``.
        administrators: ARNs of the roles that administer it; none leaves that to the account's IAM policies. Who
            deploys must be one of them: KMS refuses a policy that its maker cannot change again.
        users: ARNs of the roles that encrypt and decrypt with it directly.
        deletion_window_days: 7 to 30, how long a deletion can be taken back.

    Raises:
        PropertyError: ``deletion_window_days`` is not what KMS takes.

    Source: AWS Security Hub controls KMS.3, KMS.4; CIS AWS Foundations 3.6.
    """
    if deletion_window_days not in DELETION_WINDOWS:
        remedy = f"use {DELETION_WINDOWS[0]} to {DELETION_WINDOWS[-1]} days"
        raise PropertyError(title, "PendingWindowInDays", found=deletion_window_days, remedy=remedy)
    administrator = aws.Principal("AWS", list(administrators)) if administrators else this_account()
    direct = [allow(USE, on=THIS_KEY, to=aws.Principal("AWS", list(users)), sid="Use")] if users else []
    added = stack.add(
        kms.Key(
            title,
            Description=stack.convention.sub(f"{{project}} {{environment}}: {purpose}"),
            EnableKeyRotation=True,
            PendingWindowInDays=deletion_window_days,
            KeyPolicy=document(
                allow(ADMINISTRATION, on=THIS_KEY, to=administrator, sid="Administer"),
                direct,
                statements,
            ),
            **stack.retention,
        ),
        says=f"key for {purpose}",
    )
    stack.add(
        kms.Alias(f"{title}Alias", AliasName=stack.name(title, kms.Alias), TargetKeyId=Ref(added)),
    )
    return Key(added)


def used_through(service_name: str, *, actions: Sequence[aws.Action] = USE) -> aws.Statement:
    """Key policy statement: principals of this account may use the key through one service, as their own policies say.

    Source: KMS developer guide, condition keys kms:ViaService and kms:CallerAccount.
    """
    conditions: dict[str, Any] = {
        "kms:CallerAccount": Ref("AWS::AccountId"),
        "kms:ViaService": Sub(f"{service_name}.${{AWS::Region}}.${{AWS::URLSuffix}}"),
    }
    return allow(
        actions,
        on=THIS_KEY,
        to=this_account(),
        when=aws.StringEquals(conditions),
        sid=f"UseThrough{service_name.upper()}",
    )


def used_by(principal: str, *, when: Any, sid: str, actions: Sequence[aws.Action] = USE) -> aws.Statement:
    """Key policy statement: one AWS service may use the key under conditions."""
    return allow(actions, on=THIS_KEY, to=service(principal), when=when, sid=sid)


def used_for_own(stack: Stack, principal: str, *, sid: str) -> aws.Statement:
    """Key policy statement: one AWS service may use the key on behalf of resources with names of this stack.

    By a pattern, not by the resource's ARN: what it sends to is encrypted with the key, so that a reference back to it
    would close a circle.
    """
    name = principal.partition(".")[0]
    place = "::" if name == "s3" else "${AWS::Region}:${AWS::AccountId}:*"  # A bucket's ARN says neither.
    of_service = f"arn:${{AWS::Partition}}:{name}:{place}{{prefix}}-*-{{suffix}}*"
    return used_by(principal, when=from_source(stack.convention.sub(of_service)), sid=sid)
