"""The audit trail: what it records, where it delivers, who else can."""

from __future__ import annotations

from typing import Any

import pytest
from support.component_samples import ENCRYPTIONS, fixed, fixed_name, untagged
from support.iam_evaluator import ALLOWED, DENIED, NOT_ALLOWED, Request, decision, within
from support.resolved_template import ACCOUNT, OTHER_ACCOUNT, Resolved, template_resources
from troposphere import encode_to_dict

from tap_templates.components.audit import Trail, audit_trail
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.storage import access_log_bucket, data_bucket
from tap_templates.stack import Stack

CLOUDTRAIL = "cloudtrail.amazonaws.com"
TRAIL = f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail/payments-prod-trail-ab12cd34"
BUCKET = "arn:aws:s3:::payments-prod-trail-bucket-ab12cd34"
FILE = f"{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/a.json.gz"
TRAIL_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/trailkey"
BUCKET_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/trailbucketkey"
SSE, SSE_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
OF_TRAIL = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": TRAIL}
ENCRYPTING = {**OF_TRAIL, "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL}
DELIVERY = {
    **OF_TRAIL,
    "aws:PrincipalServiceName": CLOUDTRAIL,
    "aws:SecureTransport": "true",
    "s3:x-amz-acl": "bucket-owner-full-control",
}


def stack_with_trail(bucket: str = "AES256", trail: str = "AES256", watched: int = 1) -> tuple[Stack, Trail]:
    """A stack with the trail, and with buckets that it watches."""
    stack = Stack(fixed(bucket=bucket, trail=trail))
    permissions_boundary(stack)
    logs = access_log_bucket(stack)
    buckets = [data_bucket(stack, f"Data{number}", access_logs=logs) for number in range(watched)]
    return stack, audit_trail(stack, access_logs=logs, watched=buckets)


def resolved(bucket: str = "AES256", trail: str = "AES256") -> Resolved:
    """The same as AWS sees it."""
    return Resolved(stack_with_trail(bucket, trail)[0].to_dict())


def test_trail() -> None:
    """The trail records all regions, validates its files, logs, and waits for all that lets it deliver."""
    assert untagged(stack_with_trail()[0].to_dict()["Resources"]["Trail"]) == {
        "Type": "AWS::CloudTrail::Trail",
        "DependsOn": ["TrailBucketPolicy", "TrailRolePolicy"],
        "Properties": {
            "TrailName": fixed_name("trail"),
            "S3BucketName": {"Ref": "TrailBucket"},
            "IsLogging": True,
            "IsMultiRegionTrail": True,
            "IncludeGlobalServiceEvents": True,
            "EnableLogFileValidation": True,
            "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["TrailLog", "Arn"]},
            "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["TrailRole", "Arn"]},
            "EventSelectors": [
                {
                    "ReadWriteType": "All",
                    "IncludeManagementEvents": True,
                    "DataResources": [{"Type": "AWS::S3::Object", "Values": [{"Fn::Sub": "${Data0.Arn}/"}]}],
                }
            ],
        },
    }


def test_watched_buckets() -> None:
    """Each watched bucket's objects are recorded; without any, only management events are."""
    [two] = stack_with_trail(watched=2)[0].to_dict()["Resources"]["Trail"]["Properties"]["EventSelectors"]
    [none] = stack_with_trail(watched=0)[0].to_dict()["Resources"]["Trail"]["Properties"]["EventSelectors"]

    assert two["DataResources"] == [
        {"Type": "AWS::S3::Object", "Values": [{"Fn::Sub": "${Data0.Arn}/"}, {"Fn::Sub": "${Data1.Arn}/"}]}
    ]
    assert none == {"ReadWriteType": "All", "IncludeManagementEvents": True}


def test_log_group_stays() -> None:
    """The trail's log group has the days of the settings and a key, and stays when the stack goes."""
    assert untagged(stack_with_trail()[0].to_dict()["Resources"]["TrailLog"]) == {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "LogGroupName": fixed_name("trail-log"),
            "RetentionInDays": 400,
            "KmsKeyId": {"Fn::GetAtt": ["LogsKey", "Arn"]},
        },
    }


@pytest.mark.parametrize(("bucket", "trail"), ENCRYPTIONS)
def test_keys_there_are(bucket: str, trail: str) -> None:
    """The trail has a key where one is required, its bucket where one is; otherwise neither."""
    stack, handle = stack_with_trail(bucket, trail)
    encoded = stack.to_dict()
    keys = set(template_resources(encoded, "AWS::KMS::Key"))

    assert ("TrailKey" in keys) == (handle.key is not None) == (trail == "aws:kms")
    assert ("TrailBucketKey" in keys) == (bucket == "aws:kms")
    assert encoded["Resources"]["Trail"]["Properties"].get("KMSKeyId") == (
        {"Fn::GetAtt": ["TrailKey", "Arn"]} if trail == "aws:kms" else None
    )


@pytest.mark.parametrize("trail", ["AES256", "aws:kms"])
def test_bucket_of_the_trail_has_no_bucket_key(trail: str) -> None:
    """With a bucket key, KMS would not be told which trail encrypts, and the policy of the trail's key would refuse."""
    encoded = stack_with_trail("aws:kms", trail)[0].to_dict()
    [rule] = template_resources(encoded, "AWS::S3::Bucket")["TrailBucket"]["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]

    assert rule == {
        "ServerSideEncryptionByDefault": {
            "SSEAlgorithm": "aws:kms",
            "KMSMasterKeyID": {"Fn::GetAtt": ["TrailBucketKey", "Arn"]},
        },
        "BucketKeyEnabled": False,
    }


def deliveries(bucket: str, trail: str) -> list[dict[str, str]]:
    """Headers that CloudTrail sends: none or AES256, and, where the trail has a key, that key."""
    named = [{SSE: "aws:kms", SSE_KEY: TRAIL_KEY}] if trail == "aws:kms" else []
    return [{}, {SSE: "AES256"}, *named]


@pytest.mark.parametrize(("bucket", "trail"), ENCRYPTIONS)
def test_trail_delivers_in_every_form(bucket: str, trail: str) -> None:
    """Whatever encryption CloudTrail names for log and digest files, the bucket's policy lets it deliver."""
    policy = resolved(bucket, trail).properties("TrailBucketPolicy")["PolicyDocument"]

    for headers in deliveries(bucket, trail):
        request = Request("s3:PutObject", FILE, CLOUDTRAIL, context={**DELIVERY, **headers})
        assert decision(request, policy) == ALLOWED
    check = Request("s3:GetBucketAcl", BUCKET, CLOUDTRAIL, context=OF_TRAIL)
    assert decision(check, policy) == ALLOWED


@pytest.mark.parametrize(("bucket", "trail"), ENCRYPTIONS)
def test_no_one_else_chooses_the_encryption(bucket: str, trail: str) -> None:
    """That CloudTrail may name another encryption opens the bucket to no one else's PUT with another one."""
    policy = resolved(bucket, trail).properties("TrailBucketPolicy")["PolicyDocument"]
    other = "AES256" if bucket == "aws:kms" else "aws:kms"
    me = f"arn:aws:iam::{ACCOUNT}:role/me"

    for context in ({SSE: other}, {SSE: "aws:kms"}, {SSE: other, "aws:PrincipalServiceName": "config.amazonaws.com"}):
        request = Request("s3:PutObject", FILE, arn=me, context={"aws:SecureTransport": "true", **context})
        assert decision(request, policy) == DENIED


def test_policy_with_sse_s3_alone_makes_no_exception() -> None:
    """Where bucket and trail both have SSE-S3, CloudTrail is bound like anyone: a PUT with KMS is denied."""
    policy = resolved().properties("TrailBucketPolicy")["PolicyDocument"]

    request = Request("s3:PutObject", FILE, CLOUDTRAIL, context={**DELIVERY, SSE: "aws:kms"})
    assert decision(request, policy) == DENIED
    assert "PrincipalServiceName" not in stack_with_trail()[0].to_json()


OTHER_TRAILS = [
    {"aws:SourceArn": f"{TRAIL}-2"},
    {"aws:SourceArn": TRAIL.replace("ab12cd34", "99999999")},
    {"aws:SourceArn": TRAIL.replace("eu-central-1", "us-east-1")},
    {"aws:SourceArn": TRAIL.replace(ACCOUNT, OTHER_ACCOUNT), "aws:SourceAccount": OTHER_ACCOUNT},
    {"aws:SourceAccount": OTHER_ACCOUNT},
]


@pytest.mark.parametrize(("bucket", "trail"), [("AES256", "AES256"), ("aws:kms", "aws:kms"), ("any", "aws:kms")])
@pytest.mark.parametrize("source", OTHER_TRAILS)
def test_other_trails_do_not_deliver(bucket: str, trail: str, source: dict[str, str]) -> None:
    """CloudTrail delivers for this stack's trail; for another one, of this account or another, it does not."""
    policy = resolved(bucket, trail).properties("TrailBucketPolicy")["PolicyDocument"]
    put = Request("s3:PutObject", FILE, CLOUDTRAIL, context={**DELIVERY, **source})

    assert decision(put, policy) == NOT_ALLOWED
    assert decision(put._replace(action="s3:GetBucketAcl", resource=BUCKET), policy) == NOT_ALLOWED


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"resource": f"{BUCKET}/AWSLogs/{OTHER_ACCOUNT}/a"}, NOT_ALLOWED),
        ({"resource": f"{BUCKET}/a"}, NOT_ALLOWED),
        ({"service": "config.amazonaws.com"}, NOT_ALLOWED),
        ({"action": "s3:GetObject"}, NOT_ALLOWED),
        ({"action": "s3:DeleteObject"}, NOT_ALLOWED),
        ({"context": {**DELIVERY, "s3:x-amz-acl": "public-read"}}, NOT_ALLOWED),
        ({"context": {**DELIVERY, "aws:SecureTransport": "false"}}, DENIED),
    ],
)
def test_delivery_is_narrow(change: dict[str, Any], expected: str) -> None:
    """CloudTrail puts files of this account, owned by the bucket's owner, over TLS, and does nothing else."""
    policy = resolved().properties("TrailBucketPolicy")["PolicyDocument"]
    put = Request("s3:PutObject", FILE, CLOUDTRAIL, context=DELIVERY)

    assert decision(put._replace(**change), policy) == expected


@pytest.mark.parametrize("bucket", ["aws:kms", "any"])
@pytest.mark.parametrize(
    ("action", "context", "expected"),
    [
        ("kms:GenerateDataKey", ENCRYPTING, ALLOWED),
        ("kms:DescribeKey", OF_TRAIL, ALLOWED),
        ("kms:GenerateDataKey", OF_TRAIL, NOT_ALLOWED),
        ("kms:Decrypt", ENCRYPTING, NOT_ALLOWED),
        *[("kms:GenerateDataKey", {**ENCRYPTING, **source}, NOT_ALLOWED) for source in OTHER_TRAILS],
        *[("kms:DescribeKey", {**OF_TRAIL, **source}, NOT_ALLOWED) for source in OTHER_TRAILS],
        (
            "kms:GenerateDataKey",
            {**ENCRYPTING, "kms:EncryptionContext:aws:cloudtrail:arn": f"{TRAIL}-2"},
            NOT_ALLOWED,
        ),
    ],
)
def test_key_of_the_trail(bucket: str, action: str, context: dict[str, str], expected: str) -> None:
    """This trail encrypts with the key; another one, of this account or another, cannot."""
    policy = resolved(bucket, "aws:kms").properties("TrailKey")["KeyPolicy"]

    assert decision(Request(action, TRAIL_KEY, CLOUDTRAIL, context=context), policy) == expected


@pytest.mark.parametrize(
    ("account", "context", "expected"),
    [
        (ACCOUNT, {"kms:CallerAccount": ACCOUNT, "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL}, ALLOWED),
        (ACCOUNT, {"kms:CallerAccount": ACCOUNT}, NOT_ALLOWED),
        (
            OTHER_ACCOUNT,
            {"kms:CallerAccount": OTHER_ACCOUNT, "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL},
            NOT_ALLOWED,
        ),
    ],
)
def test_who_decrypts_the_trail(account: str, context: dict[str, str], expected: str) -> None:
    """Principals of this account decrypt the trail's files as their own policies say, and nothing else with its key."""
    policy = resolved("any", "aws:kms").properties("TrailKey")["KeyPolicy"]
    request = Request("kms:Decrypt", TRAIL_KEY, arn=f"arn:aws:iam::{account}:role/auditor", context=context)

    assert decision(request, policy) == expected
    assert decision(request._replace(action="kms:GenerateDataKey"), policy) == NOT_ALLOWED


@pytest.mark.parametrize("trail", ["AES256", "any", "aws:kms"])
@pytest.mark.parametrize("action", ["kms:GenerateDataKey", "kms:DescribeKey", "kms:Decrypt"])
def test_trail_uses_the_key_of_its_bucket(trail: str, action: str) -> None:
    """Where the bucket has a key, this trail may use it for what it delivers without naming an encryption."""
    policy = resolved("aws:kms", trail).properties("TrailBucketKey")["KeyPolicy"]
    request = Request(action, BUCKET_KEY, CLOUDTRAIL, context=OF_TRAIL)

    assert decision(request, policy) == ALLOWED
    for source in OTHER_TRAILS:
        assert decision(request._replace(context={**OF_TRAIL, **source}), policy) == NOT_ALLOWED


def test_other_buckets_keys_are_closed_to_the_trail() -> None:
    """CloudTrail may use the key of its own bucket, and of no other."""
    policy = resolved("aws:kms", "aws:kms").properties("Data0Key")["KeyPolicy"]

    request = Request("kms:GenerateDataKey", "any", CLOUDTRAIL, context=OF_TRAIL)
    assert decision(request, policy) == NOT_ALLOWED


@pytest.mark.parametrize(
    ("action", "group", "expected"),
    [
        ("logs:CreateLogStream", "trail-log", True),
        ("logs:PutLogEvents", "trail-log", True),
        ("logs:PutLogEvents", "trail-log-2", False),
        ("logs:DeleteLogGroup", "trail-log", False),
        ("logs:GetLogEvents", "trail-log", False),
    ],
)
def test_role_of_the_trail(action: str, group: str, expected: bool) -> None:
    """The trail's role, inside its boundary, writes the trail's log group and does nothing else."""
    template = resolved()
    stream = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:payments-prod-{group}-ab12cd34:log-stream:a"
    boundary, policy = (template.properties(title)["PolicyDocument"] for title in ("RoleBoundary", "TrailRolePolicy"))

    assert within(Request(action, stream), boundary, policy) is expected
    assert template.properties("TrailRole")["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": CLOUDTRAIL}, "Action": ["sts:AssumeRole"]}
    ]


def test_reading_the_trail() -> None:
    """Readers get the files, the list of them, and the log group, with queries and their results; nothing to write."""
    trail = stack_with_trail()[1]

    assert [encode_to_dict(statement) for statement in trail.read()] == [
        {
            "Sid": "ReadTrailBucket",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": [{"Fn::Sub": "${TrailBucket.Arn}/*"}],
        },
        {
            "Sid": "ListTrailBucket",
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [{"Fn::GetAtt": ["TrailBucket", "Arn"]}],
        },
        {
            "Sid": "ReadTrailLog",
            "Effect": "Allow",
            "Action": [
                "logs:DescribeLogStreams",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
                "logs:GetQueryResults",
                "logs:StartQuery",
            ],
            "Resource": [{"Fn::GetAtt": ["TrailLog", "Arn"]}],
        },
    ]


def test_reading_an_encrypted_trail() -> None:
    """With keys, readers may decrypt with the bucket's and the trail's."""
    read = stack_with_trail("aws:kms", "aws:kms")[1].read()

    assert [encode_to_dict(statement) for statement in read if "Decrypt" in statement.properties["Sid"]] == [
        {
            "Sid": f"Decrypt{key}",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [{"Fn::GetAtt": [key, "Arn"]}],
        }
        for key in ("TrailBucketKey", "TrailKey")
    ]
