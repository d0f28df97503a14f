"""Buckets: encrypted as required, private, versioned, logged, and closed to anything but current TLS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import awacs.aws as aws
import awacs.s3 as s3_actions
from troposphere import AWSHelperFn, GetAtt, Ref, Sub, s3

from tap_templates.components.keys import Key, key, used_through
from tap_templates.policies import allow, anyone, deny, document, extend, from_source, service
from tap_templates.requirements import AES256, KMS
from tap_templates.stack import Stack

ABORT_UPLOAD_DAYS = 7
ACCESS_LOG_DAYS = 400  # A year and a month, so that the same month of last year can be compared.
LOG_TRANSITION_DAYS = 90
SSE_HEADER = "s3:x-amz-server-side-encryption"
SSE_KEY_HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id"
SSE_C_HEADER = "s3:x-amz-server-side-encryption-customer-algorithm"
SERVICE_NAME = "aws:PrincipalServiceName"  # Of the AWS service that calls; missing where anyone else does.


class Bucket(NamedTuple):
    """A bucket, the verbs that grant access to its objects, and the key it is encrypted with, if any."""

    stack: Stack
    resource: s3.Bucket
    key: Key | None = None

    @property
    def title(self) -> str:
        """Logical id of the bucket."""
        return str(self.resource.title)

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the bucket itself."""
        return GetAtt(self.resource, "Arn")

    def objects(self, prefix: str = "") -> AWSHelperFn:
        """ARN of the objects under a prefix, for example ``reports/``; all of them without one."""
        return Sub(f"${{{self.title}.Arn}}/{prefix}*")

    def read(self, prefix: str = "") -> list[aws.Statement]:
        """Read objects and their versions under a prefix."""
        actions = [s3_actions.GetObject, s3_actions.GetObjectVersion]
        own = allow(actions, on=self.objects(prefix), sid=self._sid("Read", prefix))
        return [own, *(self.key.decrypt() if self.key else [])]

    def write(self, prefix: str = "") -> list[aws.Statement]:
        """Write objects under a prefix, in parts too."""
        actions = [s3_actions.PutObject, s3_actions.AbortMultipartUpload]
        own = allow(actions, on=self.objects(prefix), sid=self._sid("Write", prefix))
        return [own, *(self.key.encrypt() if self.key else [])]

    def delete(self, prefix: str = "") -> list[aws.Statement]:
        """Delete objects under a prefix; their versions stay until the lifecycle removes them."""
        return [allow([s3_actions.DeleteObject], on=self.objects(prefix), sid=self._sid("Delete", prefix))]

    def list(self, prefix: str = "") -> list[aws.Statement]:
        """List what is under a prefix."""
        when = aws.StringLike("s3:prefix", f"{prefix}*") if prefix else None
        return [allow([s3_actions.ListBucket], on=self.arn, when=when, sid=self._sid("List", prefix))]

    def admit(self, *statements: aws.Statement) -> None:
        """Lets someone else use the bucket: adds statements to its policy.

        Raises:
            PolicyError: A statement with this ``Sid`` is there.
        """
        extend(self.stack.template.resources[f"{self.title}Policy"].PolicyDocument, *statements)

    def _sid(self, verb: str, prefix: str) -> str:
        return f"{verb}{self.title}{''.join(letter for letter in prefix.title() if letter.isalnum())}"


def access_log_bucket(stack: Stack, title: str = "AccessLogs") -> Bucket:
    """Private bucket that receives the access logs of the stack's other buckets, and of no one else's.

    Always SSE-S3: log delivery cannot write to a bucket whose default encryption uses a KMS key.
    Stays when the stack goes.

    Source: Amazon S3 user guide, enabling server access logging; Security Hub controls S3.1, S3.5, S3.8, S3.13.
    """
    bucket = _bucket(
        stack,
        title,
        says="bucket for access logs",
        encryption=_sse(AES256),
        lifecycle=[
            s3.LifecycleRule(
                Id="expire-access-logs",
                Status="Enabled",
                ExpirationInDays=ACCESS_LOG_DAYS,
                Transitions=[
                    s3.LifecycleRuleTransition(StorageClass="STANDARD_IA", TransitionInDays=LOG_TRANSITION_DAYS)
                ],
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=ABORT_UPLOAD_DAYS),
                AbortIncompleteMultipartUpload=_abort_uploads(),
            )
        ],
    )
    handle = Bucket(stack, bucket)
    own_buckets = stack.convention.sub("arn:${AWS::Partition}:s3:::{prefix}-*-{suffix}")
    _bucket_policy(
        handle,
        AES256,
        allow(
            [s3_actions.PutObject],
            on=handle.objects(),
            to=service("logging.s3.amazonaws.com"),
            when=from_source(own_buckets),
            sid="LogDelivery",
        ),
    )
    return handle


def data_bucket(
    stack: Stack,
    title: str,
    *,
    access_logs: Bucket,
    says: str = "bucket for data",
    statements: Sequence[aws.Statement] = (),
    key_statements: Sequence[aws.Statement] = (),
    delivered_by: str | None = None,
) -> Bucket:
    """Private, versioned bucket for business data, encrypted as the requirements say.

    Objects move to Intelligent-Tiering, and replaced ones expire, after the days of the environment's profile.
    Stays when the stack goes or when CloudFormation replaces it. ``statements`` join its bucket policy,
    ``key_statements`` the policy of its key, where it has one. ``delivered_by`` is a service that chooses by itself how
    what it delivers is encrypted.

    Source: AWS Security Hub controls S3.1, S3.5, S3.8, S3.9, S3.13, S3.14, S3.17.
    """
    stack.check_free(title)
    algorithm = stack.requirements.bucket_algorithm
    own_key = None
    if algorithm == KMS:
        using = [used_through("s3"), *key_statements]
        own_key = key(stack, f"{title}Key", purpose=f"objects in {title}", statements=using)
    bucket = _bucket(
        stack,
        title,
        says=says,
        encryption=_sse(algorithm, own_key, bucket_key=delivered_by is None),
        logging=s3.LoggingConfiguration(DestinationBucketName=Ref(access_logs.resource), LogFilePrefix=f"{title}/"),
        lifecycle=[
            s3.LifecycleRule(
                Id="keep-what-is-current",
                Status="Enabled",
                Transitions=[
                    s3.LifecycleRuleTransition(
                        StorageClass="INTELLIGENT_TIERING", TransitionInDays=stack.per_environment("transition_days")
                    )
                ],
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(
                    NoncurrentDays=stack.per_environment("noncurrent_version_days")
                ),
                AbortIncompleteMultipartUpload=_abort_uploads(),
            )
        ],
    )
    handle = Bucket(stack, bucket, own_key)
    _bucket_policy(handle, algorithm, *statements, delivered_by=delivered_by)
    return handle


def _bucket(
    stack: Stack,
    title: str,
    *,
    says: str,
    encryption: s3.BucketEncryption,
    lifecycle: list[s3.LifecycleRule],
    logging: Any = None,
) -> s3.Bucket:
    return stack.add(
        s3.Bucket(
            title,
            BucketName=stack.name(title, s3.Bucket),
            BucketEncryption=encryption,
            LifecycleConfiguration=s3.LifecycleConfiguration(Rules=lifecycle),
            **({"LoggingConfiguration": logging} if logging else {}),
            OwnershipControls=s3.OwnershipControls(
                Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
            ),
            PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
                BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
            ),
            VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
            **stack.retention,
        ),
        says=says,
    )


def _bucket_policy(bucket: Bucket, algorithm: str, *statements: aws.Statement, delivered_by: str | None = None) -> None:
    bucket.stack.add(
        s3.BucketPolicy(
            f"{bucket.title}Policy",
            Bucket=Ref(bucket.resource),
            PolicyDocument=document(
                _deny_plain_http(bucket),
                _deny_old_tls(bucket),
                _deny_other_encryption(bucket, algorithm, delivered_by),
                statements,
            ),
        )
    )


def _deny_plain_http(bucket: Bucket) -> aws.Statement:
    return deny(
        "s3:*",
        on=[bucket.arn, bucket.objects()],
        to=anyone(),
        when=aws.Bool(aws.SecureTransport, "false"),
        sid="DenyPlainHttp",
    )


def _deny_old_tls(bucket: Bucket) -> aws.Statement:
    return deny(
        "s3:*",
        on=[bucket.arn, bucket.objects()],
        to=anyone(),
        when=aws.NumericLessThan("s3:TlsVersion", bucket.stack.requirements.tls_floor),
        sid="DenyOldTls",
    )


def _deny_other_encryption(bucket: Bucket, algorithm: str, delivered_by: str | None) -> list[aws.Statement]:
    """A PUT may leave the encryption to the bucket's default or name the same one; nothing else.

    ``…NotEquals`` also holds where its key is missing, hence the Null test beside it. A PUT that names ``aws:kms``
    without a key gets the key that AWS manages, not the bucket's, so it has to name the bucket's.

    Source: S3 API reference, PutObject, x-amz-server-side-encryption-aws-kms-key-id.
    """
    named = aws.Null(SSE_HEADER, "false")
    other = {SSE_HEADER: algorithm, **({SERVICE_NAME: delivered_by} if delivered_by else {})}
    statements = [
        _deny_put(bucket, "DenyOtherEncryption", [aws.StringNotEquals(other), named]),
        _deny_put(bucket, "DenyCustomerKeys", [aws.Null(SSE_C_HEADER, "false")]),
    ]
    if bucket.key:
        other_key: list[aws.ConditionElement] = [aws.ArnNotEquals(SSE_KEY_HEADER, bucket.key.arn), named]
        if delivered_by:
            other_key.append(aws.StringNotEquals(SERVICE_NAME, delivered_by))
        statements.append(_deny_put(bucket, "DenyOtherKeys", other_key))
    return statements


def _deny_put(bucket: Bucket, sid: str, when: list[aws.ConditionElement]) -> aws.Statement:
    return deny([s3_actions.PutObject], on=bucket.objects(), to=anyone(), when=when, sid=sid)


def _sse(algorithm: str, own_key: Key | None = None, *, bucket_key: bool = True) -> s3.BucketEncryption:
    """Default encryption; with a bucket key, which saves calls, KMS sees the bucket and not what a service says of it.

    Source: Amazon S3 user guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys", encryption context.
    """
    if own_key is None:
        by_default = s3.ServerSideEncryptionByDefault(SSEAlgorithm=algorithm)
        rule = s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=by_default)
    else:
        by_default = s3.ServerSideEncryptionByDefault(SSEAlgorithm=algorithm, KMSMasterKeyID=own_key.arn)
        rule = s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=by_default, BucketKeyEnabled=bucket_key)
    return s3.BucketEncryption(ServerSideEncryptionConfiguration=[rule])


def _abort_uploads() -> s3.AbortIncompleteMultipartUpload:
    return s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=ABORT_UPLOAD_DAYS)
