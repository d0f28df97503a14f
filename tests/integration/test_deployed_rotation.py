"""The deployed rotation function, run in the embedded AWS under its generated role with IAM enforced."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from integration.conftest import Deployed

from tap_templates.deployment import Clients


@pytest.fixture
def outsider(deployed: Deployed) -> Iterator[str]:
    """A member of one of the stack's groups who is not under the stack's path, with an old key."""
    iam, name = deployed.clients("iam"), f"outsider-{uuid.uuid4().hex[:6]}"
    group = deployed.stack.outputs["DevelopersGroupName"]
    iam.create_user(UserName=name)
    iam.add_user_to_group(GroupName=group, UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    deployed.embedded.age_access_key(name, key, days=200)
    yield name
    iam.remove_user_from_group(GroupName=group, UserName=name)
    iam.delete_access_key(UserName=name, AccessKeyId=key)
    iam.delete_user(UserName=name)


def test_old_key_gets_a_successor_that_its_owner_alone_may_read(deployed: Deployed) -> None:
    """A key past its age is joined by a second one, whose secret lies under the stack's prefix behind a policy."""
    user = deployed.user("Alice")
    old = deployed.own_key(user, age_days=91)

    report, error = deployed.invoke()

    assert error is None, report
    assert report["steps"] == {user: [f"replace {old}"]}
    keys = deployed.keys(user)
    assert keys[old] == "Active"
    assert sorted(keys.values()) == ["Active", "Active"]
    [new] = set(keys) - {old}
    suffix = deployed.stack.stack_id.rpartition("/")[2][:8]
    secrets = deployed.clients("secretsmanager")
    described = secrets.describe_secret(SecretId=f"payments/dev/{suffix}/access-keys/{user}")
    assert described["VersionIdsToStages"][hashlib.sha256(new.encode()).hexdigest()] == ["AWSCURRENT"]
    tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
    assert (tags["Project"], tags["Owner"], tags["ManagedBy"]) == ("payments", "team@example.com", "tap_templates")
    policy = json.loads(secrets.get_resource_policy(SecretId=described["ARN"])["ResourcePolicy"])
    account = deployed.embedded.account
    [statement] = policy["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "secretsmanager:GetSecretValue")
    own_arn = f"arn:aws:iam::{account}:user/payments/dev/{suffix}/{user}"
    assert statement["Condition"] == {"StringNotEquals": {"aws:PrincipalArn": own_arn}}

    again, error = deployed.invoke()

    assert error is None, again
    assert again["steps"] == {}, "a second run on the same day has nothing to do"


def test_function_asks_for_nothing_that_its_role_denies(deployed: Deployed) -> None:
    """Everything that a rotation calls is granted to the generated role: no decision of IAM goes against it."""
    deployed.own_key(deployed.user("Bob"), age_days=91)
    deployed.embedded.forget_decisions()

    report, error = deployed.invoke()

    assert error is None, report
    decisions = deployed.embedded.decisions(role=deployed.stack.outputs["KeyRotationRoleName"])
    assert {decision.action for decision in decisions} >= {
        "iam:GetGroup",
        "iam:ListAccessKeys",
        "iam:CreateAccessKey",
        "secretsmanager:CreateSecret",
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:PutSecretValue",
        "sns:Publish",
    }
    assert {decision for decision in decisions if not decision.allowed} == set()


def test_member_outside_the_stacks_path_is_reported_and_left_alone(deployed: Deployed, outsider: str) -> None:
    """The handler names members that are not the stack's own users, and touches no key of theirs."""
    before = deployed.keys(outsider)

    report, error = deployed.invoke()

    assert error is None, report
    assert report["outside"] == [outsider]
    assert deployed.keys(outsider) == before


def test_role_is_refused_on_a_user_outside_the_stacks_path(deployed: Deployed, outsider: str) -> None:
    """Even when the handler is told to handle everybody, IAM refuses what is outside the path, and the run fails."""
    functions, name = deployed.clients("lambda"), deployed.stack.outputs["KeyRotationName"]
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {**before, "USER_PATH": "/"}})
    deployed.embedded.forget_decisions()
    try:
        report, error = deployed.invoke()
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})

    assert error is not None
    assert outsider in json.dumps(report)
    assert "AccessDenied" in json.dumps(report)
    denied = [each for each in deployed.embedded.decisions() if not each.allowed and outsider in each.resource_arn]
    assert {each.action for each in denied} == {"iam:ListAccessKeys"}


def test_user_without_mfa_may_do_nothing_but_enrol_it(deployed: Deployed) -> None:
    """With a plain access key a user of the stack is denied the data bucket and their own keys."""
    user = deployed.user("Bob")
    for present in deployed.keys(user):
        deployed.clients("iam").delete_access_key(UserName=user, AccessKeyId=present)
    key = deployed.clients("iam").create_access_key(UserName=user)["AccessKey"]
    own = deployed.clients_of(key)

    assert own("iam").get_user(UserName=user)["User"]["UserName"] == user
    with pytest.raises(ClientError, match="AccessDenied"):
        own("s3").list_objects_v2(Bucket=deployed.stack.outputs["DataBucketName"])
    with pytest.raises(ClientError, match="AccessDenied"):
        own("iam").list_access_keys(UserName=user)


def test_data_bucket_refuses_plain_http(deployed: Deployed) -> None:
    """The bucket policy denies a request that says it is not encrypted, and lets the same one through over TLS."""
    lister = _reader_of_everything(deployed)
    bucket = deployed.stack.outputs["DataBucketName"]

    assert lister("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    lister("s3").meta.events.register(
        "before-send.s3", lambda request, **_: request.headers.update({"X-Forwarded-Proto": "http"})
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        lister("s3").list_objects_v2(Bucket=bucket)


def _reader_of_everything(deployed: Deployed) -> Clients:
    """A user who may list every bucket, so that only the bucket's own policy can refuse; root is bound by none."""
    iam, name = deployed.clients("iam"), f"reader-{uuid.uuid4().hex[:6]}"
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_user_policy(UserName=name, PolicyName="list", PolicyDocument=json.dumps(document))
    return deployed.clients_of(iam.create_access_key(UserName=name)["AccessKey"])
