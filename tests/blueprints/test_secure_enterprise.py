"""The whole stack: complete, without literals, and closed, in every form that it can take."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

import pytest
from support.component_samples import ANSWERS, ENCRYPTIONS, asked, fixed
from support.iam_evaluator import ALLOWED, DENIED, NOT_ALLOWED, Request, decision
from support.resolved_template import ACCOUNT, Resolved, template_resources

from tap_templates.blueprints import build
from tap_templates.data.actions import exists
from tap_templates.data.regions import regions
from tap_templates.settings import Settings
from tap_templates.stack import Stack, references

FORMS = [(form, bucket, trail) for form in ("asked", "fixed") for bucket, trail in ENCRYPTIONS]
MFA = {"aws:MultiFactorAuthPresent": "true"}
PATH = "payments/prod/ab12cd34"
# Properties that name the resource itself, and not another one, with the types that have them.
OWN_NAME = {
    "AlarmName": "Alarm",
    "AliasName": "Alias",
    "BucketName": "Bucket",
    "FunctionName": "Function",
    "GroupName": "Group",
    "LogGroupName": "LogGroup",
    "ManagedPolicyName": "ManagedPolicy",
    "QueueName": "Queue",
    "RoleName": "Role",
    "TopicName": "Topic",
    "TrailName": "Trail",
    "UserName": "User",
}
every_form = pytest.mark.parametrize(("form", "bucket", "trail"), FORMS)


@cache
def built(form: str, bucket: str = "AES256", trail: str = "AES256") -> Stack:
    """The stack in one form; the tests leave it as it is."""
    settings = asked(bucket=bucket, trail=trail) if form == "asked" else fixed(bucket=bucket, trail=trail)
    return build("secure-enterprise", settings)


@cache
def encoded(form: str, bucket: str = "AES256", trail: str = "AES256") -> Any:
    """Its template."""
    return json.loads(built(form, bucket, trail).to_json())


def resolved(form: str, bucket: str = "AES256", trail: str = "AES256", **answers: str) -> Resolved:
    """Its template as AWS sees it."""
    return Resolved(encoded(form, bucket, trail), {**ANSWERS, **answers} if form == "asked" else {})


def documents(value: Any) -> Iterator[Any]:
    """Every policy document inside a value."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        for item in value.values():
            yield from documents(item)
    elif isinstance(value, list):
        for item in value:
            yield from documents(item)


def test_no_settings_at_all_ask_for_everything() -> None:
    """Without settings the template asks for each of these, once, in a labelled group of the form."""
    template = json.loads(build("secure-enterprise").to_json())
    form = template["Metadata"]["AWS::CloudFormation::Interface"]
    wanted = [
        "Project",
        "Environment",
        "Owner",
        "CostCenter",
        "DataClassification",
        "AlarmEmail",
        "AccessKeyMaxAgeDays",
        "AccessKeyGraceDays",
        "AccessKeyDeleteAfterDays",
        "AccessKeyUnusedDays",
        "LogRetentionDays",
        "ReserveConcurrency",
    ]

    assert sorted(template["Parameters"]) == sorted(wanted)
    assert [name for group in form["ParameterGroups"] for name in group["Parameters"]] == wanted
    assert sorted(form["ParameterLabels"]) == sorted(wanted)
    assert all(row["Description"] for row in template["Parameters"].values())
    assert template == encoded("asked")


@pytest.mark.parametrize(("bucket", "trail"), ENCRYPTIONS)
def test_full_settings_ask_for_nothing(bucket: str, trail: str) -> None:
    """With everything fixed, nothing that asks or decides at upload is left."""
    assert set(encoded("fixed", bucket, trail)) == {
        "AWSTemplateFormatVersion",
        "Description",
        "Resources",
        "Outputs",
    }


@every_form
def test_no_account_region_or_partition_is_written_down(form: str, bucket: str, trail: str) -> None:
    """No account, ARN of one partition, region or endpoint stands in the template."""
    text = built(form, bucket, trail).to_json()

    assert not re.findall(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])", text)
    assert not re.findall(r"arn:aws[\w-]*:", text)
    assert not [region for region in regions() if region in text]
    without_patterns = re.sub(r'"FilterPattern": .*', "", text)
    services = {"cloudtrail", "cloudwatch", "events", "lambda", "logging.s3"}
    assert set(re.findall(r"([\w.]+)\.amazonaws\.com", without_patterns)) == services


@pytest.mark.parametrize(
    ("partition", "region", "suffix"),
    [("aws-us-gov", "us-gov-west-1", "amazonaws.com"), ("aws-cn", "cn-north-1", "amazonaws.com.cn")],
)
def test_other_partitions(partition: str, region: str, suffix: str) -> None:
    """In GovCloud and in China every ARN that comes out is of that partition."""
    pseudo = {"AWS__Partition": partition, "AWS__Region": region, "AWS__URLSuffix": suffix}
    template = Resolved(encoded("fixed", "aws:kms", "aws:kms"), AWS__StackId="a:b:c:stack/n/ab12cd34-1", **pseudo)
    text = json.dumps([template.properties(title) for title in template.resources])
    arns = set(re.findall(r"arn:([\w-]+):", text))

    assert arns == {partition}
    assert f"sns.{region}.{suffix}" in text


@every_form
def test_every_resource_is_named_or_exempt(form: str, bucket: str, trail: str) -> None:
    """Each resource is named by an output or exempt with a reason; together they are all there are."""
    coverage = built(form, bucket, trail).coverage()
    resources = encoded(form, bucket, trail)["Resources"]

    assert sorted([*coverage.covered, *coverage.exempt]) == sorted(resources)
    assert all(coverage.exempt.values())
    assert {resources[title]["Type"] for title in coverage.exempt} <= {
        "AWS::KMS::Alias",
        "AWS::Lambda::Permission",
        "AWS::Logs::MetricFilter",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    }


@every_form
def test_outputs(form: str, bucket: str, trail: str) -> None:
    """There are more than 30 outputs, each described and with a value that is plain text."""
    outputs = encoded(form, bucket, trail)["Outputs"]

    assert len(outputs) > 30
    assert all(output["Description"] for output in outputs.values())
    values = resolved(form, bucket, trail).outputs()
    assert set(values) == set(outputs)
    assert all(isinstance(value, str) and value for value in values.values())


def test_names_that_outputs_tell() -> None:
    """Some outputs, written out."""
    outputs = resolved("fixed").outputs()

    assert outputs["DataBucketName"] == "payments-prod-data-bucket-ab12cd34"
    assert outputs["TrailArn"] == f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail/payments-prod-trail-ab12cd34"
    assert outputs["KeyRotationName"] == "payments-prod-key-rotation-ab12cd34"
    assert outputs["AlarmTopicArn"] == f"arn:aws:sns:eu-central-1:{ACCOUNT}:AlarmTopic"


@every_form
def test_what_holds_data_stays(form: str, bucket: str, trail: str) -> None:
    """Buckets, keys and logs stay when the stack goes or replaces them; the queue says that it goes."""
    policies: dict[str, set[tuple[str, str]]] = {}
    for resource in encoded(form, bucket, trail)["Resources"].values():
        if {"DeletionPolicy", "UpdateReplacePolicy"} & set(resource):
            found = (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
            policies.setdefault(resource["Type"], set()).add(found)

    assert policies == {
        "AWS::KMS::Key": {("Retain", "Retain")},
        "AWS::Logs::LogGroup": {("Retain", "Retain")},
        "AWS::S3::Bucket": {("Retain", "Retain")},
        "AWS::SQS::Queue": {("Delete", "Delete")},
    }
    for kind in policies:
        for title in template_resources(encoded(form, bucket, trail), kind):
            assert "DeletionPolicy" in encoded(form, bucket, trail)["Resources"][title]


@every_form
def test_buckets_have_the_required_encryption(form: str, bucket: str, trail: str) -> None:
    """Where AES256 is required no bucket names a KMS key; where KMS is, all but access logs have their own."""
    found = {}
    for title, properties in template_resources(encoded(form, bucket, trail), "AWS::S3::Bucket").items():
        [rule] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        found[title] = rule["ServerSideEncryptionByDefault"]
    sse = {"SSEAlgorithm": "AES256"}

    if bucket == "aws:kms":
        assert found == {
            "AccessLogs": sse,
            "DataBucket": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["DataBucketKey", "Arn"]}},
            "TrailBucket": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["TrailBucketKey", "Arn"]}},
        }
    else:
        assert found == {"AccessLogs": sse, "DataBucket": sse, "TrailBucket": sse}


@every_form
def test_rights_stand_in_managed_policies_alone(form: str, bucket: str, trail: str) -> None:
    """No principal has a policy of its own, users have groups only, and every role has the boundary."""
    template = encoded(form, bucket, trail)
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    principals = [template_resources(template, f"AWS::IAM::{kind}") for kind in ("Group", "Role", "User")]

    assert {kind for kind in kinds if kind.startswith("AWS::IAM::")} <= {
        "AWS::IAM::Group",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::IAM::User",
    }
    for properties in (properties for rows in principals for properties in rows.values()):
        assert not {"Policies", "ManagedPolicyArns"} & set(properties)
    roles = template_resources(template, "AWS::IAM::Role")
    assert len(roles) == 2
    assert all(role["PermissionsBoundary"] == {"Ref": "RoleBoundary"} for role in roles.values())
    assert not any("Users" in policy for policy in template_resources(template, "AWS::IAM::ManagedPolicy").values())


@every_form
def test_wildcards_are_in_the_ledger(form: str, bucket: str, trail: str) -> None:
    """No identity is allowed an action with a wildcard, and ``*`` as resource only where AWS knows no other."""
    found = {}
    for title, properties in template_resources(encoded(form, bucket, trail), "AWS::IAM::ManagedPolicy").items():
        for statement in properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                assert not [action for action in statement["Action"] if "*" in action or "?" in action]
                if "*" in statement["Resource"]:
                    found[title, statement["Sid"]] = tuple(statement["Action"])

    assert found == {
        ("RoleBoundary", "GrantedOnEverything"): ("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
        ("SelfService", "LookUp"): ("iam:GetAccountPasswordPolicy", "iam:ListVirtualMFADevices"),
        ("KeyRotationRolePolicy", "Trace"): ("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    }
    ledger = built(form, bucket, trail).wildcards(encoded(form, bucket, trail))
    assert {(entry.logical_id, entry.sid): entry.actions for entry in ledger} == found


@every_form
def test_policies_speak_of_actions_that_there_are(form: str, bucket: str, trail: str) -> None:
    """AWS knows every action of every policy, trust policies and key policies among them; none is ``*`` alone."""
    found = list(documents(encoded(form, bucket, trail)["Resources"]))
    actions = {
        action
        for document in found
        for statement in document["Statement"]
        for action in statement.get("Action") or statement["NotAction"]
    }

    assert len(found) >= 15
    assert {document["Version"] for document in found} == {"2012-10-17"}
    assert not [action for action in actions if not exists(action)]
    assert {action for action in actions if "*" in action} == {"s3:*", "sqs:*"}


@every_form
def test_resource_policies_allow_no_stranger(form: str, bucket: str, trail: str) -> None:
    """What is allowed to services is bound to what is this account's; everyone as principal is only ever denied."""
    for document in documents(encoded(form, bucket, trail)["Resources"]):
        for statement in document["Statement"]:
            principal = statement.get("Principal", {})
            if statement["Effect"] == "Deny" or not principal:
                continue
            assert principal != {"AWS": "*"}
            if "Service" in principal and statement["Action"] != ["sts:AssumeRole"]:
                condition = statement["Condition"]
                if statement["Sid"] == "UseForLogs":  # CloudWatch Logs names the group, and neither of the other two.
                    [group] = condition["ArnLike"].values()
                    assert ":${AWS::AccountId}:log-group:" in group["Fn::Sub"][0]
                    continue
                assert condition["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
                assert "aws:SourceArn" in condition["ArnLike"]


@every_form
def test_no_circle(form: str, bucket: str, trail: str) -> None:
    """Resources can be made one after another: nothing waits for itself."""
    resources = encoded(form, bucket, trail)["Resources"]
    waits = {
        title: {name for name, _ in references(resource) if name in resources} | set(resource.get("DependsOn", []))
        for title, resource in resources.items()
    }

    order = list(TopologicalSorter(waits).static_order())
    assert sorted(order) == sorted(resources)


@every_form
def test_no_alarm_without_an_action(form: str, bucket: str, trail: str) -> None:
    """All nineteen alarms tell the topic."""
    alarms = template_resources(encoded(form, bucket, trail), "AWS::CloudWatch::Alarm")

    assert len(alarms) == 19
    assert {json.dumps(row["AlarmActions"]) for row in alarms.values()} == {'[{"Ref": "AlarmTopic"}]'}


@every_form
def test_physical_names_are_unique(form: str, bucket: str, trail: str) -> None:
    """No two resources of a type have one name, and every name ends with the stack's suffix."""
    template = resolved(form, bucket, trail)
    names = [
        (resource["Type"], value)
        for title, resource in template.resources.items()
        for key, value in template.properties(title).items()
        if key == "Name" or resource["Type"].rpartition("::")[2] in OWN_NAME.get(key, "")
    ]

    assert len(names) > 30
    assert len(set(names)) == len(names)
    assert not [name for _, name in names if not name.endswith("-ab12cd34")]


@pytest.mark.parametrize(
    ("address", "concurrency", "subscribed", "reserved"),
    [("", "false", False, None), ("a@example.com", "true", True, 1), ("", "true", False, 1)],
)
def test_both_sides_of_every_condition(address: str, concurrency: str, subscribed: bool, reserved: int | None) -> None:
    """Each condition is seen true and false, with what depends on it."""
    template = resolved("asked", AlarmEmail=address, ReserveConcurrency=concurrency)

    assert template.conditions == {"HasAlarmEmail": subscribed, "ReservesConcurrency": reserved == 1}
    assert ("AlarmTopicEmail" in template.resources) is subscribed
    assert template.properties("KeyRotation").get("ReservedConcurrentExecutions") == reserved


def test_nothing_else_is_conditional() -> None:
    """One resource and one property depend on conditions; everything else is always there."""
    template = encoded("asked")
    conditional = {title: row["Condition"] for title, row in template["Resources"].items() if "Condition" in row}

    assert conditional == {"AlarmTopicEmail": "HasAlarmEmail"}
    assert re.findall(r'"Fn::If": \["(\w+)"', json.dumps(template)) == ["ReservesConcurrency"]


def test_asked_and_fixed_come_to_the_same() -> None:
    """With the answers of the fixed settings, the form gives the same resources as the fixed template."""
    people = {"users": fixed().users, "groups": fixed().groups}
    open_form = build(
        "secure-enterprise",
        Settings(**{key: [row._asdict() for row in rows] for key, rows in people.items()}),
    )
    answers = {
        **ANSWERS,
        "DataClassification": "restricted",
        "AlarmEmail": "oncall@example.com",
        "AccessKeyMaxAgeDays": "60",
        "AccessKeyGraceDays": "5",
        "AccessKeyDeleteAfterDays": "6",
        "AccessKeyUnusedDays": "30",
        "LogRetentionDays": 400,
    }
    chosen, plain = Resolved(open_form.to_dict(), answers), resolved("fixed")

    assert list(chosen.resources) == list(plain.resources)
    for title in plain.resources:
        assert chosen.properties(title) == plain.properties(title)


def policies_of(template: Resolved, group: str) -> list[Any]:
    """Documents of the policies that are attached to a group."""
    return [
        template.properties(title)["PolicyDocument"]
        for title, properties in template_resources(template.template, "AWS::IAM::ManagedPolicy").items()
        if {"Ref": f"{group}Group"} in properties.get("Groups", [])
    ]


DATA = "arn:aws:s3:::payments-prod-data-bucket-ab12cd34"
FILES = "arn:aws:s3:::payments-prod-trail-bucket-ab12cd34"
ACCESS = "arn:aws:s3:::payments-prod-access-logs-ab12cd34"
TRAIL_LOG = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:payments-prod-trail-log-ab12cd34:*"


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:GetObject", f"{DATA}/a", {"Developers", "Operators"}),
        ("s3:ListBucket", DATA, {"Developers", "Operators"}),
        ("s3:PutObject", f"{DATA}/a", {"Developers"}),
        ("s3:DeleteObject", f"{DATA}/a", {"Developers"}),
        ("s3:DeleteObjectVersion", f"{DATA}/a", set()),
        ("s3:PutBucketPolicy", DATA, set()),
        ("s3:GetObject", f"{FILES}/a", {"Auditors"}),
        ("s3:ListBucket", FILES, {"Auditors"}),
        ("s3:PutObject", f"{FILES}/a", set()),
        ("s3:DeleteObject", f"{FILES}/a", set()),
        ("s3:GetObject", f"{ACCESS}/a", {"Auditors"}),
        ("s3:DeleteObject", f"{ACCESS}/a", set()),
        ("logs:StartQuery", TRAIL_LOG, {"Auditors"}),
        ("logs:GetQueryResults", TRAIL_LOG, {"Auditors"}),
        ("logs:DeleteLogStream", TRAIL_LOG, set()),
        ("cloudtrail:StopLogging", f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail/payments-prod-trail", set()),
        ("iam:GetUser", f"arn:aws:iam::{ACCOUNT}:user/{PATH}/me", {"Developers", "Operators", "Auditors"}),
    ],
)
def test_who_may_do_what(action: str, resource: str, allowed: set[str]) -> None:
    """Readers read, writers also write and delete, auditors read trail and logs; without MFA none of it."""
    template = resolved("fixed")
    context = {"aws:username": "me"}
    for group in ("Developers", "Operators", "Auditors"):
        own = policies_of(template, group)
        request = Request(action, resource, context={**context, **MFA})
        assert decision(request, *own) == (ALLOWED if group in allowed else NOT_ALLOWED)
        if not action.startswith("iam:"):
            assert decision(request._replace(context=context), *own) == DENIED


@pytest.mark.parametrize(
    ("action", "key", "allowed"),
    [
        ("kms:Decrypt", "databucketkey", {"Developers", "Operators"}),
        ("kms:GenerateDataKey", "databucketkey", {"Developers"}),
        ("kms:Decrypt", "trailbucketkey", {"Auditors"}),
        ("kms:Decrypt", "trailkey", {"Auditors"}),
        ("kms:GenerateDataKey", "trailkey", set()),
    ],
)
def test_who_may_use_which_key(action: str, key: str, allowed: set[str]) -> None:
    """With KMS, those who may read may decrypt, those who may write may encrypt, each with the right key only."""
    template = resolved("fixed", "aws:kms", "aws:kms")
    request = Request(action, f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/{key}", context={"aws:username": "me", **MFA})

    for group in ("Developers", "Operators", "Auditors"):
        expected = ALLOWED if group in allowed else NOT_ALLOWED
        assert decision(request, *policies_of(template, group)) == expected


def test_rights_come_after_the_guard() -> None:
    """What a group may do is attached after the MFA guard and taken off before it."""
    resources = encoded("asked")["Resources"]

    assert {title: resources[title].get("DependsOn") for title in ("DataReaders", "DataWriters", "Auditors")} == {
        "DataReaders": ["SelfService"],
        "DataWriters": ["SelfService"],
        "Auditors": ["SelfService"],
    }


def groups_in(*groups: dict[str, str]) -> Any:
    """Resources of a stack with these groups."""
    return build("secure-enterprise", Settings(groups=list(groups))).to_dict()["Resources"]


def test_groups_without_data() -> None:
    """Where no group reads or writes data, there are no policies for it; auditors are always there."""
    resources = groups_in({"name": "guests", "data": "none"})

    assert not {"DataReaders", "DataWriters"} & set(resources)
    assert resources["SelfService"]["Properties"]["Groups"] == [{"Ref": "GuestsGroup"}, {"Ref": "AuditorsGroup"}]


def test_auditors_of_the_settings() -> None:
    """A group of the settings that is called auditors is the auditors' group, with its data rights beside."""
    resources = groups_in({"name": "auditors", "data": "read"})

    assert [title for title, row in resources.items() if row["Type"] == "AWS::IAM::Group"] == ["AuditorsGroup"]
    assert resources["DataReaders"]["Properties"]["Groups"] == [{"Ref": "AuditorsGroup"}]
    assert resources["Auditors"]["Properties"]["Groups"] == [{"Ref": "AuditorsGroup"}]
    assert "DataWriters" not in resources


def test_rotation_covers_every_group() -> None:
    """The rotation looks at the users of all groups, the auditors' too."""
    names = resolved("fixed").properties("KeyRotation")["Environment"]["Variables"]["GROUP_NAMES"].split(",")

    assert names == [
        "payments-prod-developers-ab12cd34",
        "payments-prod-operators-ab12cd34",
        "payments-prod-auditors-ab12cd34",
    ]


def test_users_are_subscribed_by_their_address() -> None:
    """A user with an address is told of their own keys; one without is not subscribed."""
    resources = encoded("fixed")["Resources"]

    assert resources["AliceNotices"]["Properties"]["Endpoint"] == "alice@example.com"
    assert "BobNotices" not in resources


@every_form
def test_equal_settings_give_equal_bytes(form: str, bucket: str, trail: str) -> None:
    """Built anew, the template is the same, byte by byte."""
    built_anew = built.__wrapped__(form, bucket, trail)

    assert built_anew.to_json() == built(form, bucket, trail).to_json() == built(form, bucket, trail).to_json()
