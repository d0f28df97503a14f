"""Lambda of the embedded AWS: properties arrive, and functions run under their role."""

from __future__ import annotations

import json
from typing import Any

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def ours(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags in the template's words, without CloudFormation's own."""
    return sorted(({"Key": k, "Value": v} for k, v in tags.items() if not k.startswith("aws:")), key=lambda t: t["Key"])


def read_function(clients: Any, name: str) -> dict[str, Any]:
    """The function's properties, in the template's words."""
    client = clients("lambda")
    answer = client.get_function(FunctionName=name)
    found = answer["Configuration"]
    concurrency = client.get_function_concurrency(FunctionName=name)
    dead = found.get("DeadLetterConfig")
    return {
        "FunctionName": found["FunctionName"],
        "Description": found["Description"],
        "Runtime": found["Runtime"],
        "Handler": found["Handler"],
        "Role": found["Role"],
        "Timeout": found["Timeout"],
        "MemorySize": found["MemorySize"],
        "Architectures": found["Architectures"],
        "EphemeralStorage": found["EphemeralStorage"],
        "Environment": {"Variables": found["Environment"]["Variables"]},
        "TracingConfig": found["TracingConfig"],
        "LoggingConfig": found["LoggingConfig"],
        "DeadLetterConfig": dead if dead and dead["TargetArn"] else None,
        "KmsKeyArn": found.get("KMSKeyArn") or None,
        "ReservedConcurrentExecutions": concurrency.get("ReservedConcurrentExecutions"),
        "Tags": ours(answer.get("Tags", {})),
    }


def test_function_is_created_updated_and_deleted(check_type: Any) -> None:
    """Every property of a function arrives; dropped ones return to their default."""
    fixed = {
        "FunctionName": "tap-dev-rotate",
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Architectures": ["arm64"],
        "EphemeralStorage": {"Size": 1024},
        "TracingConfig": {"Mode": "Active"},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": {"Ref": "Logs"}},
    }
    before = {
        **fixed,
        "Description": "one",
        "Timeout": 30,
        "MemorySize": 256,
        "Environment": {"Variables": {"LEVEL": "INFO"}},
        "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}},
        "ReservedConcurrentExecutions": 2,
        "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
        "Tags": [{"Key": "Environment", "Value": "dev"}],
    }
    after = {
        **fixed,
        "Description": "two",
        "Timeout": 60,
        "MemorySize": 512,
        "Environment": {"Variables": {"LEVEL": "DEBUG"}},
        "Tags": [{"Key": "Environment", "Value": "prod"}],
    }
    # The code is a property too, read back by running it (below).
    code = {"ZipFile": "def handler(event, context):\n    return 1\n"}

    def read(clients: Any, name: str) -> dict[str, Any]:
        return {**read_function(clients, name), "Code": code}

    key_policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    check_type(
        "AWS::Lambda::Function",
        before={**before, "Code": code},
        after={**after, "Code": code},
        support={
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
            "Dead": {"Type": "AWS::SQS::Queue"},
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": key_policy}},
            "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/tap/dev/rotate"}},
        },
        read=read,
    )


def test_permission_is_created_updated_and_deleted(check_type: Any) -> None:
    """Principal, action, source ARN and account of a permission arrive."""

    def read(clients: Any, _: str) -> dict[str, Any]:
        document = json.loads(clients("lambda").get_policy(FunctionName="tap-dev-called")["Policy"])
        [statement] = document["Statement"]
        return {
            "FunctionName": statement["Resource"],
            "Action": statement["Action"],
            "Principal": statement["Principal"]["Service"],
            "SourceArn": statement["Condition"]["ArnLike"]["AWS:SourceArn"],
            "SourceAccount": statement["Condition"].get("StringEquals", {}).get("AWS:SourceAccount"),
        }

    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "tap-dev-called",
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(event, context):\n    return 1\n"},
        },
    }
    fixed = {
        "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]},
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceAccount": "111122223333",
    }
    check_type(
        "AWS::Lambda::Permission",
        before={**fixed, "SourceArn": "arn:aws:events:us-east-1:111122223333:rule/one"},
        after={**fixed, "SourceArn": "arn:aws:events:us-east-1:111122223333:rule/two"},
        support={
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
            "Function": function,
        },
        read=read,
        replaced=True,
        gone=False,
    )
