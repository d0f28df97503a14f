"""Secrets in plain text: in environments and scripts, in parameters, in properties. No value is repeated."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.environment_has_no_secret import EnvironmentHasNoSecret
from tap_templates.checks.rules.secret_parameter_is_hidden import SecretParameterIsHidden
from tap_templates.checks.rules.secret_property_is_not_literal import SecretPropertyIsNotLiteral

FUNCTION, INSTANCE, MACHINE = "AWS::Lambda::Function", "AWS::RDS::DBInstance", "AWS::EC2::Instance"
DYNAMIC = "{{resolve:secretsmanager:database:SecretString:password}}"
KEY_ID = "AKIA" + "IOSFODNN7EXAMPLE"


def environment(**variables: Any) -> dict[str, Any]:
    """A function with environment variables."""
    return one(FUNCTION, Environment={"Variables": variables})


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("DB_PASSWORD", "correct-horse", "fails"),
        ("ApiKey", "0a1b2c3d", "fails"),
        ("STAGE", KEY_ID, "fails"),
        ("DATABASE_URL", "postgres://app:hunter2@db.internal/orders", "fails"),
        ("DATABASE_URL", {"Fn::Sub": "postgres://app:hunter2@${It.Arn}/orders"}, "fails"),
        ("TOKEN", either("IsProd", {"Ref": "Given"}, "abcdef"), "fails"),
        ("DB_PASSWORD", DYNAMIC, "holds"),
        ("DB_PASSWORD", {"Fn::Sub": "{{resolve:secretsmanager:${Secret}}}"}, "holds"),
        ("DB_PASSWORD", {"Ref": "Given"}, "holds"),
        ("SECRET", {"Ref": "Secret"}, "holds"),
        ("SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x", "holds"),
        ("SECRET_PREFIX", "pay/dev/", "holds"),
        ("SECRET", "/pay/dev/password", "holds"),
        ("TOKEN", "", "holds"),
        ("TOKEN", "true", "holds"),
        ("TOKEN", 300, "holds"),
        ("DATABASE_URL", {"Fn::Sub": "postgres://app:${Given}@db.internal/orders"}, "holds"),
        ("STAGE", "dev", "holds"),
    ],
)
def test_variable_is_no_secret_in_plain_text(name: str, value: Any, result: str) -> None:
    """By its name or its form; what comes from elsewhere is none."""
    resources = {**environment(**{name: value}), "Secret": {"Type": "AWS::SecretsManager::Secret"}}

    assert set(results(EnvironmentHasNoSecret, resources)) - {"holds"} == {result} - {"holds"}


def test_finding_does_not_repeat_the_secret() -> None:
    """It would stand in every report."""
    assert said(EnvironmentHasNoSecret, environment(DB_PASSWORD="correct-horse", KEY_ID=KEY_ID)) == [
        (
            "fails",
            "Resources/It/Properties/Environment/Variables/DB_PASSWORD",
            "It.Environment.Variables.DB_PASSWORD: found '********'; a value for DB_PASSWORD in plain text: "
            "keep it in Secrets Manager, hand over its ARN, and let the program read it",
        ),
        (
            "fails",
            "Resources/It/Properties/Environment/Variables/KEY_ID",
            "It.Environment.Variables.KEY_ID: found '********'; an access key of AWS in plain text: "
            "keep it in Secrets Manager, hand over its ARN, and let the program read it",
        ),
    ]


@pytest.mark.parametrize(
    ("kind", "properties", "path"),
    [
        (
            "AWS::ECS::TaskDefinition",
            {"ContainerDefinitions": [{"Environment": [{"Name": "STAGE"}, {"Name": "TOKEN", "Value": "abcdef"}]}]},
            "ContainerDefinitions/0/Environment/1/Value",
        ),
        (
            "AWS::CodeBuild::Project",
            {
                "Environment": {
                    "EnvironmentVariables": [
                        {"Name": "TOKEN", "Value": "pay/token", "Type": "SECRETS_MANAGER"},
                        {"Name": "TOKEN", "Value": "abcdef"},
                    ]
                }
            },
            "Environment/EnvironmentVariables/1/Value",
        ),
        (
            "AWS::Batch::JobDefinition",
            {"ContainerProperties": {"Environment": [{"Name": "TOKEN", "Value": "abcdef"}]}},
            "ContainerProperties/Environment/0/Value",
        ),
        (MACHINE, {"UserData": {"Fn::Base64": "#!/bin/sh\nexport DB_PASSWORD=hunter22\n"}}, "UserData/Fn::Base64"),
        (
            MACHINE,
            {"UserData": {"Fn::Base64": {"Fn::Join": ["\n", ["#!/bin/sh", "api_key: abcdef"]]}}},
            "UserData/Fn::Base64",
        ),
        (MACHINE, {"UserData": base64.b64encode(f"echo {KEY_ID}".encode()).decode()}, "UserData"),
        (
            "AWS::EC2::LaunchTemplate",
            {"LaunchTemplateData": {"UserData": {"Fn::Base64": {"Fn::Sub": "TOKEN=abcdef ${AWS::Region}"}}}},
            "LaunchTemplateData/UserData/Fn::Base64",
        ),
    ],
)
def test_secret_is_found_wherever_programs_get_values(kind: str, properties: Any, path: str) -> None:
    """Containers, builds, jobs, and scripts of machines."""
    assert [(result, place) for result, place, _ in said(EnvironmentHasNoSecret, one(kind, **properties))] == [
        ("fails", f"Resources/It/Properties/{path}")
    ]


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/sh\nyum update -y\n",
        "export DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id x)",
        {"Fn::Sub": "export DB_PASSWORD=${Given}"},
        {"Fn::Sub": "TOKEN_URL=https://example.com/${AWS::Region}"},
    ],
)
def test_script_that_takes_its_secrets_from_elsewhere_holds(script: Any) -> None:
    """A command or a reference is no secret."""
    assert results(EnvironmentHasNoSecret, one(MACHINE, UserData={"Fn::Base64": script})) == ["holds"]
    assert results(EnvironmentHasNoSecret, one(MACHINE, UserData={"Ref": "Script"})) == ["holds"]
    assert results(EnvironmentHasNoSecret, one(MACHINE, UserData=NO_VALUE)) == []


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ({"Type": "String", "NoEcho": True}, ["holds"]),
        ({"Type": "String", "NoEcho": "true"}, ["holds"]),
        ({"Type": "String", "NoEcho": True, "Default": ""}, ["holds"]),
        ({"Type": "String", "NoEcho": True, "Default": "secret"}, ["holds", "fails"]),
        ({"Type": "String"}, ["fails"]),
        ({"Type": "String", "NoEcho": False, "Default": "x"}, ["fails", "fails"]),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/pay/password"}, []),
        ({"Type": "Number"}, []),
        ("String", []),
    ],
)
def test_parameter_with_the_name_of_a_secret_is_hidden(parameter: Any, expected: list[str]) -> None:
    """And has no Default; the name of a stored parameter is no secret."""
    assert results(SecretParameterIsHidden, {}, Parameters={"DatabasePassword": parameter}) == expected


@pytest.mark.parametrize(
    "resources",
    [
        one(INSTANCE, MasterUserPassword={"Ref": "Entry"}),
        one(INSTANCE, MasterUserPassword=either("IsProd", DYNAMIC, {"Ref": "Entry"})),
        environment(DB_PASSWORD={"Ref": "Entry"}),
    ],
)
def test_parameter_that_becomes_a_secret_is_hidden(resources: dict[str, Any]) -> None:
    """Whatever its name."""
    assert said(SecretParameterIsHidden, resources, Parameters={"Entry": {"Type": "String", "Default": "a"}}) == [
        ("fails", "Parameters/Entry", "Parameters.Entry: found nothing; set NoEcho to true"),
        (
            "fails",
            "Parameters/Entry/Default",
            "Parameters.Entry.Default: found '********'; leave the Default out, so that it is asked",
        ),
    ]
    assert results(SecretParameterIsHidden, one(INSTANCE), Parameters={"Entry": {"Type": "String"}}) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("correct-horse", ["fails"]),
        ({"Fn::Join": ["", ["correct", "horse"]]}, ["fails"]),
        (either("IsProd", DYNAMIC, "test"), ["holds", "fails"]),
        ("{{resolve:ssm:/pay/password}}", ["fails"]),
        (DYNAMIC, ["holds"]),
        ("{{resolve:ssm-secure:/pay/password}}", ["holds"]),
        ({"Fn::Sub": "{{resolve:secretsmanager:${Secret}::password}}"}, ["holds"]),
        ({"Ref": "Password"}, ["holds"]),
        (NO_VALUE, []),
        ("", []),
    ],
)
def test_secret_property_comes_from_elsewhere(value: Any, expected: list[str]) -> None:
    """From a store that encrypts it, or from a parameter."""
    assert results(SecretPropertyIsNotLiteral, one(INSTANCE, MasterUserPassword=value)) == expected


def test_secret_property_is_found_in_lists_too() -> None:
    """Each item; the value is not repeated."""
    assert said(SecretPropertyIsNotLiteral, one("AWS::AmazonMQ::Broker", Users=[{"Password": "x"}])) == [
        (
            "fails",
            "Resources/It/Properties/Users/0/Password",
            "It.Users.0.Password: found '********'; a secret in plain text: let AWS make it (ManageMasterUserPassword, "
            "GenerateSecretString), or use {{resolve:secretsmanager:...}}",
        )
    ]
