"""What verification says when services do not answer, when nothing is known, and of what templates only imply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError

from tap_templates.deployment.verification import verify
from tap_templates.deployment.verification.implied import with_implied
from tap_templates.deployment.verification.values import Unknown
from tap_templates.emulator import gap_reason
from tap_templates.errors import DeploymentError, UsageError

STACK_ID = "arn:aws:cloudformation:eu-west-1:111122223333:stack/s/0a1b2c3d-1111-2222-3333-444455556666"


def error(code: str) -> ClientError:
    """An answer with an error code."""
    return ClientError({"Error": {"Code": code, "Message": "said so"}}, "Operation")


class Pages:
    """A paginator with one page."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def paginate(self, **_: Any) -> Pages:
        """Itself."""
        return self

    def build_full_result(self) -> Any:
        """The page."""
        return self.answer


class Service:
    """A client that answers each operation with what it is given: a value, or an exception to raise."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers

    def __getattr__(self, operation: str) -> Any:
        answer = self.answers[operation]

        def call(**_: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def can_paginate(self, _: str) -> bool:
        """Never, but for what asks for a paginator itself."""
        return False

    def get_paginator(self, operation: str) -> Pages:
        """The whole answer as one page."""
        return Pages(self.answers[operation])


def stack_of(
    template: Any, ids: Mapping[str, str] | None = None, *, status: str = "CREATE_COMPLETE", **parameters: str
) -> Service:
    """CloudFormation with one stack."""
    resources = [
        {"LogicalResourceId": title, "PhysicalResourceId": name, "ResourceStatus": "CREATE_COMPLETE"}
        for title, name in (ids or {}).items()
    ]
    stack = {
        "StackId": STACK_ID,
        "StackName": "s",
        "StackStatus": status,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    }
    return Service(
        {
            "describe_stacks": {"Stacks": [stack]},
            "get_template": {"TemplateBody": template},
            "list_stack_resources": {"StackResourceSummaries": resources},
        }
    )


def verdicts(resources: Any, ids: Mapping[str, str], **services: Service) -> dict[str, tuple[str, str]]:
    """Status and reason of each value."""
    cloudformation = stack_of({"Resources": resources}, ids)
    found = verify({"cloudformation": cloudformation, **services}.__getitem__, "s", gap_reason=gap_reason)  # type: ignore[arg-type]
    return {verdict.place: (verdict.status, verdict.reason) for verdict in found.verdicts}


BUCKET = {"B": {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}}


@pytest.mark.parametrize(
    ("failure", "place", "status", "reason"),
    [
        (error("AccessDenied"), "B.VersioningConfiguration", "cannot read", "versioning: AccessDenied: said so"),
        (error("NotImplemented"), "B.VersioningConfiguration", "cannot read", "NotImplemented: said so"),
        (ParamValidationError(report="empty"), "B.VersioningConfiguration", "cannot read", "empty"),
        (error("NoSuchBucket"), "B", "different", "NoSuchBucket: said so"),
    ],
)  # fmt: skip
def test_failure_of_a_service_is_told_as_what_it_is(failure: Exception, place: str, status: str, reason: str) -> None:
    """Denied is not different, and gone is not unread."""
    found = verdicts(BUCKET, {"B": "b"}, s3=Service({"get_bucket_versioning": failure}))

    assert list(found) == [place]
    assert found[place][0] == status
    assert reason in found[place][1]


@pytest.mark.parametrize(
    ("failure", "kind", "remedy"),
    [
        (error("ExpiredToken"), UsageError, "sign in again"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), DeploymentError, "check the network"),
    ],
)
def test_failure_that_ends_everything_is_raised(failure: Exception, kind: type[Exception], remedy: str) -> None:
    """Without credentials or a network there is nothing to report."""
    with pytest.raises(kind, match=remedy):
        verdicts(BUCKET, {"B": "b"}, s3=Service({"get_bucket_versioning": failure}))


def test_every_value_without_a_reader_is_told() -> None:
    """A type, a property, a resource without properties: none is passed over."""
    found = verdicts(
        {
            "T": {"Type": "AWS::Glue::Database", "Properties": {"CatalogId": "t", "DatabaseInput": []}},
            "B": {"Type": "AWS::S3::Bucket", "Properties": {"CorsConfiguration": {"CorsRules": []}}},
            "W": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "P": {"Type": "AWS::S3::Bucket"},
            "L": {"Type": "AWS::S3::Bucket", "Properties": {}},
        },
        {"T": "t", "B": "b", "W": "w", "P": "p"},
        s3=Service({"get_bucket_encryption": {}}),
    )

    assert found == {
        "T.CatalogId": ("cannot read", "no reader for this type"),
        "T.DatabaseInput": ("cannot read", "no reader for this type"),
        "B.CorsConfiguration": ("cannot read", "no reader for this property"),
        "W": ("cannot read", "no reader for this type"),
        "P": ("applied", ""),
        "L": ("different", ""),
    }


def test_gap_is_expected_and_a_gap_that_is_none_any_more_is_stale() -> None:
    """A known gap explains whatever is found but the value itself."""
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"DataProtectionPolicy": {"Name": "x"}}}
    assert verdicts({"G": group}, {"G": "g"}) == {"G.DataProtectionPolicy": ("known gap", "no such API in ministack")}

    cloudformation = stack_of({"Resources": BUCKET}, {"B": "b"})
    s3 = Service({"get_bucket_versioning": {"Status": "Enabled"}})
    found = verify(
        {"cloudformation": cloudformation, "s3": s3}.__getitem__,  # type: ignore[arg-type]
        "s",
        gap_reason=lambda kind, path: "not there" if path == "VersioningConfiguration.Status" else None,
    )
    assert [verdict.status for verdict in found.failures()] == ["stale gap"]


def test_what_cannot_be_worked_out_is_not_applied() -> None:
    """A hidden parameter, an attribute that no form tells, and a value of another stack."""
    template = {
        "Parameters": {"Word": {"Type": "String", "NoEcho": True}, "Names": {"Type": "CommaDelimitedList"}},
        "Conditions": {"No": {"Fn::Equals": ["a", "b"]}},
        "Resources": {
            "B": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "VersioningConfiguration": {"Status": {"Ref": "Word"}},
                    "BucketName": {"Fn::Select": [1, {"Ref": "Names"}]},
                    "LoggingConfiguration": {
                        "DestinationBucketName": {"Fn::ImportValue": "logs"},
                        "LogFilePrefix": {"Fn::GetAtt": ["B", "DomainName"]},
                    },
                },
            },
            "N": {"Type": "AWS::S3::Bucket", "Condition": "No"},
            "M": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "N"}}},
        },
    }
    s3 = Service(
        {
            "get_bucket_versioning": {"Status": "Enabled"},
            "get_bucket_logging": {"LoggingEnabled": {"TargetBucket": "l", "TargetPrefix": "p"}},
            "head_bucket": {},
            "get_bucket_policy": {"Policy": "{}"},
        }
    )
    cloudformation = stack_of(template, {"B": "b", "M": "m"}, Word="****", Names="a, b")

    found = verify({"cloudformation": cloudformation, "s3": s3}.__getitem__, "s")  # type: ignore[arg-type]

    assert {verdict.place: (verdict.status, verdict.reason) for verdict in found.verdicts} == {
        "B.VersioningConfiguration.Status": ("cannot tell", "parameter Word is hidden (NoEcho)"),
        "B.BucketName": ("applied", ""),
        "B.LoggingConfiguration.DestinationBucketName": ("cannot tell", "Fn::ImportValue"),
        "B.LoggingConfiguration.LogFilePrefix": ("cannot tell", "B.DomainName is not known outside AWS"),
        "M.Bucket": ("cannot tell", "N is not in the stack"),
    }
    assert len(found.failures()) == 4
    assert found.failures(allow_undecided=True) == ()


@pytest.mark.parametrize(
    ("status", "remedy"), [("UPDATE_IN_PROGRESS", "wait until it ends"), ("ROLLBACK_COMPLETE", "deploy it first")]
)
def test_stack_that_is_not_there_yet_is_refused(status: str, remedy: str) -> None:
    """Half a stack cannot be verified."""
    with pytest.raises(DeploymentError, match=remedy):
        verify({"cloudformation": stack_of({}, status=status)}.__getitem__, "s")  # type: ignore[arg-type]


def test_templates_in_yaml_are_read_and_others_refused() -> None:
    """With CloudFormation's short forms."""
    text = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: !Sub 'x-${AWS::Region}'\n"
    s3 = Service({"head_bucket": {}})
    services = {"cloudformation": stack_of(text, {"B": "x-eu-west-1"}), "s3": s3}
    assert not verify(services.__getitem__, "s").failures()  # type: ignore[arg-type]

    with pytest.raises(DeploymentError, match="a template that cannot be read"):
        verify({"cloudformation": stack_of("nothing: [")}.__getitem__, "s")  # type: ignore[arg-type]


def test_a_principal_has_the_policies_that_the_template_gives_it_anywhere() -> None:
    """Managed policies that name a role, inline policies of their own, and memberships."""
    stated: dict[str, tuple[str, str | None, dict[str, Any]]] = {
        "Role": ("AWS::IAM::Role", "r", {"ManagedPolicyArns": ["arn:a"], "Policies": [{"PolicyName": "own"}]}),
        "User": ("AWS::IAM::User", "u", {"Groups": ["g1"]}),
        "Managed": ("AWS::IAM::ManagedPolicy", "arn:m", {"Roles": ["r"], "Users": Unknown("x")}),
        "Inline": ("AWS::IAM::Policy", "p", {"Roles": ["r"], "PolicyName": "in", "PolicyDocument": {}}),
        "OfRole": ("AWS::IAM::RolePolicy", "q", {"RoleName": "r", "PolicyName": "of", "PolicyDocument": {}}),
        "Joins": ("AWS::IAM::UserToGroupAddition", "j", {"Users": ["u"], "GroupName": "g2"}),
        "Key": ("AWS::KMS::Key", "k", {"Description": "x"}),
        "Gone": ("AWS::IAM::Role", None, {"Path": "/"}),
    }

    role = with_implied("Role", stated)
    assert role["ManagedPolicyArns"] == ["arn:a", "arn:m"]
    assert [policy["PolicyName"] for policy in role["Policies"]] == ["own", "in", "of"]
    assert with_implied("User", stated)["Groups"] == ["g1", "g2"]
    assert with_implied("Key", stated) == {"Description": "x", "Enabled": True}
    assert with_implied("Gone", stated) == {"Path": "/"}
