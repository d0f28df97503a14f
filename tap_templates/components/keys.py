"""KMS keys of the stack's own: rotated, and usable only as their policy says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import awacs.aws as aws
import awacs.kms as kms_actions
from troposphere import AWSHelperFn, Ref, Sub, kms

from tap_templates.policies import allow, document, service, this_account
from tap_templates.stack import Stack

DELETION_WINDOW_DAYS = 30  # KMS developer guide, ScheduleKeyDeletion: 7 to 30; the longest leaves most time to notice.
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
LOGS_KEY = "LogsKey"
# CloudWatch Logs user guide, "Encrypt log data": Encrypt*, Decrypt*, ReEncrypt*, GenerateDataKey*, Describe*.
OF_LOGS = [
    kms_actions.Decrypt,
    kms_actions.DescribeKey,
    kms_actions.Encrypt,
    kms_actions.GenerateDataKey,
    kms_actions.GenerateDataKeyWithoutPlaintext,
    kms_actions.ReEncryptFrom,
    kms_actions.ReEncryptTo,
]


class Key(NamedTuple):
    """A KMS key; what is encrypted with it is used through the services that hold it."""

    resource: kms.Key

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the key."""
        return self.resource.get_att("Arn")

    def decrypt(self) -> list[aws.Statement]:
        """Use what is encrypted with the key."""
        return [allow([kms_actions.Decrypt], on=self.arn, sid=f"Decrypt{self.resource.title}")]

    def encrypt(self) -> list[aws.Statement]:
        """Encrypt with the key; services that write in parts also decrypt."""
        return [allow(USE, on=self.arn, sid=f"Encrypt{self.resource.title}")]


def key(stack: Stack, title: str, *, purpose: str, statements: Sequence[aws.Statement] = ()) -> Key:
    """KMS key with yearly rotation and an alias, administered by the account's IAM policies.

    Administration and use are apart: nobody can encrypt or decrypt but through ``statements``.
    Stays when the stack goes.

    Source: AWS Security Hub controls KMS.3, KMS.4; CIS AWS Foundations 3.6.
    """
    added = stack.add(
        kms.Key(
            title,
            Description=stack.convention.sub(f"{{project}} {{environment}}: {purpose}"),
            EnableKeyRotation=True,
            PendingWindowInDays=DELETION_WINDOW_DAYS,
            KeyPolicy=document(
                allow(ADMINISTRATION, on=THIS_KEY, to=this_account(), sid="Administer"),
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


def logs_key(stack: Stack) -> Key:
    """The key of the stack's log groups, one for all of them: CloudWatch Logs uses it for groups of this stack alone.

    Whoever reads or writes the groups needs it too, through CloudWatch Logs.

    Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    """
    known = stack.template.resources.get(LOGS_KEY)
    if known is not None:
        return Key(known)
    groups = stack.convention.sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:{prefix}-*-{suffix}"
    )
    return key(
        stack,
        LOGS_KEY,
        purpose="log groups",
        statements=[
            allow(
                OF_LOGS,
                on=THIS_KEY,
                to=aws.Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
                when=aws.ArnLike("kms:EncryptionContext:aws:logs:arn", groups),
                sid="UseForLogs",
            ),
            used_through("logs"),
        ],
    )


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
