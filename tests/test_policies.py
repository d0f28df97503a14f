"""Statements and documents: least privilege, closed trust, the wildcard ledger."""

from __future__ import annotations

from typing import Any

import awacs.aws as aws
import awacs.ec2 as ec2
import awacs.kms as kms
import awacs.s3 as s3
import pytest
from troposphere import GetAtt, encode_to_dict

from tap_templates.errors import PolicyError
from tap_templates.policies import (
    Wildcard,
    allow,
    anyone,
    deny,
    deny_all_but,
    document,
    from_source,
    from_this_account,
    service,
    split,
    this_account,
    trust,
    wildcards,
)

OBJECTS = "arn:aws:s3:::files/*"


def refused(call: Any, *given: Any, **named: Any) -> PolicyError:
    """The error that a call raises."""
    with pytest.raises(PolicyError) as caught:
        call(*given, **named)
    return caught.value


def test_allow_with_all_parts() -> None:
    """A statement has its Sid, actions, resources and conditions as lists and mappings of AWS's."""
    statement = allow(
        [s3.GetObject, s3.PutObject],
        on=GetAtt("Box", "Arn"),
        when=[aws.StringEquals("aws:PrincipalTag/x", "y"), aws.Bool("aws:SecureTransport", "true")],
        sid="Use",
    )

    assert encode_to_dict(statement) == {
        "Sid": "Use",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": [{"Fn::GetAtt": ["Box", "Arn"]}],
        "Condition": {"StringEquals": {"aws:PrincipalTag/x": "y"}, "Bool": {"aws:SecureTransport": "true"}},
    }


def test_allow_in_a_resources_own_policy_may_say_everything() -> None:
    """In a key's or bucket's own policy ``*`` is that key or bucket."""
    statement = allow(s3.GetObject, on="*", to=service("logging.s3.amazonaws.com"))

    assert encode_to_dict(statement) == {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": ["s3:GetObject"],
        "Resource": ["*"],
    }


def test_allow_refuses_everything_where_resources_can_be_named() -> None:
    """``*`` is refused for an action that has resource types, beside other resources too."""
    error = refused(allow, [ec2.DescribeRegions, s3.GetObject], on=[OBJECTS, "*"], sid="Read")

    assert (error.where, error.found) == ("Read", "s3:GetObject on *")
    assert error.remedy == "name the ARNs it is needed for (resource types: accesspointobject, object)"


def test_allow_takes_everything_where_aws_has_no_resource() -> None:
    """An action without resource types is allowed on ``*``."""
    assert encode_to_dict(allow(ec2.DescribeRegions, on="*"))["Resource"] == ["*"]


@pytest.mark.parametrize("name", ["Get*", "Get?bject", "*"])
def test_allow_refuses_patterns_of_actions(name: str) -> None:
    """Each action that is allowed has its name."""
    error = refused(allow, aws.Action("s3", name), on=OBJECTS)

    assert (error.where, error.found, error.remedy) == (
        "allow",
        f"s3:{name}",
        "name each action that is needed",
    )


@pytest.mark.parametrize(("call", "where"), [(allow, "allow"), (deny, "deny")])
def test_unknown_action_is_answered_with_the_nearest(call: Any, where: str) -> None:
    """A misspelt action would grant or deny nothing."""
    error = refused(call, aws.Action("s3", "GetObjekt"), on=OBJECTS)

    assert (error.where, error.found) == (where, "s3:GetObjekt")
    assert error.remedy == "use an action that IAM has (did you mean s3:GetObject?)"


@pytest.mark.parametrize("call", [allow, deny])
def test_statement_about_nothing_is_refused(call: Any) -> None:
    """A statement has at least one action and one resource."""
    no_action, no_resource = refused(call, [], on=OBJECTS), refused(call, s3.GetObject, on=[], sid="Read")

    assert (no_action.where, no_action.found, no_action.remedy) == (
        "statement",
        "no action",
        "name at least one action",
    )
    assert (no_resource.where, no_resource.found, no_resource.remedy) == (
        "Read",
        "no resource",
        "name at least one resource",
    )


def test_deny_takes_all_of_a_service() -> None:
    """What is denied may be a pattern, on everything unless said otherwise."""
    assert encode_to_dict(deny("s3:*", to=anyone(), sid="No")) == {
        "Sid": "No",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["s3:*"],
        "Resource": ["*"],
    }


def test_deny_everything_may_be_a_star() -> None:
    """``*`` denies all actions of all services."""
    assert encode_to_dict(deny("*"))["Action"] == ["*"]


def test_deny_refuses_a_service_that_is_none() -> None:
    """A pattern of a service that IAM has not would deny nothing."""
    assert refused(deny, "s33:*").found == "s33:*"


def test_deny_all_but() -> None:
    """Everything is denied except what is named, while the condition holds."""
    statement = deny_all_but(s3.GetObject, when=aws.Bool("aws:SecureTransport", "false"), sid="Guard")

    assert encode_to_dict(statement) == {
        "Sid": "Guard",
        "Effect": "Deny",
        "NotAction": ["s3:GetObject"],
        "Resource": ["*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_document_takes_statements_singly_and_in_lists() -> None:
    """Statements keep their order, whether they come one by one or in lists."""
    one, two, three = (deny("s3:*", sid=sid) for sid in "ABC")
    encoded = encode_to_dict(document(one, [two, three]))

    assert encoded["Version"] == "2012-10-17"
    assert [statement["Sid"] for statement in encoded["Statement"]] == ["A", "B", "C"]


def test_document_refuses_one_sid_twice() -> None:
    """IAM wants each Sid once."""
    error = refused(document, deny("s3:*", sid="A"), deny("iam:*", sid="A"))

    assert (error.where, error.found) == ("policy document", "Sid 'A' twice")
    assert error.remedy == "give each statement its own Sid"


def test_statements_without_sid_may_be_many() -> None:
    """A Sid is not needed."""
    assert len(encode_to_dict(document(deny("s3:*"), deny("iam:*")))["Statement"]) == 2


def test_principals_and_conditions_of_this_account() -> None:
    """Services are closed to this account and to the ARN they act for."""
    root = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}

    assert encode_to_dict(this_account()) == {"AWS": root}
    assert encode_to_dict(aws.Condition(from_this_account())) == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }
    assert encode_to_dict(aws.Condition(from_source("arn:x"))) == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnLike": {"aws:SourceArn": "arn:x"},
    }


def test_trust_is_closed_where_the_service_names_its_account() -> None:
    """Lambda assumes the role for this account and no other."""
    assert encode_to_dict(trust("lambda.amazonaws.com"))["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        }
    ]


def test_trust_is_open_where_the_service_names_no_account() -> None:
    """With a condition, CloudTrail could not assume its role."""
    assert "Condition" not in encode_to_dict(trust("cloudtrail.amazonaws.com"))["Statement"][0]


def test_trust_of_an_unknown_service_is_refused() -> None:
    """What a service says when it assumes a role has to be known."""
    error = refused(trust, "nobody.amazonaws.com")

    assert (error.where, error.found) == ("trust policy", "nobody.amazonaws.com")
    assert error.remedy == (
        "look up which condition keys it gives when it assumes a role, and add it to data/service_trust.json"
    )


def test_split_of_nothing_is_nothing() -> None:
    """Without statements there is no policy."""
    assert split([]) == []


def test_split_begins_a_list_where_the_limit_is_passed() -> None:
    """Statements that fit stand together, in their order."""
    statements = [allow(s3.GetObject, on=f"arn:aws:s3:::{'b' * 50}/*", sid=f"S{number}") for number in range(5)]
    parts = split(statements, limit=360)

    assert [len(part) for part in parts] == [2, 2, 1]
    assert [each for part in parts for each in part] == statements


def test_split_says_once_what_is_said_twice() -> None:
    """Two verbs may bring the actions of one key; the second time it is left out."""
    decrypt = [allow(kms.Decrypt, on="arn:aws:kms:::key/k", sid="Decrypt") for _ in range(2)]

    assert split(decrypt) == [decrypt[:1]]


@pytest.mark.parametrize(("sid", "where"), [("Long", "Long"), (None, "statement")])
def test_split_refuses_a_statement_that_fits_nowhere(sid: str | None, where: str) -> None:
    """A statement longer than a policy cannot be split."""
    error = refused(split, [allow(s3.GetObject, on="a" * 6144, sid=sid)])

    assert error.where == where
    assert str(error.found).startswith("up to 62")
    assert error.remedy == ("name fewer actions or resources in one statement; a managed policy holds 6144 characters")


def policy(**statement: Any) -> dict[str, Any]:
    """An encoded document of one statement."""
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize("resource", ["*", ["*"], [OBJECTS, "*"]])
@pytest.mark.parametrize("action", ["ec2:DescribeRegions", ["ec2:DescribeRegions"]])
def test_ledger_has_what_aws_forces(resource: Any, action: Any) -> None:
    """A wildcard that AWS forces is entered with its reason, whether given as text or as a list."""
    assert wildcards("Reader", policy(Sid="Look", Effect="Allow", Action=action, Resource=resource)) == [
        Wildcard("Reader", "Look", ("ec2:DescribeRegions",), "AWS defines no resource for ec2:DescribeRegions")
    ]


def test_ledger_counts_many_actions() -> None:
    """From four actions on, the reason counts them."""
    names = ["ec2:DescribeRegions", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeTags"]
    [entry] = wildcards("Reader", policy(Effect="Allow", Action=names, Resource="*"))

    assert (entry.sid, entry.reason) == ("", "AWS defines no resource for these 4 actions")


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["s3:GetObject"], "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECTS},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": [OBJECTS, {"Fn::GetAtt": ["Box", "Arn"]}]},
    ],
)
def test_ledger_leaves_out_what_is_no_wildcard(statement: dict[str, Any]) -> None:
    """What is denied, and what is allowed on ARNs, is not in the ledger."""
    assert wildcards("Reader", policy(**statement)) == []


@pytest.mark.parametrize(
    ("statement", "found", "remedy"),
    [
        (
            {"Action": "s3:GetObject", "Resource": "*"},
            "s3:GetObject on *",
            "name the ARNs it is needed for (resource types: accesspointobject, object)",
        ),
        (
            {"Action": ["ec2:DescribeRegions", "s3:Get*"], "Resource": ["*"]},
            "s3:Get* on *",
            "name each action that is needed, on the ARNs it is needed for",
        ),
        ({"Action": "*", "Resource": "*"}, "* on *", "name each action that is needed, on the ARNs it is needed for"),
        (
            {"Action": "s3:GetObjekt", "Resource": "*"},
            "s3:GetObjekt",
            "use an action that IAM has (did you mean s3:GetObject?)",
        ),
        (
            {"NotAction": ["iam:*"], "Resource": "*"},
            "NotAction with Allow",
            "name what is allowed: NotAction with Allow also allows what AWS adds later",
        ),
        (
            {"Action": "s3:GetObject", "NotResource": OBJECTS},
            "NotResource with Allow",
            "name what is allowed: NotResource with Allow also allows what AWS adds later",
        ),
    ],
)
def test_ledger_refuses_what_aws_does_not_force(statement: dict[str, Any], found: str, remedy: str) -> None:
    """A wildcard by hand that could be avoided is refused, with its policy and Sid."""
    error = refused(wildcards, "Reader", policy(Sid="All", Effect="Allow", **statement))

    assert (error.where, error.found, error.remedy) == ("Reader All", found, remedy)


@pytest.mark.parametrize(
    "statements",
    [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
        [{"Fn::If": ["A", {"Ref": "AWS::NoValue"}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}],
        {"Fn::If": ["A", [], [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]]},
    ],
)
def test_ledger_finds_statements_in_every_form(statements: Any) -> None:
    """A single statement, and both sides of a condition, are judged like a list."""
    assert refused(wildcards, "Reader", {"Statement": statements}).found == "s3:GetObject on *"


@pytest.mark.parametrize("unreadable", [None, "{}", {"Fn::Sub": "{}"}, {"Statement": ["x"]}, {"Statement": [{}]}])
def test_ledger_refuses_what_it_cannot_read(unreadable: Any) -> None:
    """A policy that cannot be judged does not pass."""
    error = refused(wildcards, "Reader", unreadable)

    assert error.where == "Reader"
    assert error.remedy == (
        "write the policy as a mapping with Statement, and each statement with Effect, so that it can be judged"
    )
