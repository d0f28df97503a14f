"""E9501: no account id is written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tap_templates.checks.literals import ARN, REFERENCE, LiteralRule, Text
from tap_templates.checks.rule import Example
from tap_templates.data.service_accounts import is_service_account

ACCOUNT = re.compile("[0-9]{12}")
# Images and queues have the account in the name of their host, or after it.
ADDRESS = re.compile(r"(?<![0-9A-Za-z])([0-9]{12})(?=\.dkr\.ecr\.)|amazonaws\.com(?:\.cn)?/([0-9]{12})(?=/)")
KEYS = ("account", "owner", "principal")  # Parts of the names of properties and conditions that hold accounts.
PRINCIPAL = "aws"  # In the Principal of a policy.


def _reader(account: str) -> dict[str, Any]:
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{account}:root"}},
        "Action": "sts:AssumeRole",
    }
    document = {"Version": "2012-10-17", "Statement": [trust]}
    return {"Resources": {"Reader": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}}}


class AccountIsNotLiteral(LiteralRule):
    """In ARNs, principals, conditions, owners, and addresses of images and queues; AWS's own accounts may be named.

    What a mapping or a parameter holds is a table to be kept, and not judged.
    """

    id = "E9501"
    shortdesc = "An account id is not literal"
    description = "No property and no output has an account id of twelve digits written out."
    why = "The template works in one account alone, and in any other it trusts, or writes to, the wrong one."
    fix = "use ${AWS::AccountId}, or a parameter for another account"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"
    example = Example(failing=_reader("123456789012"), passing=_reader("${AWS::AccountId}"))

    def literals(self, text: Text) -> Iterator[str]:
        """Accounts in ARNs and addresses, and twelve digits where an account belongs."""
        found = [match.group(4) for match in ARN.finditer(text.text)]
        found += [match.group(1) or match.group(2) for match in ADDRESS.finditer(text.text)]
        key = text.key.lower()
        if key == PRINCIPAL or any(part in key for part in KEYS):
            found.append(text.text)
        return (each for each in found if ACCOUNT.fullmatch(each) and not is_service_account(each))

    def refers(self, text: Text) -> bool:
        """An ARN with a reference for its account."""
        return any(REFERENCE.search(match.group(4)) for match in ARN.finditer(text.text))
