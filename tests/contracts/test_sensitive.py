"""Outputs that hold a secret are found, however the secret gets into them; others are not."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.contracts import sensitive_outputs

PARAMETERS = {
    "Password": {"Type": "String", "NoEcho": True},
    "Token": {"Type": "String", "NoEcho": "true"},
    "Name": {"Type": "String", "NoEcho": "false"},
}
RESOURCES = {
    "Key": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": "u"}},
    "Client": {"Type": "AWS::Cognito::UserPoolClient"},
    "Channel": {"Type": "AWS::MediaPackage::Channel"},
    "Setting": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Password"}}},
    "Plain": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Name"}}},
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "b-${Token}"}}},
    "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": {"Ref": "Password"}}},
    "Database": {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": {"Ref": "Password"}}},
    "Loop": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::GetAtt": ["Loop", "BucketName"]}}},
    "Nested": {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"Parameters": {"Given": {"Ref": "Password"}, "Title": {"Ref": "Name"}}},
    },
}
NESTED = {
    "Parameters": {"Given": {"Type": "String"}, "Title": {"Type": "String"}, "Own": {"Type": "String", "NoEcho": True}},
    "Outputs": {
        "Given": {"Value": {"Ref": "Given"}},
        "Title": {"Value": {"Ref": "Title"}},
        "Own": {"Value": {"Ref": "Own"}},
    },
}


def reason(value: Any, *, nested: Any = None) -> str | None:
    """Why an output of this value is a secret."""
    template = {"Parameters": PARAMETERS, "Resources": RESOURCES, "Outputs": {"It": {"Value": value}}}
    return sensitive_outputs(template, nested=nested).get("It")


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Password"},
        {"Fn::Sub": "postgres://u:${Password}@h"},
        {"Fn::Sub": "postgres://u:${ Password }@h"},
        {"Fn::Sub": ["u:${P}", {"P": {"Ref": "Password"}}]},
        {"Fn::Join": [":", ["u", {"Ref": "Password"}]]},
        {"Fn::If": ["IsProd", {"Ref": "Name"}, {"Ref": "Password"}]},
        {"Fn::Base64": {"Fn::Sub": "${Password}"}},
        {"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "Password"}]}]},
        {"Fn::GetAtt": ["Setting", "Value"]},
        {"Fn::GetAtt": "Setting.Value"},
    ],
)
def test_password_in_any_form(value: Any) -> None:
    """Alone, inside a text, encoded, cut, in one branch, or by way of a property."""
    assert reason(value) == "parameter Password is NoEcho"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"Fn::GetAtt": ["Key", "SecretAccessKey"]}, "Key.SecretAccessKey is a secret"),
        ({"Fn::Sub": "${Client.ClientSecret}"}, "Client.ClientSecret is a secret"),
        ({"Fn::GetAtt": ["Channel", "HlsIngest.ingestEndpoints.0.Password"]},
         "Channel.HlsIngest.ingestEndpoints.0.Password is a secret"),
        ({"Fn::GetAtt": ["Database", "MasterUserPassword"]}, "Database.MasterUserPassword is a secret"),
        ({"Ref": "Bucket"}, "parameter Token is NoEcho"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "parameter Token is NoEcho"),
        ("{{resolve:secretsmanager:db:SecretString:password}}",
         "it holds a dynamic reference {{resolve:secretsmanager:…}}"),
        ({"Fn::Sub": "x{{resolve:ssm-secure:db:1}}"}, "it holds a dynamic reference {{resolve:ssm-secure:…}}"),
    ],
)  # fmt: skip
def test_other_secrets(value: Any, why: str) -> None:
    """Attributes in clear, names into which a secret was put, and dynamic references."""
    assert reason(value) == why


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        {"Ref": "Name"},
        {"Ref": "Key"},
        {"Ref": "Secret"},
        {"Ref": "Unknown"},
        {"Ref": "AWS::Region"},
        {"Fn::Sub": ["${Password}", {"Password": "shadowed"}]},
        {"Fn::Sub": "${!Password}"},
        {"Fn::GetAtt": ["Plain", "Value"]},
        {"Fn::GetAtt": ["Client", "ClientId"]},
        {"Fn::GetAtt": ["Database", "Endpoint.Address"]},
        {"Fn::GetAtt": ["Loop", "BucketName"]},
        {"Fn::GetAtt": ["Nested", "Outputs.Own"]},
        "{{resolve:ssm:plain:1}}",
    ],
)
def test_what_is_no_secret(value: Any) -> None:
    """Ids, ARNs and endpoints of what holds a secret are none."""
    assert reason(value) is None


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("Given", "in nested stack Nested: parameter Password is NoEcho"),
        ("Own", "in nested stack Nested: parameter Own is NoEcho"),
        ("Title", None),
    ],
)
def test_outputs_of_nested_stacks(key: str, why: str | None) -> None:
    """What a nested stack gives back of a secret is one, be it hidden there or only here."""
    asked: list[str] = []

    def nested(title: str) -> dict[str, Any]:
        asked.append(title)
        return NESTED

    assert reason({"Fn::GetAtt": ["Nested", f"Outputs.{key}"]}, nested=nested) == why
    assert asked == ["Nested"]
