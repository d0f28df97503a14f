"""Small templates that the rules about policies show: one policy of a group, one role with its trust policy."""

from __future__ import annotations

from typing import Any

VERSION = "2012-10-17"
TABLE = {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders"}


def granting(*statements: dict[str, Any]) -> dict[str, Any]:
    """A managed policy with the statements, held by a group."""
    policy = {
        "Groups": [{"Ref": "Developers"}],
        "PolicyDocument": {"Version": VERSION, "Statement": list(statements)},
    }
    return {
        "Resources": {
            "Developers": {"Type": "AWS::IAM::Group"},
            "Orders": {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy},
        }
    }


def role(trust: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """A role of a Lambda function, or with another trusting statement."""
    closed = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    function = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": closed}
    document = {"Version": VERSION, "Statement": [{"Effect": "Allow", **(function if trust is None else trust)}]}
    return {
        "Resources": {
            "Worker": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": document, **properties},
            }
        }
    }
