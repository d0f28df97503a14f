"""Secrets that nobody writes down, and parameters that anyone may read who is let."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.deployment import deployed
from troposphere import encode_to_dict

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.functions import Function, function
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.keys import key, used_through
from tap_templates.components.secrets import Secret, generated_secret, parameter
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack

KEYS = {"customer_managed_keys": ["secrets"]}


def stack_with_secret(settings: Settings | None = None, **given: Any) -> tuple[Stack, Secret]:
    """A stack with one secret."""
    stack = Stack(settings or fixed())
    return stack, generated_secret(stack, "Password", description="Password of the shop", **given)


def rotator(stack: Stack) -> Function:
    """A function that replaces a value."""
    permissions_boundary(stack)
    source = "def handler(event, context):\n    return {}\n"
    return function(stack, "Rotator", topic=alarm_topic(stack), source=source, description="Replaces the password")


def test_secret_is_made_up_by_aws() -> None:
    """The template says how long it is and what it must not hold, and stays with its value."""
    assert untagged(stack_with_secret()[0].to_dict()["Resources"]["Password"]) == {
        "Type": "AWS::SecretsManager::Secret",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "Name": fixed_name("password"),
            "Description": "Password of the shop",
            "GenerateSecretString": {"PasswordLength": 32, "ExcludeCharacters": "\"'@/\\"},
        },
    }


def test_secret_with_a_user_name_is_an_object() -> None:
    """The name is in the template, the password is not."""
    made = stack_with_secret(username="shop")[0].to_dict()["Resources"]["Password"]["Properties"][
        "GenerateSecretString"
    ]

    assert json.loads(made["SecretStringTemplate"]) == {"username": "shop"}
    assert made["GenerateStringKey"] == "password"


def test_verbs_and_references() -> None:
    """Reading brings the key's action along; a dynamic reference names the secret and its field."""
    _, plain = stack_with_secret()
    _, keyed = stack_with_secret(fixed(requirements=KEYS))

    assert [encode_to_dict(each)["Sid"] for each in plain.read()] == ["ReadPassword"]
    assert [encode_to_dict(each)["Sid"] for each in keyed.read()] == ["ReadPassword", "DecryptPasswordKey"]
    assert plain.dynamic().to_dict() == {"Fn::Sub": "{{resolve:secretsmanager:${Password}:SecretString}}"}
    assert plain.dynamic("password").to_dict() == {
        "Fn::Sub": "{{resolve:secretsmanager:${Password}:SecretString:password}}"
    }


@pytest.mark.parametrize("demands", [{}, KEYS])
def test_rotation(demands: dict[str, Any]) -> None:
    """The function may do to this secret what rotation needs, and Secrets Manager may start it for this secret."""
    stack, password = stack_with_secret(fixed(requirements=demands))
    password.rotate(rotator(stack), days=7)
    resources = stack.to_dict()["Resources"]

    assert resources["PasswordRotation"]["Properties"] == {
        "SecretId": {"Ref": "Password"},
        "RotationLambdaARN": {"Fn::GetAtt": ["Rotator", "Arn"]},
        "RotationRules": {"AutomaticallyAfterDays": 7},
    }
    assert resources["PasswordRotates"]["Properties"]["SourceArn"] == {"Ref": "Password"}
    [rotating, inventing, *keyed] = resources["RotatorRotatesPassword"]["Properties"]["PolicyDocument"]["Statement"]
    assert rotating["Resource"] == [{"Ref": "Password"}]
    assert inventing["Action"] == ["secretsmanager:GetRandomPassword"]
    assert [statement["Sid"] for statement in keyed] == (["EncryptPasswordKey"] if demands else [])
    assert "RotatorRotatesPassword" in resources["Rotator"]["DependsOn"]
    assert findings(stack) == []


def test_parameter() -> None:
    """It has a name by the convention, and reading it is granted on it alone."""
    stack = Stack(fixed())
    made = parameter(stack, "ShopUrl", "https://shop.example.com", description="Where the shop is")

    assert untagged(stack.to_dict()["Resources"]["ShopUrl"])["Properties"] == {
        "Name": fixed_name("shop-url"),
        "Type": "String",
        "Description": "Where the shop is",
        "Value": "https://shop.example.com",
    }
    [reading] = made.read()
    assert encode_to_dict(reading) == {
        "Sid": "ReadShopUrl",
        "Effect": "Allow",
        "Action": ["ssm:GetParameter", "ssm:GetParameters"],
        "Resource": [{"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${ShopUrl}"}],
    }


def test_numbers_and_texts_that_aws_does_not_take() -> None:
    """Each is said with its place and what to use."""
    stack, password = stack_with_secret()
    with pytest.raises(PropertyError, match=r"Short\.GenerateSecretString\.PasswordLength: found 0; use 1 to 4096"):
        generated_secret(stack, "Short", description="x", length=0)
    with pytest.raises(PropertyError, match="AutomaticallyAfterDays: found 1001; use 1 to 1000 days"):
        password.rotate(rotator(stack), days=1001)
    for text in ("", "x" * 4097):
        with pytest.raises(PropertyError, match=f"Empty.Value: found '{len(text)} characters'; use 1 to 4096"):
            parameter(stack, "Empty", text, description="x")


@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(make: Any) -> None:
    """In both bindings, with a parameter beside the secret."""
    stack, password = stack_with_secret(make(), username="shop")
    parameter(stack, "PasswordArn", password.arn, description="Where the password is")

    assert findings(stack) == []


def test_deployed(component_clients: Clients) -> None:
    """AWS makes up a value of the length that was asked for; the parameter says where it is."""
    stack, password = stack_with_secret(Settings(requirements=KEYS), username="shop", length=40)
    parameter(stack, "PasswordArn", password.arn, description="Where the password is")
    with deployed(stack, component_clients, ANSWERS) as sample:
        assert not sample.read_back().failures()
        where = component_clients("ssm").get_parameter(Name=sample.ids["PasswordArn"])["Parameter"]["Value"]
        value = json.loads(component_clients("secretsmanager").get_secret_value(SecretId=where)["SecretString"])
        assert value["username"] == "shop"
        assert len(value["password"]) == 40
        assert not set(value["password"]) & set("\"'@/\\")


def test_shared_key_encrypts_it() -> None:
    """A key that is given goes before one of its own, and its actions come with the verb."""
    stack = Stack(fixed(requirements={"customer_managed_keys": ["secrets"]}))
    shared = key(stack, "Shared", purpose="secrets", statements=[used_through("secretsmanager")])
    made = generated_secret(stack, "Database", description="Password of the database", own_key=shared)

    resources = stack.to_dict()["Resources"]
    assert resources["Database"]["Properties"]["KmsKeyId"] == {"Fn::GetAtt": ["Shared", "Arn"]}
    assert "DatabaseKey" not in resources
    assert [statement.Sid for statement in made.read()] == ["ReadDatabase", "DecryptShared"]
