"""What goes into a bucket of the account's own first: templates too long for a request, and archives of code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from tap_templates.deployment.clients import Clients, aws_errors
from tap_templates.errors import UsageError
from tap_templates.stack.assets import BY_CONVENTION
from tap_templates.stack.limits import LARGEST_BODY_BYTES, LARGEST_TEMPLATE_BYTES

Upload = Callable[[str], str]


def uploader(clients: Clients, bucket: str | None = None) -> Upload:
    """A function that uploads a template and returns its URL, for ``deploy``.

    Without a bucket of one's own it is ``tap-templates-ACCOUNT-REGION``, made when it is not there: private, encrypted
    with SSE-S3, TLS only. One object for each template, named by its digest.

    Raises (the function):
        DeploymentError: AWS refused the upload.
    """

    def upload(body: str) -> str:
        key = f"{hashlib.sha256(body.encode()).hexdigest()}.json"
        return put(clients, key, body.encode(), bucket=bucket, what="the template")

    return upload


def put(clients: Clients, key: str, data: bytes, *, bucket: str | None, what: str) -> str:
    """Uploads one object, into a bucket of this account's, and returns its URL; without a bucket into the usual one.

    Raises:
        DeploymentError: AWS refused the upload.
    """
    s3, sts = clients("s3"), clients("sts")
    region = s3.meta.region_name
    with aws_errors(f"upload of {what}"):
        account = sts.get_caller_identity()["Account"]
    place = bucket or BY_CONVENTION.format(account=account, region=region)
    with aws_errors(f"upload of {what} into bucket {place}"):
        if bucket is None:
            _make_bucket(s3, place, account, region)
        s3.put_object(Bucket=place, Key=key, Body=data, ExpectedBucketOwner=account)
    return f"{s3.meta.endpoint_url}/{place}/{key}"


def template_argument(body: str, upload: Upload) -> dict[str, str]:
    """The argument of a call that carries the template: its text, or the URL of its upload when it is too long.

    Raises:
        UsageError: Larger than CloudFormation takes at all.
    """
    size = len(body.encode())
    if size > LARGEST_TEMPLATE_BYTES:
        remedy = f"CloudFormation takes {LARGEST_TEMPLATE_BYTES} at most: split the stack"
        raise UsageError("template", found=f"{size} bytes", remedy=remedy)
    return {"TemplateBody": body} if size <= LARGEST_BODY_BYTES else {"TemplateURL": upload(body)}


def _make_bucket(s3: Any, bucket: str, account: str, region: str) -> None:
    """The bucket as it must be; a bucket of that name which is someone else's is refused by AWS."""
    from botocore.exceptions import ClientError

    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
        return
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
    # S3 API reference, CreateBucket: us-east-1 is the one region that must not be named.
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, ObjectOwnership="BucketOwnerEnforced", **place)
    every = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(every, True))
    by_default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [by_default]})
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_tls_only(bucket, s3.meta.partition)))


def _tls_only(bucket: str, partition: str) -> dict[str, Any]:
    arn = f"arn:{partition}:s3:::{bucket}"
    statement = {
        "Sid": "DenyPlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
