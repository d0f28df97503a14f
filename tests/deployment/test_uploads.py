"""Templates that are too long for a request go through a bucket: ours, made as it must be, or one that is named."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tap_templates.deployment import Clients, deploy, uploader
from tap_templates.deployment.uploads import template_argument
from tap_templates.errors import DeploymentError, UsageError

LONG = json.dumps(
    {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}, "Metadata": {f"k{n}": "x" * 1000 for n in range(60)}}
)
BUCKET = "tap-templates-111122223333-us-east-1"


def test_long_template_is_deployed_through_a_bucket_of_our_own(deployment_clients: Clients, stack_name: str) -> None:
    """Private, encrypted with SSE-S3, owner's objects alone, TLS only; made once, and used again."""
    for _ in range(2):
        deployed = deploy(
            LONG,
            stack_name=stack_name,
            client=deployment_clients("cloudformation"),
            upload=uploader(deployment_clients),
            poll_seconds=0.02,
        )
    s3 = deployment_clients("s3")

    assert (deployed.status, deployed.changed) == ("CREATE_COMPLETE", False)
    key = f"{hashlib.sha256(LONG.encode()).hexdigest()}.json"
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix=key)["Contents"]] == [key]
    assert set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    [rule] = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    [statement] = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_bucket_that_is_named_is_used_and_not_made(deployment_clients: Clients) -> None:
    """One that is not there is said, and none comes into being."""
    s3 = deployment_clients("s3")
    s3.create_bucket(Bucket="our-templates")

    assert uploader(deployment_clients, "our-templates")(LONG).startswith(f"{s3.meta.endpoint_url}/our-templates/")
    with pytest.raises(DeploymentError, match="upload of the template into bucket not-there"):
        uploader(deployment_clients, "not-there")(LONG)
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket="not-there")


class Refusing:
    """S3 and STS of an account that may not look at the bucket of our name."""

    class meta:  # noqa: N801
        """As of any client."""

        region_name, endpoint_url, partition = "eu-west-1", "https://s3.eu-west-1.amazonaws.com", "aws"

    def __call__(self, service: str) -> Refusing:
        """The client of a service."""
        return self

    def get_caller_identity(self) -> Any:
        """The account."""
        return {"Account": "111122223333"}

    def head_bucket(self, **_: Any) -> Any:
        """It is somebody else's."""
        raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")


def test_bucket_of_our_name_that_is_somebody_else_s_is_refused() -> None:
    """Nothing is uploaded there."""
    with pytest.raises(DeploymentError, match="bucket tap-templates-111122223333-eu-west-1: found '403: Forbidden'"):
        uploader(Refusing())(LONG)  # type: ignore[arg-type]


def test_size_decides_how_a_template_travels() -> None:
    """As text up to 51,200 bytes, by URL up to 1,000,000, and not at all beyond."""
    assert template_argument("x" * 51_200, lambda body: "url") == {"TemplateBody": "x" * 51_200}
    assert template_argument("x" * 51_201, lambda body: "url") == {"TemplateURL": "url"}
    with pytest.raises(UsageError, match="split the stack"):
        template_argument("x" * 1_000_001, lambda body: "url")
