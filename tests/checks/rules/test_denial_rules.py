"""Policies of buckets, topics and queues that refuse plain HTTP and old TLS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.judged import NO_VALUE, either, results, said

from tap_templates.checks.rules.bucket_denies_old_tls import BucketDeniesOldTls
from tap_templates.checks.rules.bucket_denies_plain_http import BucketDeniesPlainHttp
from tap_templates.checks.rules.queue_denies_plain_http import QueueDeniesPlainHttp
from tap_templates.checks.rules.topic_denies_plain_http import TopicDeniesPlainHttp

BOTH = [{"Fn::GetAtt": ["It", "Arn"]}, {"Fn::Sub": "${It.Arn}/*"}]
DENY = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": ["s3:*"],
    "Resource": BOTH,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
FIX = "deny s3:* to everyone on the bucket and its objects when aws:SecureTransport is false"


def guarded(*statements: Any, bucket: Any = None, condition: str | None = None, **properties: Any) -> dict[str, Any]:
    """A bucket and its policy."""
    policy = {"Bucket": bucket or {"Ref": "It"}, "PolicyDocument": {"Statement": list(statements)}}
    body = {"Type": "AWS::S3::BucketPolicy", "Properties": policy, **({"Condition": condition} if condition else {})}
    return {"It": {"Type": "AWS::S3::Bucket", "Properties": properties}, "Policy": body}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Principal": "*"},
        {"Principal": {"AWS": ["*"]}},
        {"Action": "*"},
        {"Action": ["s3:GetObject", "S3:*"]},
        {"Resource": "*"},
        {"Resource": [{"Fn::Sub": "${It.Arn}*"}]},
        {
            "Resource": [
                {"Fn::Sub": "arn:${AWS::Partition}:s3:::${It}"},
                {"Fn::Sub": "arn:${AWS::Partition}:s3:::${It}/*"},
            ]
        },
        {"Resource": [{"Fn::Join": ["", ["arn:aws:s3:::", {"Ref": "It"}, suffix]]} for suffix in ("", "/*")]},
        {"Resource": ["arn:aws:s3:::example", "arn:aws:s3:::example/*"]},
        {"Resource": "arn:aws:s3:::*"},
        {"Condition": {"BoolIfExists": {"AWS:SecureTransport": [False]}}},
    ],
)
def test_denial_that_reaches_everything_holds(change: dict[str, Any]) -> None:
    """There are many ways to write the same."""
    assert results(BucketDeniesPlainHttp, guarded({**DENY, **change}, BucketName="example")) == ["holds"]


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}},
        {"Principal": {"Service": "*"}},
        {"Principal": {}},
        {"Action": ["s3:GetObject"]},
        {"Action": []},
        {"Resource": [BOTH[0]]},
        {"Resource": [BOTH[1]]},
        {"Resource": [{"Fn::Sub": "${It.Arn}/public/*"}, BOTH[0]]},
        {"Resource": [{"Fn::GetAtt": ["Other", "Arn"]}]},
        {"Resource": ["arn:aws:s3:::example-two", "arn:aws:s3:::example-two/*"]},
        {"Resource": []},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"}}},
        {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
        {"Condition": {"StringEquals": {"aws:SecureTransport": "false"}}},
        {"Condition": {}},
    ],
)
def test_denial_that_leaves_something_open_fails(change: dict[str, Any]) -> None:
    """Each part of the statement can leave a gap."""
    resources = {**guarded({**DENY, **change}, BucketName="example"), "Other": {"Type": "AWS::SQS::Queue"}}
    found = said(BucketDeniesPlainHttp, resources)

    message = f"Policy.PolicyDocument.Statement: found nothing; {FIX}"
    assert found == [("fails", "Resources/Policy/Properties/PolicyDocument/Statement", message)]


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": {"Ref": "Effect"}},
        {"Principal": {"Ref": "Someone"}},
        {"Principal": {"AWS": {"Ref": "Someone"}}},
        {"Action": {"Ref": "Actions"}},
        {"Resource": {"Ref": "Somewhere"}},
        {"Resource": [{"Fn::ImportValue": "bucket-arn"}]},
        {"Condition": {"Ref": "Condition"}},
        {"Condition": {"Bool": {"Ref": "Condition"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": {"Ref": "Word"}}}},
        {"Condition": {"Bool": {"aws:SecureTransport": [{"Ref": "Word"}]}}},
    ],
)
def test_part_that_only_aws_knows_is_undecided(change: dict[str, Any]) -> None:
    """It may be what has to be there; the path says where."""
    found = said(BucketDeniesPlainHttp, guarded({**DENY, **change}))

    path = "Resources/Policy/Properties/PolicyDocument/Statement/0"
    assert [(each[0], each[1]) for each in found] == [("cannot tell", path)]
    assert found[0][2].startswith("Policy.PolicyDocument.Statement.0: cannot tell what {'Effect': ")


def test_part_that_only_aws_knows_does_not_matter_where_another_decides() -> None:
    """An unknown effect cannot save a statement about something else, nor spoil what another denies."""
    unknown = {**DENY, "Effect": {"Ref": "Effect"}}

    assert results(BucketDeniesPlainHttp, guarded({**unknown, "Action": "s3:GetObject"})) == ["fails"]
    assert results(BucketDeniesPlainHttp, guarded(unknown, DENY)) == ["holds"]


def test_bucket_and_its_objects_may_be_denied_apart() -> None:
    """Two statements together are enough."""
    assert results(BucketDeniesPlainHttp, guarded(*({**DENY, "Resource": each} for each in BOTH))) == ["holds"]


def test_bucket_without_a_policy_is_itself_the_finding() -> None:
    """Also where a policy is another bucket's, or its bucket is not known here."""
    message = f"It: found nothing; {FIX}"
    for bucket in ({"Ref": "Parameter"}, "elsewhere", NO_VALUE):
        assert said(BucketDeniesPlainHttp, guarded(DENY, bucket=bucket)) == [("fails", "Resources/It", message)]
    assert said(BucketDeniesPlainHttp, {"It": {"Type": "AWS::S3::Bucket"}}) == [("fails", "Resources/It", message)]


def test_policy_may_name_its_bucket_by_name() -> None:
    """The name as text, or the same function of parameters."""
    name = {"Fn::Sub": ["${Project}-data-${End}", {"End": {"Fn::Select": [0, ["a"]]}}]}

    assert results(BucketDeniesPlainHttp, guarded(DENY, bucket="example", BucketName="example")) == ["holds"]
    assert results(BucketDeniesPlainHttp, guarded(DENY, bucket=name, BucketName=name)) == ["holds"]


def test_denial_on_one_side_only_fails_with_the_side_in_the_message() -> None:
    """The message says for which conditions nothing denies."""
    path = "Resources/Policy/Properties/PolicyDocument/Statement"
    message = f"Policy.PolicyDocument.Statement: found nothing; {FIX} (nothing does where IsProd is false)"
    expected = [("fails", path, message)]

    assert said(BucketDeniesPlainHttp, guarded(either("IsProd", DENY, NO_VALUE))) == expected
    assert said(BucketDeniesPlainHttp, guarded({**DENY, "Effect": either("IsProd", "Deny", "Allow")})) == expected
    assert said(BucketDeniesPlainHttp, guarded(DENY, condition="IsProd")) == expected


def test_denial_on_both_sides_holds() -> None:
    """Two policies whose conditions exclude each other cover all there is."""
    other = {**DENY, "Principal": "*"}

    assert results(BucketDeniesPlainHttp, guarded(either("IsProd", DENY, other))) == ["holds"]
    resources = {name: {**body, "Condition": "IsProd"} for name, body in guarded(DENY).items()}
    assert results(BucketDeniesPlainHttp, resources) == ["holds"]


def test_policy_that_exists_where_the_bucket_does_not_is_no_help() -> None:
    """Conditions that exclude each other are seen as such."""
    resources = guarded(either("IsProd", NO_VALUE, DENY))
    resources["It"]["Condition"] = "IsProd"

    assert results(BucketDeniesPlainHttp, resources) == ["fails"]


def test_policy_that_is_no_document_is_judged_too() -> None:
    """A text of JSON is read; what is neither is a policy that denies nothing, or undecided."""
    resources = guarded()
    properties = resources["Policy"]["Properties"]
    for document, result in [
        (json.dumps({"Statement": {**DENY, "Resource": "*"}}), "holds"),
        ("no JSON", "fails"),
        ("{{resolve:ssm:/policy}}", "cannot tell"),
        ("[]", "fails"),
        ({"Statement": "Deny"}, "fails"),
        ({"Fn::Transform": {"Name": "Policy"}}, "cannot tell"),
        (NO_VALUE, "fails"),
    ]:
        properties["PolicyDocument"] = document
        assert results(BucketDeniesPlainHttp, resources) == [result], document


@pytest.mark.parametrize(
    ("floor", "condition", "result"),
    [
        ("1.2", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}, "holds"),
        ("1.2", {"NumericLessThan": {"s3:TlsVersion": 1.2}}, "holds"),
        ("1.2", {"NumericLessThan": {"s3:tlsversion": "1.3"}}, "holds"),
        ("1.2", {"NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}}, "holds"),
        ("1.2", {"NumericLessThanEquals": {"s3:TlsVersion": "1.1"}}, "holds"),
        ("1.2", {"NumericLessThan": {"s3:TlsVersion": "1.1"}}, "fails"),
        ("1.2", {"NumericLessThan": {"s3:TlsVersion": "old"}}, "fails"),
        ("1.2", {"NumericGreaterThan": {"s3:TlsVersion": "1.2"}}, "fails"),
        ("1.2", {"NumericLessThan": {"s3:signatureAge": "1.2"}}, "fails"),
        ("1.2", {"NumericLessThan": {"s3:TlsVersion": {"Ref": "Floor"}}}, "cannot tell"),
        ("1.3", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}, "fails"),
        ("1.3", {"NumericLessThan": {"s3:TlsVersion": "1.3"}}, "holds"),
    ],
)
def test_tls_below_the_floor_is_denied(floor: str, condition: dict[str, Any], result: str) -> None:
    """Every version below tls_floor has to be refused."""
    resources = guarded({**DENY, "Condition": condition})

    assert results(BucketDeniesOldTls, resources, demands={"tls_floor": floor}) == [result]


def test_message_names_the_version() -> None:
    """The remedy says which versions have to go, and who demands it."""
    found = said(BucketDeniesOldTls, {"It": {"Type": "AWS::S3::Bucket"}}, demands={"tls_floor": "1.3"})

    message = (
        "It: found nothing; deny s3:* to everyone on the bucket and its objects when s3:TlsVersion is less than 1.3 "
        "(requirement tls_floor: 1.3)"
    )
    assert found == [("fails", "Resources/It", message)]


@pytest.mark.parametrize(
    ("resource", "result"),
    [
        ({"Ref": "It"}, "holds"),
        ({"Fn::GetAtt": ["It", "TopicArn"]}, "holds"),
        ({"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:alarms"}, "holds"),
        ({"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:other"}, "fails"),
        ({"Ref": "Other"}, "cannot tell"),
    ],
)
@pytest.mark.parametrize(
    ("policy_type", "whose"),
    [
        ("AWS::SNS::TopicPolicy", {"Topics": [{"Ref": "It"}]}),
        ("AWS::SNS::TopicInlinePolicy", {"TopicArn": {"Ref": "It"}}),
    ],
)
def test_topic_refuses_messages_over_plain_http(policy_type: str, whose: Any, resource: Any, result: str) -> None:
    """Its policy is a resource of its own, of either kind."""
    statement = {**DENY, "Action": ["sns:Publish"], "Resource": [resource]}
    policy = {**whose, "PolicyDocument": {"Statement": [statement]}}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alarms"}}
    resources = {"It": topic, "Policy": {"Type": policy_type, "Properties": policy}}

    assert results(TopicDeniesPlainHttp, resources) == [result]


@pytest.mark.parametrize(
    ("action", "resource", "result"),
    [
        ("sqs:*", {"Fn::GetAtt": ["It", "Arn"]}, "holds"),
        ("SQS:*", {"Fn::GetAtt": "It.Arn"}, "holds"),
        ("sqs:*", {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${It.QueueName}"}, "holds"),
        ("sqs:*", {"Ref": "It"}, "fails"),
        ("sqs:SendMessage", {"Fn::GetAtt": ["It", "Arn"]}, "fails"),
    ],
)
def test_queue_refuses_everything_over_plain_http(action: str, resource: Any, result: str) -> None:
    """The URL that Ref gives is no ARN, and sending alone is not everything."""
    statement = {**DENY, "Action": action, "Resource": resource}
    policy = {"Queues": [{"Ref": "It"}], "PolicyDocument": {"Statement": [statement]}}
    resources = {"It": {"Type": "AWS::SQS::Queue"}, "Policy": {"Type": "AWS::SQS::QueuePolicy", "Properties": policy}}

    assert results(QueueDeniesPlainHttp, resources) == [result]
