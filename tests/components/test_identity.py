"""People and roles: what they may do, with and without MFA, and what no policy added later can add."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.component_samples import ANSWERS, asked, fixed, fixed_name, with_suffix
from support.iam_evaluator import ALLOWED, DENIED, NOT_ALLOWED, Request, decision, within
from support.resolved_template import ACCOUNT, OTHER_ACCOUNT, Resolved, template_resources
from troposphere import GetAtt, Ref, iam

from tap_templates.components.identity import people, permissions_boundary, service_role
from tap_templates.components.storage import access_log_bucket
from tap_templates.errors import PolicyError
from tap_templates.policies import document, trust
from tap_templates.settings import Group, User
from tap_templates.stack import Stack

PATH = "payments/prod/ab12cd34"
ALICE = f"payments-prod-alice-{PATH[-8:]}"
BOB = f"payments-prod-bob-{PATH[-8:]}"
SECRETS = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:{PATH}/access-keys"
ROOT_PATH = with_suffix("/payments/prod/${Suffix}/")


def user_arn(name: str, path: str = PATH, account: str = ACCOUNT) -> str:
    """ARN of a user of this stack, or of elsewhere."""
    return f"arn:aws:iam::{account}:user/{path}/{name}"


def stack_with_people(**changes: Any) -> Stack:
    """A stack with the groups and users of the settings."""
    stack = Stack(fixed(**changes))
    people(stack, stack.settings.groups, stack.settings.users)
    return stack


@pytest.fixture(scope="module")
def self_service() -> Any:
    """The one policy of every group, as AWS gets it."""
    return Resolved(stack_with_people().to_dict()).properties("SelfService")["PolicyDocument"]


def by_alice(action: str, resource: str, mfa: str | None = "true") -> Request:
    """A call by a user, with MFA, without, or with long-term keys (None)."""
    context = {"aws:username": ALICE, **({} if mfa is None else {"aws:MultiFactorAuthPresent": mfa})}
    return Request(action, resource, arn=user_arn(ALICE), context=context)


def test_groups_and_users() -> None:
    """Groups and users have names by the convention and the stack's own path; users have groups and nothing else."""
    encoded = stack_with_people().to_dict()
    groups, users = (template_resources(encoded, f"AWS::IAM::{kind}") for kind in ("Group", "User"))
    for user in users.values():
        del user["Tags"]

    assert groups == {
        "DevelopersGroup": {"GroupName": fixed_name("developers"), "Path": ROOT_PATH},
        "OperatorsGroup": {"GroupName": fixed_name("operators"), "Path": ROOT_PATH},
    }
    assert users == {
        "AliceUser": {"UserName": fixed_name("alice"), "Path": ROOT_PATH, "Groups": [{"Ref": "DevelopersGroup"}]},
        "BobUser": {
            "UserName": fixed_name("bob"),
            "Path": ROOT_PATH,
            "Groups": [{"Ref": "OperatorsGroup"}, {"Ref": "DevelopersGroup"}],
        },
    }


def test_every_group_is_behind_the_guard() -> None:
    """One policy with the guard is attached to every group, and what it is called is handed back."""
    stack = Stack(fixed())
    added = people(stack, [Group("one"), Group("two-b"), Group("three")], [User("carol", ("one",))])
    policy = stack.to_dict()["Resources"]["SelfService"]["Properties"]

    assert policy["Groups"] == [{"Ref": "OneGroup"}, {"Ref": "TwoBGroup"}, {"Ref": "ThreeGroup"}]
    assert policy["Path"] == ROOT_PATH
    assert added.guard == ("SelfService",)
    assert list(added.groups) == ["one", "two-b", "three"]
    assert list(added.users) == ["carol"]


def test_names_are_never_static() -> None:
    """No group or user of any template has a name without the suffix of its stack."""
    encoded = stack_with_people().to_dict()
    names = [
        properties[key]
        for kind, key in (("Group", "GroupName"), ("User", "UserName"))
        for properties in template_resources(encoded, f"AWS::IAM::{kind}").values()
    ]

    assert len(names) == 4
    assert all(name["Fn::Sub"][0].endswith("-${Suffix}") for name in names)


@pytest.mark.parametrize("mfa", ["false", None])
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::payments-prod-data-bucket-ab12cd34/a"),
        ("s3:ListBucket", "arn:aws:s3:::payments-prod-data-bucket-ab12cd34"),
        ("secretsmanager:GetSecretValue", f"{SECRETS}/{ALICE}-abcdef"),
        ("iam:CreateAccessKey", user_arn(ALICE)),
        ("iam:DeactivateMFADevice", user_arn(ALICE)),
        ("iam:UpdateLoginProfile", user_arn(ALICE)),
        ("iam:ListUsers", "*"),
        ("iam:PassRole", "*"),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/anything"),
        ("kms:Decrypt", f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/any"),
    ],
)
def test_without_mfa_everything_else_is_denied(self_service: Any, action: str, resource: str, mfa: str | None) -> None:
    """Without MFA, also with long-term keys where the key is absent, all but the list below is denied outright."""
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

    assert decision(by_alice(action, resource, mfa), self_service, everything) == DENIED


@pytest.mark.parametrize("mfa", ["false", None])
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:ChangePassword", user_arn(ALICE)),
        ("iam:GetAccountPasswordPolicy", "*"),
        ("iam:GetUser", user_arn(ALICE)),
        ("iam:ListMFADevices", user_arn(ALICE)),
        ("iam:ListVirtualMFADevices", "*"),
        ("iam:CreateVirtualMFADevice", f"arn:aws:iam::{ACCOUNT}:mfa/{ALICE}"),
        ("iam:DeleteVirtualMFADevice", f"arn:aws:iam::{ACCOUNT}:mfa/{ALICE}"),
        ("iam:EnableMFADevice", user_arn(ALICE)),
        ("iam:ResyncMFADevice", user_arn(ALICE)),
    ],
)
def test_without_mfa_it_can_be_enrolled(self_service: Any, action: str, resource: str, mfa: str | None) -> None:
    """Without MFA one's own device can be enrolled and one's own password changed."""
    assert decision(by_alice(action, resource, mfa), self_service) == ALLOWED


def test_what_works_without_mfa_word_for_word() -> None:
    """The guard spares these actions and no other."""
    statement = stack_with_people().to_dict()["Resources"]["SelfService"]["Properties"]["PolicyDocument"]["Statement"][
        0
    ]

    assert statement == {
        "Sid": "DenyWithoutMfa",
        "Effect": "Deny",
        "NotAction": [
            "iam:ChangePassword",
            "iam:CreateVirtualMFADevice",
            "iam:DeleteVirtualMFADevice",
            "iam:EnableMFADevice",
            "iam:GetAccountPasswordPolicy",
            "iam:GetUser",
            "iam:ListMFADevices",
            "iam:ListVirtualMFADevices",
            "iam:ResyncMFADevice",
            "sts:GetSessionToken",
        ],
        "Resource": ["*"],
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    }


@pytest.mark.parametrize(("mfa", "expected"), [(None, NOT_ALLOWED), ("false", NOT_ALLOWED), ("true", ALLOWED)])
@pytest.mark.parametrize("action", ["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"])
def test_a_stolen_key_enrols_no_second_device(self_service: Any, action: str, mfa: str | None, expected: str) -> None:
    """A device beside the one under the user's own name can be made with MFA only."""
    request = by_alice(action, f"arn:aws:iam::{ACCOUNT}:mfa/{ALICE}-spare", mfa)

    assert decision(request, self_service) == expected


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("iam:CreateAccessKey", user_arn(ALICE), ALLOWED),
        ("iam:DeleteAccessKey", user_arn(ALICE), ALLOWED),
        ("iam:UpdateAccessKey", user_arn(ALICE), ALLOWED),
        ("iam:DeactivateMFADevice", user_arn(ALICE), ALLOWED),
        ("secretsmanager:GetSecretValue", f"{SECRETS}/{ALICE}-abcdef", ALLOWED),
        ("secretsmanager:DescribeSecret", f"{SECRETS}/{ALICE}-abcdef", ALLOWED),
        ("iam:CreateAccessKey", user_arn(BOB), NOT_ALLOWED),
        ("iam:ChangePassword", user_arn(BOB), NOT_ALLOWED),
        ("iam:DeactivateMFADevice", user_arn(BOB), NOT_ALLOWED),
        ("iam:CreateAccessKey", user_arn(ALICE, path="payments/prod/99999999"), NOT_ALLOWED),
        ("iam:CreateAccessKey", user_arn(ALICE, account=OTHER_ACCOUNT), NOT_ALLOWED),
        ("iam:CreateVirtualMFADevice", f"arn:aws:iam::{ACCOUNT}:mfa/{BOB}", NOT_ALLOWED),
        ("iam:DeleteVirtualMFADevice", f"arn:aws:iam::{ACCOUNT}:mfa/{BOB}", NOT_ALLOWED),
        ("secretsmanager:GetSecretValue", f"{SECRETS}/{BOB}-abcdef", NOT_ALLOWED),
        ("secretsmanager:GetSecretValue", f"{SECRETS}/{ALICE}-two-abcdef", NOT_ALLOWED),
        ("secretsmanager:GetSecretValue", f"{SECRETS}/{ALICE}/more-abcdef", NOT_ALLOWED),
        ("secretsmanager:PutSecretValue", f"{SECRETS}/{ALICE}-abcdef", NOT_ALLOWED),
        ("iam:AttachUserPolicy", user_arn(ALICE), NOT_ALLOWED),
        ("iam:PutUserPolicy", user_arn(ALICE), NOT_ALLOWED),
        ("iam:AddUserToGroup", f"arn:aws:iam::{ACCOUNT}:group/{PATH}/any", NOT_ALLOWED),
        ("iam:CreateLoginProfile", user_arn(ALICE), NOT_ALLOWED),
        ("iam:DeleteUser", user_arn(ALICE), NOT_ALLOWED),
        ("iam:TagUser", user_arn(ALICE), NOT_ALLOWED),
    ],
)
def test_with_mfa_everyone_has_their_own(self_service: Any, action: str, resource: str, expected: str) -> None:
    """With MFA, users manage their own credentials and read their own rotated key; no one else's, and nothing more."""
    assert decision(by_alice(action, resource), self_service) == expected


def test_trust_is_closed_to_the_account_where_the_service_says_it() -> None:
    """Lambda names the account it acts for; CloudTrail does not, and would be locked out by a condition."""
    stack = Stack(fixed())
    for title, service in (("One", "lambda.amazonaws.com"), ("Two", "cloudtrail.amazonaws.com")):
        service_role(stack, title, service=service, statements=[], description="Does it")
    one, two = template_resources(stack.to_dict(), "AWS::IAM::Role").values()

    assert one["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        }
    ]
    assert two["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": ["sts:AssumeRole"]}
    ]


def test_role_has_managed_policies_of_its_own() -> None:
    """A role's rights stand in managed policies under the stack's path, whose titles the role's user waits for."""
    stack = Stack(fixed())
    logs = access_log_bucket(stack)
    role = service_role(
        stack, "Reader", service="lambda.amazonaws.com", statements=logs.read(), description="Reads logs"
    )
    resources = stack.to_dict()["Resources"]

    assert role.policy_titles == ("ReaderPolicy",)
    assert role.arn.to_dict() == {"Fn::GetAtt": ["Reader", "Arn"]}
    assert resources["Reader"]["Properties"]["RoleName"] == fixed_name("reader")
    assert resources["Reader"]["Properties"]["Path"] == ROOT_PATH
    assert not {"Policies", "ManagedPolicyArns"} & set(resources["Reader"]["Properties"])
    assert resources["ReaderPolicy"]["Properties"] == {
        "ManagedPolicyName": fixed_name("reader-policy"),
        "Path": ROOT_PATH,
        "Description": "Reads logs",
        "Roles": [{"Ref": "Reader"}],
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ReadAccessLogs",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:GetObjectVersion"],
                    "Resource": [{"Fn::Sub": "${AccessLogs.Arn}/*"}],
                }
            ],
        },
    }


def allowing(*actions: str, on: Any = "*", **parts: Any) -> dict[str, Any]:
    """A policy document in plain data."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [*actions], "Resource": on, **parts}]}


def raw_role(title: str, **properties: Any) -> iam.Role:
    """A role in raw troposphere."""
    return iam.Role(title, AssumeRolePolicyDocument=trust("lambda.amazonaws.com"), **properties)


def boundary_of(*resources: Any) -> Any:
    """The encoded stack of a boundary and of resources added by hand."""
    stack = Stack(fixed())
    permissions_boundary(stack)
    for resource in resources:
        stack.add(resource)
    return stack.to_dict()["Resources"]


def test_boundary_is_the_union_of_what_roles_were_granted() -> None:
    """Whatever way a policy gets to a role, its allowed actions are in the boundary; no denied ones, none of groups."""
    queue = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:a"
    resources = boundary_of(
        raw_role(
            "ByHand",
            Policies=[
                iam.Policy(PolicyName="a", PolicyDocument=allowing("sqs:SendMessage", on=queue)),
                iam.Policy(
                    PolicyName="b",
                    PolicyDocument={"Statement": {"Effect": "Allow", "Action": "sqs:DeleteMessage", "Resource": queue}},
                ),
            ],
            ManagedPolicyArns=[Ref("Attached"), "arn:aws:iam::aws:policy/ReadOnlyAccess"],
        ),
        iam.ManagedPolicy("Attached", PolicyDocument=allowing("sns:Publish", on=queue)),
        iam.ManagedPolicy("ToRoles", Roles=[Ref("ByHand")], PolicyDocument=allowing("xray:PutTraceSegments")),
        iam.PolicyType(
            "Inline", PolicyName="i", Roles=[Ref("ByHand")], PolicyDocument=allowing("s3:GetObject", on="a")
        ),
        iam.RolePolicy(
            "Separate", PolicyName="s", RoleName=Ref("ByHand"), PolicyDocument=allowing("logs:PutLogEvents", on="a")
        ),
        iam.ManagedPolicy(
            "Denying",
            Roles=[Ref("ByHand")],
            PolicyDocument={"Statement": [{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}]},
        ),
        iam.Group("People"),
        iam.ManagedPolicy("OfPeople", Groups=[Ref("People")], PolicyDocument=allowing("sqs:PurgeQueue", on=queue)),
    )

    assert resources["RoleBoundary"]["Properties"]["PolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Granted",
                "Effect": "Allow",
                "Action": [
                    "logs:PutLogEvents",
                    "s3:GetObject",
                    "sns:Publish",
                    "sqs:DeleteMessage",
                    "sqs:SendMessage",
                ],
                "Resource": [
                    {"Fn::Sub": "arn:${AWS::Partition}:*:*:${AWS::AccountId}:*"},
                    with_suffix("arn:${AWS::Partition}:s3:::payments-prod-*-${Suffix}"),
                    with_suffix("arn:${AWS::Partition}:s3:::payments-prod-*-${Suffix}/*"),
                ],
            },
            {
                "Sid": "GrantedOnEverything",
                "Effect": "Allow",
                "Action": ["xray:PutTraceSegments"],
                "Resource": ["*"],
            },
        ],
    }


def test_roles_added_by_hand_get_the_boundary() -> None:
    """A role in raw troposphere, with no word of a boundary, carries it; one with a boundary keeps its own."""
    resources = boundary_of(raw_role("Plain"), raw_role("Bounded", PermissionsBoundary="arn:aws:iam::aws:policy/Mine"))

    assert resources["Plain"]["Properties"]["PermissionsBoundary"] == {"Ref": "RoleBoundary"}
    assert resources["Bounded"]["Properties"]["PermissionsBoundary"] == "arn:aws:iam::aws:policy/Mine"


@pytest.mark.parametrize("actions", [["s3:*"], ["*"], ["sqs:Get?ueueUrl"]])
def test_boundary_lists_no_wildcard(actions: list[str]) -> None:
    """A role that is allowed a wildcard stops the build, with the place and the word."""
    with pytest.raises(PolicyError) as caught:
        boundary_of(raw_role("Wide", Policies=[iam.Policy(PolicyName="p", PolicyDocument=allowing(*actions, on="a"))]))

    assert str(caught.value) == f"Wide: found {actions[0]!r}; name each action that the role needs"


def test_boundary_lists_no_exception() -> None:
    """A role that is allowed everything but something stops the build."""
    policy = {"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "a"}]}

    with pytest.raises(PolicyError, match="Wide: found 'NotAction'; name each action that the role needs"):
        boundary_of(raw_role("Wide", Policies=[iam.Policy(PolicyName="p", PolicyDocument=policy)]))


def test_boundary_of_a_stack_without_roles_allows_nothing() -> None:
    """Where no role is granted anything, the boundary has no statement."""
    assert boundary_of()["RoleBoundary"]["Properties"]["PolicyDocument"] == {"Version": "2012-10-17", "Statement": []}


def test_boundary_keeps_buckets_to_the_stack() -> None:
    """Under the boundary, a role reads the stack's buckets, and no other's even when a policy says so."""
    stack = Stack(asked())
    permissions_boundary(stack)
    logs = access_log_bucket(stack)
    service_role(stack, "Reader", service="lambda.amazonaws.com", statements=logs.read(), description="Reads")
    template = Resolved(stack.to_dict(), ANSWERS)
    boundary = template.properties("RoleBoundary")["PolicyDocument"]
    wide = allowing("*")

    def read(bucket: str) -> Request:
        return Request("s3:GetObject", f"arn:aws:s3:::{bucket}/a")

    assert within(read("payments-prod-access-logs-ab12cd34"), boundary, wide)
    assert not within(read("payments-prod-access-logs-99999999"), boundary, wide)
    assert not within(read("elsewhere"), boundary, wide)
    assert not within(read("payments-prod-access-logs-ab12cd34")._replace(action="s3:PutObject"), boundary, wide)


def test_boundary_has_no_reference_that_could_close_a_circle() -> None:
    """The boundary's document refers to pseudo parameters only, so every role can refer to the boundary."""
    stack = Stack(fixed())
    permissions_boundary(stack)
    logs = access_log_bucket(stack)
    role = service_role(stack, "Reader", service="lambda.amazonaws.com", statements=logs.read(), description="Reads")
    stack.add(
        iam.ManagedPolicy("More", Roles=[Ref(role.resource)], PolicyDocument=document(*logs.list(), *logs.write()))
    )
    text = json.dumps(stack.to_dict()["Resources"]["RoleBoundary"])

    assert "AccessLogs" not in text
    assert GetAtt("AccessLogs", "Arn").to_dict()["Fn::GetAtt"][0] not in text
