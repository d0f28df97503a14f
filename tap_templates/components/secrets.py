"""Secrets that are generated in AWS and never seen in a template, and parameters that may be seen."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import awacs.aws as aws
import awacs.secretsmanager as secret_actions
import awacs.ssm as parameter_actions
from troposphere import AWSHelperFn, Ref, Sub, secretsmanager, ssm

from tap_templates.components.functions import Function
from tap_templates.components.keys import Key, key, used_through
from tap_templates.errors import PropertyError
from tap_templates.policies import allow
from tap_templates.stack import Stack

SECRETS_MANAGER = "secretsmanager.amazonaws.com"
LENGTHS = range(1, 4097)  # Secrets Manager API reference, GetRandomPassword, PasswordLength.
PASSWORD_LENGTH = 32
AMBIGUOUS = "\"'@/\\"  # What connection strings and shells take for their own: RDS refuses the last four.
ROTATION_DAYS = range(1, 1001)  # Secrets Manager API reference, RotationRulesType, AutomaticallyAfterDays.
LONGEST_VALUE = 4096  # Systems Manager API reference, PutParameter, Value, standard tier.
# Secrets Manager user guide, "Lambda rotation function execution role permissions".
ROTATING = [
    secret_actions.DescribeSecret,
    secret_actions.GetSecretValue,
    secret_actions.PutSecretValue,
    secret_actions.UpdateSecretVersionStage,
]


class Secret(NamedTuple):
    """A secret, the verbs that grant access to it, and the key that encrypts it, if any."""

    stack: Stack
    resource: secretsmanager.Secret
    key: Key | None

    @property
    def title(self) -> str:
        """Logical id of the secret."""
        return str(self.resource.title)

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the secret."""
        return Ref(self.resource)

    def read(self) -> list[aws.Statement]:
        """Read the secret's value."""
        own = allow([secret_actions.GetSecretValue], on=self.arn, sid=f"Read{self.title}")
        return [own, *(self.key.decrypt() if self.key else [])]

    def dynamic(self, field: str | None = None) -> AWSHelperFn:
        """Dynamic reference: CloudFormation fills the value in while it deploys, and shows it nowhere.

        Args:
            field: One field of a secret that is a JSON object: ``password``.
        """
        return Sub(f"{{{{resolve:secretsmanager:${{{self.title}}}:SecretString{f':{field}' if field else ''}}}}}")

    def rotate(self, function: Function, *, days: int = 30) -> secretsmanager.RotationSchedule:
        """Has a function replace the value every so many days; it may read and write this secret for that.

        Raises:
            PropertyError: ``days`` is not what Secrets Manager takes.

        Source: Security Hub controls SecretsManager.1, .4.
        """
        if days not in ROTATION_DAYS:
            remedy = f"use {ROTATION_DAYS[0]} to {ROTATION_DAYS[-1]} days"
            raise PropertyError(self.title, "RotationRules.AutomaticallyAfterDays", found=days, remedy=remedy)
        keyed = self.key.encrypt() if self.key else []
        rotating = allow(ROTATING, on=self.arn, sid=f"Rotate{self.title}")
        # Making up a password knows no resource.
        inventing = allow([secret_actions.GetRandomPassword], on="*", sid="InventPasswords")
        function.may([rotating, inventing, *keyed], title=f"Rotates{self.title}")
        permission = function.accept(SECRETS_MANAGER, source=self.arn, title=f"{self.title}Rotates")
        return self.stack.add(
            secretsmanager.RotationSchedule(
                f"{self.title}Rotation",
                SecretId=self.arn,
                RotationLambdaARN=function.arn,
                RotationRules=secretsmanager.RotationRules(AutomaticallyAfterDays=days),
                DependsOn=[str(permission.title), *function.resource.DependsOn],
            )
        )


def generated_secret(
    stack: Stack,
    title: str,
    *,
    description: str,
    username: str | None = None,
    length: int = PASSWORD_LENGTH,
    own_key: Key | None = None,
    says: str | None = None,
) -> Secret:
    """Secret whose value AWS makes up when the stack is created; no template and no parameter ever holds it.

    Stays when the stack goes. Without ``own_key`` it has a key to itself where ``customer_managed_keys`` lists secrets.

    Args:
        description: What it is for, a sentence without its full stop.
        username: Makes the value a JSON object with ``username`` and ``password``; otherwise it is the password alone.
        length: Characters of the password.
        own_key: A key that it shares with others, ``used_through("secretsmanager")``.

    Raises:
        PropertyError: ``length`` is not what Secrets Manager takes.

    Source: Secrets Manager user guide, "Create a secret with AWS CloudFormation".
    """
    stack.check_free(title)
    if length not in LENGTHS:
        remedy = f"use {LENGTHS[0]} to {LENGTHS[-1]} characters"
        raise PropertyError(title, "GenerateSecretString.PasswordLength", found=length, remedy=remedy)
    if own_key is None and "secrets" in stack.requirements.customer_managed_keys:
        own_key = key(stack, f"{title}Key", purpose=f"the secret {title}", statements=[used_through("secretsmanager")])
    named: dict[str, Any] = {}
    if username is not None:
        template = json.dumps({"username": username})
        named = {"SecretStringTemplate": template, "GenerateStringKey": "password"}
    made = stack.add(
        secretsmanager.Secret(
            title,
            Name=stack.name(title, secretsmanager.Secret),
            Description=description,
            GenerateSecretString=secretsmanager.GenerateSecretString(
                PasswordLength=length, ExcludeCharacters=AMBIGUOUS, **named
            ),
            **({"KmsKeyId": own_key.arn} if own_key else {}),
            **stack.retention,
        ),
        says=says or f"secret {title}",
    )
    return Secret(stack, made, own_key)


class Setting(NamedTuple):
    """A parameter of Systems Manager, which others look up by its name."""

    resource: ssm.Parameter

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the parameter."""
        return Sub(
            f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter/${{{self.resource.title}}}"
        )

    def read(self) -> list[aws.Statement]:
        """Read the parameter."""
        reading = [parameter_actions.GetParameter, parameter_actions.GetParameters]
        return [allow(reading, on=self.arn, sid=f"Read{self.resource.title}")]


def parameter(stack: Stack, title: str, value: Any, *, description: str, says: str | None = None) -> Setting:
    """Parameter that others read at run time: a name, an address, a switch. What is secret is a secret.

    Args:
        value: A text, or an intrinsic that gives one.
        description: What it says, a sentence without its full stop.

    Raises:
        PropertyError: A text that is empty, or too long for the standard tier.
    """
    if isinstance(value, str) and not 0 < len(value) <= LONGEST_VALUE:
        remedy = f"use 1 to {LONGEST_VALUE} characters"
        raise PropertyError(title, "Value", found=f"{len(value)} characters", remedy=remedy)
    made = stack.add(
        ssm.Parameter(
            title,
            Name=stack.name(title, ssm.Parameter),
            Type="String",
            Description=description,
            Value=value,
        ),
        says=says or f"parameter {title}",
    )
    return Setting(made)
