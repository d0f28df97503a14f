"""E9109: a secret has a key of its own where that is required."""

from __future__ import annotations

from tap_templates.checks.keys import CustomerKeyRule
from tap_templates.checks.rule import Example


class SecretIsEncryptedAsRequired(CustomerKeyRule):
    """Secrets Manager encrypts every secret; a key of the customer's own adds who may read it."""

    id = "E9109"
    shortdesc = "A secret is encrypted as required"
    description = "KmsKeyId of each secret names a customer managed key where customer_managed_keys lists secrets."
    why = "Everyone in the account may decrypt through aws/secretsmanager; a key of your own has a policy of its own."
    fix = "set KmsKeyId"
    source_url = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"
    service = "secrets"
    keys = {"AWS::SecretsManager::Secret": "KmsKeyId"}
    example_demands = {"customer_managed_keys": ["secrets"]}
    example = Example(
        failing={
            "Resources": {
                "Password": {
                    "Type": "AWS::SecretsManager::Secret",
                    "Properties": {"KmsKeyId": "alias/aws/secretsmanager"},
                }
            }
        },
        passing={
            "Resources": {
                "Password": {"Type": "AWS::SecretsManager::Secret", "Properties": {"KmsKeyId": "alias/passwords"}}
            }
        },
    )
