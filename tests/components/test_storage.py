"""Buckets: what they are made of, and what their policies decide."""

from __future__ import annotations

from typing import Any

import pytest
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.iam_evaluator import ALLOWED, DENIED, NOT_ALLOWED, Request, decision
from support.resolved_template import ACCOUNT, OTHER_ACCOUNT, Resolved, template_resources
from troposphere import encode_to_dict

from tap_templates.components.storage import Bucket, access_log_bucket, data_bucket
from tap_templates.settings import Settings
from tap_templates.stack import Stack

LOGS, DOCUMENTS = "payments-prod-logs-ab12cd34", "payments-prod-documents-ab12cd34"
ME = f"arn:aws:iam::{ACCOUNT}:user/payments/prod/ab12cd34/me"
SSE, SSE_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
SSE_C = "s3:x-amz-server-side-encryption-customer-algorithm"
OWN_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/documentskey"
SECURE = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}


def stack_with_buckets(settings: Settings) -> tuple[Stack, Bucket, Bucket]:
    """A stack with a bucket for access logs and one for data."""
    stack = Stack(settings)
    logs = access_log_bucket(stack, "Logs")
    return stack, logs, data_bucket(stack, "Documents", access_logs=logs)


def resolved(bucket: str = "AES256", **requirements: Any) -> Resolved:
    """The same as AWS sees it, with everything fixed."""
    return Resolved(stack_with_buckets(fixed(bucket=bucket, requirements=requirements))[0].to_dict())


def policy_of(template: Resolved, title: str) -> Any:
    """The policy of one bucket."""
    return template.properties(f"{title}Policy")["PolicyDocument"]


def put(name: str = DOCUMENTS, **context: str) -> Request:
    """A PUT of an object by a principal of the account, over TLS."""
    headers = {key.replace("__", ":"): value for key, value in context.items()}
    return Request("s3:PutObject", f"arn:aws:s3:::{name}/a", arn=ME, context={**SECURE, **headers})


def test_data_bucket_with_everything_fixed() -> None:
    """Where AES-256 is required, a bucket has exactly these properties."""
    assert untagged(stack_with_buckets(fixed())[0].to_dict()["Resources"]["Documents"]) == {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "BucketName": fixed_name("documents"),
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "keep-what-is-current",
                        "Status": "Enabled",
                        "Transitions": [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 90}],
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 365},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    }
                ]
            },
            "LoggingConfiguration": {"DestinationBucketName": {"Ref": "Logs"}, "LogFilePrefix": "Documents/"},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "VersioningConfiguration": {"Status": "Enabled"},
        },
    }


def test_access_log_bucket_with_everything_fixed() -> None:
    """The bucket for access logs is as closed, expires its files, and logs to no one."""
    assert untagged(stack_with_buckets(fixed())[0].to_dict()["Resources"]["Logs"]) == {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "BucketName": fixed_name("logs"),
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "expire-access-logs",
                        "Status": "Enabled",
                        "ExpirationInDays": 400,
                        "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 90}],
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    }
                ]
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "VersioningConfiguration": {"Status": "Enabled"},
        },
    }


@pytest.mark.parametrize("required", ["AES256", "any"])
def test_no_kms_key_where_none_is_required(required: str) -> None:
    """With AES256, and with any, no bucket names a KMS key and the template has none."""
    stack, _, documents = stack_with_buckets(fixed(bucket=required))

    assert "KMS" not in stack.to_json()
    assert stack.requirements.bucket_algorithm == "AES256"
    assert documents.key is None


def test_kms_bucket_has_a_key_of_its_own() -> None:
    """Where KMS is required, data has a key of its own with a bucket key; access logs stay with SSE-S3."""
    encoded = stack_with_buckets(fixed(bucket="aws:kms"))[0].to_dict()
    buckets = template_resources(encoded, "AWS::S3::Bucket")

    assert buckets["Documents"]["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [
            {
                "ServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": {"Fn::GetAtt": ["DocumentsKey", "Arn"]},
                },
                "BucketKeyEnabled": True,
            }
        ]
    }
    assert buckets["Logs"]["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    }
    assert list(template_resources(encoded, "AWS::KMS::Key")) == ["DocumentsKey"]


def test_days_come_from_a_mapping_when_the_environment_is_asked_for() -> None:
    """The form's environment chooses the days; each environment has its row."""
    encoded = stack_with_buckets(asked())[0].to_dict()
    [rule] = encoded["Resources"]["Documents"]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert encoded["Mappings"] == {
        "Environments": {
            "dev": {"TransitionDays": 30, "NoncurrentVersionDays": 30},
            "staging": {"TransitionDays": 60, "NoncurrentVersionDays": 60},
            "prod": {"TransitionDays": 90, "NoncurrentVersionDays": 365},
        }
    }
    assert rule["Transitions"] == [
        {
            "StorageClass": "INTELLIGENT_TIERING",
            "TransitionInDays": {"Fn::FindInMap": ["Environments", {"Ref": "Environment"}, "TransitionDays"]},
        }
    ]
    assert rule["NoncurrentVersionExpiration"] == {
        "NoncurrentDays": {"Fn::FindInMap": ["Environments", {"Ref": "Environment"}, "NoncurrentVersionDays"]}
    }


@pytest.mark.parametrize(("environment", "transition", "noncurrent"), [("dev", 30, 30), ("staging", 60, 60)])
def test_days_of_an_environment_are_the_same_asked_or_fixed(environment: str, transition: int, noncurrent: int) -> None:
    """A fixed environment gives the days as plain numbers, the same that the form would choose."""
    for template in (
        Resolved(stack_with_buckets(fixed(environment=environment))[0].to_dict()),
        Resolved(stack_with_buckets(asked())[0].to_dict(), {**ANSWERS, "Environment": environment}),
    ):
        [rule] = template.properties("Documents")["LifecycleConfiguration"]["Rules"]
        assert rule["Transitions"][0]["TransitionInDays"] == transition
        assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == noncurrent


def test_statements_of_the_bucket_policies() -> None:
    """Each policy has these statements and no other; only log delivery is allowed anything."""

    def found(bucket: str) -> dict[str, list[tuple[str, str]]]:
        template = resolved(bucket)
        return {
            title: [(row["Sid"], row["Effect"]) for row in policy_of(template, title)["Statement"]]
            for title in ("Logs", "Documents")
        }

    denying = [
        ("DenyPlainHttp", "Deny"),
        ("DenyOldTls", "Deny"),
        ("DenyOtherEncryption", "Deny"),
        ("DenyCustomerKeys", "Deny"),
    ]
    logs = [*denying, ("LogDelivery", "Allow")]
    assert found("AES256") == {"Logs": logs, "Documents": denying}
    assert found("any") == {"Logs": logs, "Documents": denying}
    assert found("aws:kms") == {"Logs": logs, "Documents": [*denying, ("DenyOtherKeys", "Deny")]}


def test_bucket_policy_word_for_word() -> None:
    """The policy of a bucket with SSE-S3, as CloudFormation gets it."""
    objects, bucket = {"Fn::Sub": "${Documents.Arn}/*"}, {"Fn::GetAtt": ["Documents", "Arn"]}
    everyone = {"AWS": "*"}

    assert stack_with_buckets(fixed())[0].to_dict()["Resources"]["DocumentsPolicy"]["Properties"] == {
        "Bucket": {"Ref": "Documents"},
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "DenyPlainHttp",
                    "Effect": "Deny",
                    "Principal": everyone,
                    "Action": ["s3:*"],
                    "Resource": [bucket, objects],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                {
                    "Sid": "DenyOldTls",
                    "Effect": "Deny",
                    "Principal": everyone,
                    "Action": ["s3:*"],
                    "Resource": [bucket, objects],
                    "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
                },
                {
                    "Sid": "DenyOtherEncryption",
                    "Effect": "Deny",
                    "Principal": everyone,
                    "Action": ["s3:PutObject"],
                    "Resource": [objects],
                    "Condition": {"StringNotEquals": {SSE: "AES256"}, "Null": {SSE: "false"}},
                },
                {
                    "Sid": "DenyCustomerKeys",
                    "Effect": "Deny",
                    "Principal": everyone,
                    "Action": ["s3:PutObject"],
                    "Resource": [objects],
                    "Condition": {"Null": {SSE_C: "false"}},
                },
            ],
        },
    }


@pytest.mark.parametrize("bucket", ["AES256", "aws:kms", "any"])
@pytest.mark.parametrize("title", ["Logs", "Documents"])
@pytest.mark.parametrize(
    ("floor", "context", "expected"),
    [
        ("1.2", {"aws:SecureTransport": "false"}, DENIED),
        ("1.2", {"aws:SecureTransport": "true", "s3:TlsVersion": "1.0"}, DENIED),
        ("1.2", {"aws:SecureTransport": "true", "s3:TlsVersion": "1.1"}, DENIED),
        ("1.2", {"aws:SecureTransport": "true", "s3:TlsVersion": "1.2"}, NOT_ALLOWED),
        ("1.2", {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}, NOT_ALLOWED),
        ("1.3", {"aws:SecureTransport": "true", "s3:TlsVersion": "1.2"}, DENIED),
        ("1.3", {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}, NOT_ALLOWED),
    ],
)
def test_only_current_tls(bucket: str, title: str, floor: str, context: dict[str, str], expected: str) -> None:
    """Plain HTTP and TLS below the floor are denied, on the bucket and on its objects; the rest is left to IAM."""
    template = resolved(bucket, tls_floor=floor)
    arn = template.arn(title)

    for action, resource in (("s3:GetObject", f"{arn}/a"), ("s3:PutObject", f"{arn}/a"), ("s3:ListBucket", arn)):
        request = Request(action, resource, arn=ME, context=context)
        assert decision(request, policy_of(template, title)) == expected


@pytest.mark.parametrize(
    ("bucket", "headers", "expected"),
    [
        ("AES256", {}, NOT_ALLOWED),
        ("AES256", {SSE: "AES256"}, NOT_ALLOWED),
        ("AES256", {SSE: "aws:kms"}, DENIED),
        ("AES256", {SSE: "aws:kms", SSE_KEY: OWN_KEY}, DENIED),
        ("AES256", {SSE: "aws:kms:dsse"}, DENIED),
        ("AES256", {SSE_C: "AES256"}, DENIED),
        ("any", {SSE: "aws:kms"}, DENIED),
        ("any", {SSE: "AES256"}, NOT_ALLOWED),
        ("aws:kms", {}, NOT_ALLOWED),
        ("aws:kms", {SSE: "aws:kms", SSE_KEY: OWN_KEY}, NOT_ALLOWED),
        ("aws:kms", {SSE: "aws:kms"}, DENIED),
        ("aws:kms", {SSE: "aws:kms", SSE_KEY: f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/other"}, DENIED),
        ("aws:kms", {SSE: "aws:kms", SSE_KEY: f"arn:aws:kms:eu-central-1:{OTHER_ACCOUNT}:key/documentskey"}, DENIED),
        ("aws:kms", {SSE: "AES256"}, DENIED),
        ("aws:kms", {SSE: "aws:kms:dsse", SSE_KEY: OWN_KEY}, DENIED),
        ("aws:kms", {SSE_C: "AES256"}, DENIED),
    ],
)
def test_a_put_keeps_to_the_encryption(bucket: str, headers: dict[str, str], expected: str) -> None:
    """A PUT may say nothing or name the required encryption, with KMS the bucket's own key; all else is denied."""
    request = put(**{key.replace(":", "__"): value for key, value in headers.items()})

    assert decision(request, policy_of(resolved(bucket), "Documents")) == expected


def test_access_logs_take_no_kms_key_either() -> None:
    """Where data is encrypted with KMS, a PUT of a log with KMS is denied: log delivery could not read it."""
    request = put(LOGS, **{SSE.replace(":", "__"): "aws:kms"})

    assert decision(request, policy_of(resolved("aws:kms"), "Logs")) == DENIED


@pytest.mark.parametrize(
    ("account", "source", "expected"),
    [
        (ACCOUNT, f"arn:aws:s3:::{DOCUMENTS}", ALLOWED),
        (OTHER_ACCOUNT, f"arn:aws:s3:::{DOCUMENTS}", NOT_ALLOWED),
        (ACCOUNT, "arn:aws:s3:::payments-prod-documents-99999999", NOT_ALLOWED),
        (ACCOUNT, "arn:aws:s3:::payments-dev-documents-ab12cd34", NOT_ALLOWED),
        (ACCOUNT, "arn:aws:s3:::elsewhere", NOT_ALLOWED),
        (None, f"arn:aws:s3:::{DOCUMENTS}", NOT_ALLOWED),
        (ACCOUNT, None, NOT_ALLOWED),
    ],
)
def test_log_delivery(account: str | None, source: str | None, expected: str) -> None:
    """Logs of this stack's buckets in this account are delivered, and of no other."""
    given = {"aws:SourceAccount": account, "aws:SourceArn": source}
    context = {**SECURE, **{key: value for key, value in given.items() if value}}
    deliver = Request("s3:PutObject", f"arn:aws:s3:::{LOGS}/Documents/a", "logging.s3.amazonaws.com", context=context)

    assert decision(deliver, policy_of(resolved(), "Logs")) == expected


def test_log_delivery_does_nothing_else() -> None:
    """The service of log delivery only puts objects, no other service does, and plain HTTP is denied to it too."""
    context = {**SECURE, "aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:s3:::{DOCUMENTS}"}
    deliver = Request("s3:PutObject", f"arn:aws:s3:::{LOGS}/a", "logging.s3.amazonaws.com", context=context)
    policy = policy_of(resolved(), "Logs")

    assert decision(deliver._replace(action="s3:GetObject"), policy) == NOT_ALLOWED
    assert decision(deliver._replace(service="cloudtrail.amazonaws.com"), policy) == NOT_ALLOWED
    assert decision(deliver._replace(context={**context, "aws:SecureTransport": "false"}), policy) == DENIED


def encoded_verbs(bucket: Bucket, prefix: str) -> dict[str, Any]:
    """What each verb grants, as CloudFormation gets it."""
    return {
        verb: [encode_to_dict(statement) for statement in getattr(bucket, verb)(prefix)]
        for verb in ("read", "write", "delete", "list")
    }


def test_verbs_on_the_whole_bucket() -> None:
    """Without a prefix each verb names the bucket, or all its objects, and only its own actions."""
    objects = [{"Fn::Sub": "${Documents.Arn}/*"}]
    documents = stack_with_buckets(fixed())[2]

    assert encoded_verbs(documents, "") == {
        "read": [
            {
                "Sid": "ReadDocuments",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:GetObjectVersion"],
                "Resource": objects,
            }
        ],
        "write": [
            {
                "Sid": "WriteDocuments",
                "Effect": "Allow",
                "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
                "Resource": objects,
            }
        ],
        "delete": [
            {"Sid": "DeleteDocuments", "Effect": "Allow", "Action": ["s3:DeleteObject"], "Resource": objects},
        ],
        "list": [
            {
                "Sid": "ListDocuments",
                "Effect": "Allow",
                "Action": ["s3:ListBucket"],
                "Resource": [{"Fn::GetAtt": ["Documents", "Arn"]}],
            }
        ],
    }


def test_verbs_under_a_prefix() -> None:
    """With a prefix each verb reaches what is under it; listing is narrowed by a condition."""
    objects = [{"Fn::Sub": "${Documents.Arn}/year-end/reports/*"}]
    verbs = encoded_verbs(stack_with_buckets(fixed())[2], "year-end/reports/")

    assert {verb: statement["Sid"] for verb, [statement] in verbs.items()} == {
        "read": "ReadDocumentsYearEndReports",
        "write": "WriteDocumentsYearEndReports",
        "delete": "DeleteDocumentsYearEndReports",
        "list": "ListDocumentsYearEndReports",
    }
    assert [verbs[verb][0]["Resource"] for verb in ("read", "write", "delete")] == [objects, objects, objects]
    assert verbs["list"] == [
        {
            "Sid": "ListDocumentsYearEndReports",
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [{"Fn::GetAtt": ["Documents", "Arn"]}],
            "Condition": {"StringLike": {"s3:prefix": "year-end/reports/*"}},
        }
    ]


def test_verbs_bring_the_actions_of_the_key() -> None:
    """On a bucket with a key, reading decrypts and writing encrypts; deleting and listing need no key."""
    verbs = encoded_verbs(stack_with_buckets(fixed(bucket="aws:kms"))[2], "")
    key = [{"Fn::GetAtt": ["DocumentsKey", "Arn"]}]

    assert verbs["read"][1:] == [
        {"Sid": "DecryptDocumentsKey", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": key}
    ]
    assert verbs["write"][1:] == [
        {
            "Sid": "EncryptDocumentsKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key,
        }
    ]
    assert len(verbs["delete"]) == len(verbs["list"]) == 1
