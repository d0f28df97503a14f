"""The audit trail: what was done in the account, kept where it can be read and cannot be changed unseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import awacs.aws as aws
import awacs.kms as kms_actions
import awacs.logs as logs_actions
import awacs.s3 as s3_actions
from troposphere import AWSHelperFn, GetAtt, Ref, Sub, cloudtrail

from tap_templates.components.identity import service_role
from tap_templates.components.keys import THIS_KEY, USE, Key, key, used_by
from tap_templates.components.logs import LogGroup, log_group
from tap_templates.components.storage import Bucket, data_bucket
from tap_templates.policies import allow, from_source, service, this_account
from tap_templates.requirements import KMS
from tap_templates.stack import Stack

CLOUDTRAIL = "cloudtrail.amazonaws.com"


class Trail(NamedTuple):
    """The trail, the bucket its files lie in, the log group it writes, and the key of its files, if any."""

    stack: Stack
    resource: cloudtrail.Trail
    bucket: Bucket
    log_group: LogGroup
    key: Key | None

    def read(self) -> list[aws.Statement]:
        """Read and list the trail's files, and read its log group."""
        return [
            *self.bucket.read(),
            *self.bucket.list(),
            *self.log_group.read(),
            *(self.key.decrypt() if self.key else []),
        ]


def audit_trail(stack: Stack, *, access_logs: Bucket, watched: Sequence[Bucket] = ()) -> Trail:
    """Multi-region trail with file validation, its own bucket and a log group, and object-level events of ``watched``.

    Its files are encrypted as ``trail_encryption`` says. Bucket, log group and key stay when the stack goes. Where the
    bucket has a key too, CloudTrail may use it for what it delivers without naming an encryption.

    Source: CIS AWS Foundations 3.1 to 3.8; Security Hub controls CloudTrail.1, .2, .4, .5, .7.
    """
    trail_arn = _trail_arn(stack)
    encrypts = stack.requirements.trail_encryption == KMS
    bucket = data_bucket(
        stack,
        "TrailBucket",
        access_logs=access_logs,
        says="bucket for the trail's files",
        statements=_delivery("TrailBucket", trail_arn),
        key_statements=[
            used_by(CLOUDTRAIL, when=from_source(trail_arn), sid="UseForTrail", actions=[*USE, kms_actions.DescribeKey])
        ],
        # CloudTrail names AES256 or, for a trail with a key, that key; neither need be the bucket's default.
        delivered_by=CLOUDTRAIL if encrypts or stack.requirements.bucket_algorithm == KMS else None,
    )
    own_key = _trail_key(stack, trail_arn) if encrypts else None
    written = log_group(stack, "TrailLog", says="log group of the trail")
    delivered = Sub(f"${{{written.title}.Arn}}")
    writing = allow([logs_actions.CreateLogStream, logs_actions.PutLogEvents], on=delivered, sid="DeliverTrail")
    role = service_role(
        stack, "TrailRole", service=CLOUDTRAIL, statements=[writing], description="Delivers the trail to its log group"
    )
    trail = stack.add(
        cloudtrail.Trail(
            "Trail",
            TrailName=stack.name("Trail", cloudtrail.Trail),
            S3BucketName=Ref(bucket.resource),
            IsLogging=True,
            IsMultiRegionTrail=True,
            IncludeGlobalServiceEvents=True,
            EnableLogFileValidation=True,
            CloudWatchLogsLogGroupArn=written.arn,
            CloudWatchLogsRoleArn=GetAtt(role.resource, "Arn"),
            EventSelectors=[_selector(watched)],
            **({"KMSKeyId": own_key.arn} if own_key else {}),
            DependsOn=["TrailBucketPolicy", *role.policy_titles],
        ),
        says="audit trail",
    )
    return Trail(stack, trail, bucket, written, own_key)


def _trail_arn(stack: Stack) -> AWSHelperFn:
    """The trail's ARN from its name: the bucket's policy comes before the trail and cannot refer to it."""
    name = "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/{prefix}-trail-{suffix}"
    arn: AWSHelperFn = stack.convention.sub(name)
    return arn


def _delivery(title: str, trail_arn: AWSHelperFn) -> list[aws.Statement]:
    """Bucket policy statements without which CreateTrail is refused.

    Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail".
    """
    to = service(CLOUDTRAIL)
    files = Sub(f"${{{title}.Arn}}/AWSLogs/${{AWS::AccountId}}/*")
    owned = aws.StringEquals({aws.SourceAccount: Ref("AWS::AccountId"), "s3:x-amz-acl": "bucket-owner-full-control"})
    delivering = [owned, aws.ArnLike(aws.SourceArn, trail_arn)]
    check = allow(
        [s3_actions.GetBucketAcl], on=GetAtt(title, "Arn"), to=to, when=from_source(trail_arn), sid="TrailAclCheck"
    )
    return [check, allow([s3_actions.PutObject], on=files, to=to, when=delivering, sid="TrailDelivery")]


def _trail_key(stack: Stack, trail_arn: AWSHelperFn) -> Key:
    """Key of the trail's files: the trail encrypts, and whoever their own policies allow decrypts.

    Source: CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail"; CIS AWS Foundations 3.5.
    """
    trail = service(CLOUDTRAIL)
    when = from_source(trail_arn)
    files = aws.StringLike("kms:EncryptionContext:aws:cloudtrail:arn", trail_arn)
    reading = [aws.StringEquals("kms:CallerAccount", Ref("AWS::AccountId")), files]
    return key(
        stack,
        "TrailKey",
        purpose="the trail's files",
        statements=[
            allow([kms_actions.GenerateDataKey], on=THIS_KEY, to=trail, when=[*when, files], sid="EncryptTrail"),
            allow([kms_actions.DescribeKey], on=THIS_KEY, to=trail, when=when, sid="DescribeForTrail"),
            allow([kms_actions.Decrypt], on=THIS_KEY, to=this_account(), when=reading, sid="DecryptTrail"),
        ],
    )


def _selector(watched: Sequence[Bucket]) -> cloudtrail.EventSelector:
    objects = [Sub(f"${{{bucket.title}.Arn}}/") for bucket in watched]
    data = {"DataResources": [cloudtrail.DataResource(Type="AWS::S3::Object", Values=objects)]} if objects else {}
    return cloudtrail.EventSelector(ReadWriteType="All", IncludeManagementEvents=True, **data)
