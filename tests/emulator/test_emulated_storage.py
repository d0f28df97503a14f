"""S3, KMS, Secrets Manager and parameters of the embedded AWS: every property of a template arrives."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}
    ],
}


def ours(tags: Any, key: str = "Key", value: str = "Value") -> list[dict[str, str]] | None:
    """Tags in the template's words, without CloudFormation's own."""
    kept = [{"Key": tag[key], "Value": tag[value]} for tag in tags if not tag[key].startswith("aws:")]
    return sorted(kept, key=lambda tag: tag["Key"]) or None


def optional(call: Any, **arguments: Any) -> dict[str, Any]:
    """The answer, or nothing when S3 says that there is no such configuration."""
    try:
        return dict(call(**arguments))
    except ClientError as error:
        if "NoSuchBucket" in str(error):
            raise
        return {}


def read_bucket(clients: Any, name: str) -> dict[str, Any]:
    """The bucket's properties, in the template's words."""
    s3 = clients("s3")
    s3.head_bucket(Bucket=name)
    encryption = optional(s3.get_bucket_encryption, Bucket=name).get("ServerSideEncryptionConfiguration", {})
    logging = s3.get_bucket_logging(Bucket=name).get("LoggingEnabled")
    versioning = s3.get_bucket_versioning(Bucket=name).get("Status")
    lifecycle = optional(s3.get_bucket_lifecycle_configuration, Bucket=name).get("Rules")
    return {
        "BucketName": name,
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"],
                    "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
                }
                for rule in encryption.get("Rules", [])
            ]
        },
        "LifecycleConfiguration": {"Rules": [lifecycle_rule(rule) for rule in lifecycle]} if lifecycle else None,
        "LoggingConfiguration": logging
        and {"DestinationBucketName": logging["TargetBucket"], "LogFilePrefix": logging["TargetPrefix"]},
        "OwnershipControls": optional(s3.get_bucket_ownership_controls, Bucket=name).get("OwnershipControls"),
        "PublicAccessBlockConfiguration": s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
        "Tags": ours(optional(s3.get_bucket_tagging, Bucket=name).get("TagSet", [])),
        "VersioningConfiguration": {"Status": versioning} if versioning else None,
    }


def lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of the API in the template's words."""
    said: dict[str, Any] = {"Id": rule["ID"], "Status": rule["Status"]}
    if "Expiration" in rule:
        said["ExpirationInDays"] = rule["Expiration"]["Days"]
    if "NoncurrentVersionExpiration" in rule:
        said["NoncurrentVersionExpiration"] = rule["NoncurrentVersionExpiration"]
    if "AbortIncompleteMultipartUpload" in rule:
        said["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    if "Transitions" in rule:
        said["Transitions"] = [
            {"StorageClass": step["StorageClass"], "TransitionInDays": step["Days"]} for step in rule["Transitions"]
        ]
    if "NoncurrentVersionTransitions" in rule:
        said["NoncurrentVersionTransitions"] = [
            {"StorageClass": step["StorageClass"], "TransitionInDays": step["NoncurrentDays"]}
            for step in rule["NoncurrentVersionTransitions"]
        ]
    parts = rule["Filter"].get("And", rule["Filter"])
    if parts.get("Prefix"):
        said["Prefix"] = parts["Prefix"]
    if "Tags" in parts or "Tag" in parts:
        said["TagFilters"] = parts.get("Tags") or [parts["Tag"]]
    return said


def all_blocked(blocked: bool) -> dict[str, bool]:
    """A public access block, in part or whole."""
    return {
        "BlockPublicAcls": blocked,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": blocked,
        "RestrictPublicBuckets": True,
    }


def test_bucket_is_created_updated_and_deleted(check_type: Any) -> None:
    """Encryption, lifecycle, logging, ownership, public access block, tags and versioning arrive."""
    before = {
        "BucketName": "tap-dev-documents",
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
            ]
        },
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": "tidy",
                    "Status": "Enabled",
                    "Prefix": "old/",
                    "TagFilters": [{"Key": "k", "Value": "v"}],
                    "ExpirationInDays": 365,
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 2},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 60}],
                    "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 10}],
                }
            ]
        },
        "LoggingConfiguration": {"DestinationBucketName": {"Ref": "Logs"}, "LogFilePrefix": "documents/"},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": all_blocked(True),
        "Tags": [{"Key": "Environment", "Value": "dev"}, {"Key": "Owner", "Value": "a"}],
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    after = {
        "BucketName": "tap-dev-documents",
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "ServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]},
                    },
                    "BucketKeyEnabled": True,
                }
            ]
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
        "PublicAccessBlockConfiguration": all_blocked(False),
        "Tags": [{"Key": "Environment", "Value": "prod"}],
        "VersioningConfiguration": {"Status": "Suspended"},
    }
    support = {
        "Logs": {"Type": "AWS::S3::Bucket", "Properties": {}},
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": KEY_POLICY}},
    }
    check_type("AWS::S3::Bucket", before=before, after=after, support=support, read=read_bucket)


def test_renamed_bucket_is_replaced(check_type: Any) -> None:
    """A new BucketName is a new bucket with all its properties, and the old one goes."""
    properties = {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
            ]
        },
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": all_blocked(True),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    }
    check_type(
        "AWS::S3::Bucket",
        before={"BucketName": "tap-dev-one", **properties},
        after={"BucketName": "tap-dev-two", **properties},
        read=read_bucket,
        replaced=True,
    )


def test_bucket_inherits_nothing_from_a_deleted_one(stack: Any, clients: Any) -> None:
    """A bucket of the same name starts afresh."""
    rich = {
        "BucketName": "tap-dev-again",
        "LoggingConfiguration": {"LogFilePrefix": "x/"},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
    }
    stack.deploy({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": rich}})
    stack.delete()
    stack.deploy({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "tap-dev-again"}}})

    found = read_bucket(clients, "tap-dev-again")
    assert found["LoggingConfiguration"] is None
    assert found["OwnershipControls"] in (None, {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})


def test_object_lock_is_set(stack: Any, clients: Any) -> None:
    """A locked bucket has its default retention."""
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
    properties = {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": rule},
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    stack.deploy({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}})

    found = clients("s3").get_object_lock_configuration(Bucket=stack.ids["Bucket"])["ObjectLockConfiguration"]
    assert found == properties["ObjectLockConfiguration"]


def test_stack_tags_reach_buckets(stack: Any, clients: Any) -> None:
    """Tags of the stack are on its bucket, as on AWS."""
    stack.deploy({"Bucket": {"Type": "AWS::S3::Bucket"}}, Tags=[{"Key": "Project", "Value": "tap"}])

    found = clients("s3").get_bucket_tagging(Bucket=stack.ids["Bucket"])["TagSet"]
    assert {"Key": "Project", "Value": "tap"} in found
    assert {"Key": "aws:cloudformation:stack-name", "Value": stack.name} in found


def test_bucket_policy_is_created_updated_and_deleted(check_type: Any) -> None:
    """The policy of a bucket arrives as written."""

    def policy(effect: str) -> dict[str, Any]:
        statement = {
            "Effect": effect,
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "arn:aws:s3:::tap-dev-policed/*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return {"Version": "2012-10-17", "Statement": [statement]}

    def read(clients: Any, _: str) -> dict[str, Any]:
        text = clients("s3").get_bucket_policy(Bucket="tap-dev-policed")["Policy"]
        return {"Bucket": "tap-dev-policed", "PolicyDocument": json.loads(text)}

    check_type(
        "AWS::S3::BucketPolicy",
        before={"Bucket": {"Ref": "Bucket"}, "PolicyDocument": policy("Deny")},
        after={"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {**policy("Deny"), "Id": "second"}},
        support={"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "tap-dev-policed"}}},
        read=read,
    )


def read_key(clients: Any, key: str) -> dict[str, Any]:
    """The key's properties, in the template's words."""
    kms = clients("kms")
    found = kms.describe_key(KeyId=key)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        raise LookupError(key)
    rotation = kms.get_key_rotation_status(KeyId=key)
    return {
        "Description": found["Description"],
        "Enabled": found["Enabled"],
        "EnableKeyRotation": rotation["KeyRotationEnabled"],
        "RotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "KeyPolicy": json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]),
        "KeySpec": found["KeySpec"],
        "KeyUsage": found["KeyUsage"],
        "MultiRegion": found["MultiRegion"],
        "Tags": ours(kms.list_resource_tags(KeyId=key)["Tags"], "TagKey", "TagValue"),
        "PendingWindowInDays": 7,  # seen at deletion only
    }


def test_key_is_created_updated_and_deleted(check_type: Any) -> None:
    """Policy, rotation and tags of a key arrive; its deletion is scheduled."""
    fixed = {
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": True,
        "PendingWindowInDays": 7,
    }
    check_type(
        "AWS::KMS::Key",
        before={
            **fixed,
            "Description": "one",
            "EnableKeyRotation": True,
            "RotationPeriodInDays": 180,
            "KeyPolicy": KEY_POLICY,
            "Tags": [{"Key": "Environment", "Value": "dev"}],
            "Enabled": True,
        },
        after={
            **fixed,
            "Description": "two",
            "EnableKeyRotation": True,
            "RotationPeriodInDays": 90,
            "KeyPolicy": {**KEY_POLICY, "Id": "second"},
            "Tags": [{"Key": "Environment", "Value": "prod"}],
            "Enabled": True,
        },
        read=read_key,
    )


def test_alias_is_created_updated_and_deleted(check_type: Any) -> None:
    """An alias points where the template says."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        [target] = [a["TargetKeyId"] for a in clients("kms").list_aliases()["Aliases"] if a["AliasName"] == name]
        return {"AliasName": name, "TargetKeyId": target}

    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": KEY_POLICY}}
    check_type(
        "AWS::KMS::Alias",
        before={"AliasName": "alias/tap-dev", "TargetKeyId": {"Ref": "One"}},
        after={"AliasName": "alias/tap-dev", "TargetKeyId": {"Ref": "Two"}},
        support={"One": key, "Two": key},
        read=read,
    )


def read_secret(clients: Any, arn: str) -> dict[str, Any]:
    """The secret's properties, in the template's words."""
    manager = clients("secretsmanager")
    found = manager.describe_secret(SecretId=arn)
    if "DeletedDate" in found:
        raise LookupError(arn)
    value = manager.get_secret_value(SecretId=arn)["SecretString"]
    return {
        "Name": found["Name"],
        "Description": found.get("Description"),
        "KmsKeyId": found.get("KmsKeyId"),
        "SecretString": value,
        "Tags": ours(found["Tags"]),
    }


def test_secret_is_created_updated_and_deleted(check_type: Any) -> None:
    """Name, value, key and tags of a secret arrive."""
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": KEY_POLICY}}
    check_type(
        "AWS::SecretsManager::Secret",
        before={
            "Name": "tap/dev/secret",
            "Description": "one",
            "KmsKeyId": {"Ref": "Key"},
            "SecretString": "one",
            "Tags": [{"Key": "Environment", "Value": "dev"}],
        },
        after={
            "Name": "tap/dev/secret",
            "Description": "two",
            "KmsKeyId": {"Ref": "Key"},
            "SecretString": "two",
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        support={"Key": key},
        read=read_secret,
    )


def test_secret_can_be_generated(stack: Any, clients: Any) -> None:
    """GenerateSecretString yields a password of the length that was asked for."""
    stack.deploy(
        {
            "Secret": {
                "Type": "AWS::SecretsManager::Secret",
                "Properties": {
                    "GenerateSecretString": {
                        "PasswordLength": 40,
                        "ExcludePunctuation": True,
                        "SecretStringTemplate": '{"username": "a"}',
                        "GenerateStringKey": "password",
                    }
                },
            }
        }
    )

    value = json.loads(clients("secretsmanager").get_secret_value(SecretId=stack.ids["Secret"])["SecretString"])
    assert value["username"] == "a"
    assert len(value["password"]) == 40


def test_parameter_is_created_updated_and_deleted(check_type: Any) -> None:
    """Value, description, pattern and tags of an SSM parameter arrive."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        ssm = clients("ssm")
        [found] = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"] or [None]
        if found is None:
            raise LookupError(name)
        tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
        return {
            "Name": name,
            "Type": found["Type"],
            "Value": ssm.get_parameter(Name=name)["Parameter"]["Value"],
            "Description": found["Description"],
            "Tier": found["Tier"],
            "AllowedPattern": found["AllowedPattern"],
            "Tags": {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].startswith("aws:")},
        }

    fixed = {"Name": "/tap/dev/size", "Type": "String", "Tier": "Standard", "AllowedPattern": "^[a-z]+$"}
    check_type(
        "AWS::SSM::Parameter",
        before={**fixed, "Value": "small", "Description": "one", "Tags": {"Environment": "dev"}},
        after={**fixed, "Value": "large", "Description": "two", "Tags": {"Environment": "prod"}},
        read=read,
    )
