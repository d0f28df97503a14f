"""E9110: a backup vault has a key of its own where that is required."""

from __future__ import annotations

from tap_templates.checks.keys import CustomerKeyRule
from tap_templates.checks.rule import Example


class BackupVaultIsEncryptedAsRequired(CustomerKeyRule):
    """AWS Backup encrypts every vault; copies to other accounts need a key of the customer's own."""

    id = "E9110"
    shortdesc = "A backup vault is encrypted as required"
    description = (
        "EncryptionKeyArn of each vault names a customer managed key where customer_managed_keys lists backups."
    )
    why = "A vault under the key that AWS manages cannot be shared with or copied to another account."
    fix = "set EncryptionKeyArn"
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html"
    service = "backups"
    keys = {"AWS::Backup::BackupVault": "EncryptionKeyArn"}
    example_demands = {"customer_managed_keys": ["backups"]}
    example = Example(
        failing={
            "Resources": {"Vault": {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "example"}}}
        },
        passing={
            "Resources": {
                "Vault": {
                    "Type": "AWS::Backup::BackupVault",
                    "Properties": {
                        "BackupVaultName": "example",
                        "EncryptionKeyArn": {
                            "Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/8a3f"
                        },
                    },
                }
            }
        },
    )
