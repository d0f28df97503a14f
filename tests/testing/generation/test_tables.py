"""What becomes of a template's promises: tables, literals, files; and what is told as untested."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from support.component_samples import FIXED

from tap_templates import Settings, build
from tap_templates.errors import UsageError
from tap_templates.testing.generation import integration_tests
from tap_templates.testing.generation.buckets import lifecycle_rule
from tap_templates.testing.generation.literals import literal
from tap_templates.testing.generation.symbolic import symbolic

ANSWERS = {"Project": "payments", "Environment": "dev", "Owner": "team", "CostCenter": "CC-1"}


def template(resources: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """A template with these resources."""
    return {"Resources": resources, **sections}


def test_names_stand_for_what_only_a_deployed_stack_knows() -> None:
    """Parameters are settled, ids and attributes are variables, and what a stack's id is taken apart for has a name."""
    stack = symbolic(build("secure-enterprise", Settings(users=FIXED["users"])), ANSWERS)

    bucket = stack.properties["DataBucket"]
    assert bucket["BucketName"] == "payments-dev-data-bucket-${Suffix}"
    assert bucket["LoggingConfiguration"]["DestinationBucketName"] == "${AccessLogs}"
    assert stack.properties["Trail"]["CloudWatchLogsLogGroupArn"] == "${TrailLog.Arn}"
    assert stack.attributes["TrailLog.Arn"] == (
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${TrailLog}:*"
    )
    assert stack.attributes["KeyRotationFailures.Arn"].endswith(":payments-dev-key-rotation-failures-${Suffix}")
    assert stack.outputs["DataBucketName"] == "${DataBucket}"
    assert "AlarmTopicEmail" not in stack.properties
    assert stack.untested == []


def test_each_file_is_python_with_a_docstring_and_tests() -> None:
    """Literals can be read by a person and by Python; every test has its sentence."""
    made = integration_tests(build("secure-enterprise"), ANSWERS, name="t.json")

    assert sorted(made.files) == [
        "conftest.py",
        "test_functions.py",
        "test_identity.py",
        "test_messaging.py",
        "test_monitoring.py",
        "test_outputs.py",
        "test_storage.py",
        "test_tags.py",
    ]
    for name, text in made.files.items():
        parsed = ast.parse(text)
        assert ast.get_docstring(parsed)
        tests = [node for node in parsed.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
        assert all(map(ast.get_docstring, tests))
        assert bool(tests) == (name != "conftest.py")
    assert "from t.json; yours" in made.files["conftest.py"]


def test_what_is_not_in_the_template_is_not_in_the_suite() -> None:
    """One queue makes one file of it: no test, helper or import is there for nothing."""
    made = integration_tests(template({"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}}}))

    assert sorted(made.files) == ["conftest.py", "test_messaging.py"]
    text = made.files["test_messaging.py"]
    assert 'QUEUES = {"Jobs": {"DelaySeconds": "5"}}' in text
    assert text.count("def test_") == 1
    assert "topic" not in text.split('"""', 2)[2]


def test_what_cannot_be_tested_is_told_with_its_reason() -> None:
    """Hidden parameters, values of other stacks, and types without tests."""
    made = integration_tests(
        template(
            {
                "B": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "BucketName": {"Ref": "Word"},
                        "VersioningConfiguration": {"Status": {"Fn::ImportValue": "x"}},
                        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                    },
                },
                "T": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
                "P": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Nobody"}}},
            },
            Parameters={"Word": {"Type": "String", "NoEcho": True, "Default": "secret-word"}},
            Outputs={
                "Stream": {"Value": {"Fn::GetAtt": ["T", "StreamArn"]}},
                "Other": {"Value": {"Fn::ImportValue": "x"}},
            },
        )
    )

    assert made.untested == (
        "B.BucketName: parameter Word is not written into tests",
        "B.VersioningConfiguration: Fn::ImportValue",
        "P.Bucket: Nobody is neither a parameter nor a resource",
        "T: no tests for AWS::DynamoDB::Table",
    )
    assert not any("secret-word" in text for text in made.files.values())
    assert 'OUTPUTS = {"Stream": None, "Other": None}' in made.files["test_outputs.py"]


def test_what_these_parameters_do_not_make_is_in_no_table() -> None:
    """Neither a resource nor an output whose condition does not hold."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}}
    never = {"Condition": "Never"}
    outputs = {"Name": {"Value": {"Fn::GetAtt": ["Jobs", "QueueName"]}}, "Other": {"Value": "x", **never}}
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}

    stack = symbolic(template({"Jobs": queue, "Spare": {**queue, **never}}, Conditions=conditions, Outputs=outputs), {})

    assert list(stack.properties) == ["Jobs"]
    assert list(stack.outputs) == ["Name"]


def test_attributes_that_no_form_tells_come_from_an_output_or_are_not_tested() -> None:
    """The output itself may then have any value."""

    def subscription(attribute: str) -> dict[str, Any]:
        return {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"Protocol": "sqs", "Endpoint": {"Fn::GetAtt": ["T", attribute]}},
        }

    made = integration_tests(
        template(
            {
                "T": {"Type": "AWS::DynamoDB::Table"},
                "Told": subscription("StreamArn"),
                "Untold": subscription("TableId"),
            },
            Outputs={
                "Stream": {"Value": {"Fn::GetAtt": ["T", "StreamArn"]}},
                "Both": {"Value": {"Fn::Sub": "${T.StreamArn}/x"}},
            },
        )
    )

    assert "Untold.Endpoint: T.TableId is not known outside AWS" in made.untested
    assert 'ATTRIBUTES = {"T.StreamArn": "${outputs.Stream}"}' in made.files["conftest.py"]
    assert 'OUTPUTS = {"Stream": None, "Both": "${T.StreamArn}/x"}' in made.files["test_outputs.py"]
    assert '"Told": {"Protocol": "sqs", "Endpoint": "${T.StreamArn}"}' in made.files["test_messaging.py"]
    assert '"Untold": {"Protocol": "sqs"}' in made.files["test_messaging.py"]


def test_policies_of_all_shapes_are_taken() -> None:
    """One statement without its list is a list of one; the old version of the language is not tested."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}

    def policy(**document: Any) -> dict[str, Any]:
        return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}

    made = integration_tests(
        template(
            {
                "New": policy(Version="2012-10-17", Statement=statement),
                "Old": policy(Statement=[statement]),
                "Text": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": "{"}},
            }
        )
    )

    assert made.untested == (
        "Old.PolicyDocument: a policy that is not of version 2012-10-17",
        "Text.PolicyDocument: a policy that is not JSON",
    )
    text = made.files["test_identity.py"]
    assert 'POLICIES = {"New": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}' in text


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::S3::Bucket", {"VersioningConfiguration": "Enabled"}),
        ("AWS::S3::Bucket", {"OwnershipControls": {"Rules": []}}),
        ("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Version": "2012-10-17"}}),
        ("AWS::Lambda::Function", {"Environment": []}),
    ],
)
def test_shapes_that_cloudformation_does_not_take_are_refused(kind: str, properties: dict[str, Any]) -> None:
    """With what to do, and no traceback."""
    with pytest.raises(UsageError, match="see what `tap-templates check` says of it"):
        integration_tests(template({"R": {"Type": kind, "Properties": properties}}))


def test_half_known_filters_and_permissions_are_left_out() -> None:
    """A test needs the name of the log group, or of the function."""
    made = integration_tests(
        template(
            {
                "F": {"Type": "AWS::Logs::MetricFilter", "Properties": {"LogGroupName": {"Fn::ImportValue": "x"}}},
                "P": {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Fn::ImportValue": "x"}}},
            }
        )
    )
    assert list(made.files) == ["conftest.py"]
    assert len(made.untested) == 2


def test_parameters_are_checked_as_for_a_deployment() -> None:
    """Missing ones are named before anything is written."""
    with pytest.raises(UsageError, match="Project"):
        integration_tests(build("secure-enterprise"))


def test_roles_are_tested_for_what_nothing_grants_to_them() -> None:
    """Wildcards count as grants; where a policy is not in the template, nothing can be told."""
    trust = {"Version": "2012-10-17", "Statement": []}

    def role(**properties: Any) -> dict[str, Any]:
        return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, **properties}}

    def inline(**statement: Any) -> list[dict[str, Any]]:
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **statement}]}
        return [{"PolicyName": "p", "PolicyDocument": document}]

    made = integration_tests(
        template(
            {
                "Narrow": role(Policies=inline(Action="iam:*")),
                "Inverse": role(Policies=inline(NotAction="iam:*")),
                "Foreign": role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
                "Idle": role(),
            }
        )
    )

    [table] = [
        node.value
        for node in ast.parse(made.files["test_identity.py"]).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "DENIED"
    ]
    denied = ast.literal_eval(table)
    assert list(denied) == ["Narrow"]
    assert "s3:DeleteBucket" in denied["Narrow"]
    assert not any(action.startswith("iam:") for action in denied["Narrow"])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"Id": "a", "Status": "Enabled", "ExpirationInDays": 3}, {"ID": "a", "Expiration": {"Days": 3}}),
        (
            {"Status": "Enabled", "Transition": {"StorageClass": "GLACIER", "TransitionInDays": 9}},
            {"Transitions": [{"StorageClass": "GLACIER", "Days": 9}]},
        ),
        (
            {
                "Status": "Enabled",
                "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 9}],
                "NoncurrentVersionExpirationInDays": 5,
            },
            {
                "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "NoncurrentDays": 9}],
                "NoncurrentVersionExpiration": {"NoncurrentDays": 5},
            },
        ),
    ],
)
def test_lifecycle_rule_in_the_words_of_the_api(rule: dict[str, Any], said: dict[str, Any]) -> None:
    """Both forms that CloudFormation has."""
    assert lifecycle_rule(rule) == {"Status": "Enabled", **said}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, None, True]}, 'X = {"a": [1, None, True]}'),
        ({}, "X = {}"),
        ('say "x"', "X = 'say \"x\"'"),
        ("it's", 'X = "it\'s"'),
        ("a\nb", "X = 'a\\nb'"),
        (
            {"key": ["x" * 60, "y" * 60]},
            f'X = {{\n    "key": [\n        "{"x" * 60}",\n        "{"y" * 60}",\n    ],\n}}',
        ),
    ],
)  # fmt: skip
def test_literal_is_python_as_a_person_writes_it(value: Any, text: str) -> None:
    """It evaluates to the value."""
    assert literal(value, before="X = ") == text
    assert ast.literal_eval(text.removeprefix("X = ")) == value
