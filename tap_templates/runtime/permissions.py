"""What each function in this package calls, and on what: ``Resource: "*"`` only where AWS knows no other.

Values name the kind of resource; whoever writes the role turns them into ARNs of what the stack owns:

============  ================================================================================================
``any``       ``*``: AWS defines no resource for the action
``group``     the groups in ``GROUP_NAMES``: ``GetAtt Arn`` of each
``user``      ``arn:${AWS::Partition}:iam::${AWS::AccountId}:user`` + ``USER_PATH`` + ``*``
``default``   ``arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:security-group/`` + the VPC's default group
``secret``    ``arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:`` + ``SECRET_PREFIX``
              + ``*``
``topic``     ``TOPIC_ARN``
``topic-key`` the key that encrypts the topic, if the customer manages it
============  ================================================================================================

Source: AWS service authorization reference (Amazon EC2; AWS Identity and Access Management; AWS Secrets Manager;
Amazon SNS);
SNS developer guide, "Key management", for the two KMS actions.
"""

from __future__ import annotations

from collections.abc import Mapping

ACCESS_KEY_ROTATION: Mapping[str, str] = {
    "iam:GetGroup": "group",
    "iam:CreateAccessKey": "user",
    "iam:DeleteAccessKey": "user",
    "iam:GetAccessKeyLastUsed": "user",
    "iam:ListAccessKeys": "user",
    "iam:UpdateAccessKey": "user",
    "secretsmanager:CreateSecret": "secret",
    "secretsmanager:DescribeSecret": "secret",
    "secretsmanager:GetResourcePolicy": "secret",
    "secretsmanager:PutResourcePolicy": "secret",
    "secretsmanager:PutSecretValue": "secret",
    "secretsmanager:RestoreSecret": "secret",
    "secretsmanager:TagResource": "secret",  # The note, and the tags given to CreateSecret.
    "sns:Publish": "topic",
    "kms:Decrypt": "topic-key",
    "kms:GenerateDataKey": "topic-key",
}

DEFAULT_SECURITY_GROUP: Mapping[str, str] = {
    "ec2:DescribeSecurityGroups": "any",
    "ec2:AuthorizeSecurityGroupEgress": "default",
    "ec2:AuthorizeSecurityGroupIngress": "default",
    "ec2:RevokeSecurityGroupEgress": "default",
    "ec2:RevokeSecurityGroupIngress": "default",
}
