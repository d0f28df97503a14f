"""AWS managed policies that administer: everything, or all of a service. Source: ``managed_policies.json``."""

from __future__ import annotations

import re

from tap_templates.data import load

# IAM user guide, policy ARNs: the account of AWS's own policies is "aws"; a path may stand before the name.
OWN_ARN = re.compile(r"arn:(?:\$\{[^}]*\}|[^:]*):iam::aws:policy/(?:.*/)?([^/]+)")


def aws_managed(arn: str) -> str | None:
    """Name of the AWS managed policy that an ARN is of, without its path; None when it is none of AWS's."""
    found = OWN_ARN.fullmatch(arn)
    return found.group(1) if found else None


def administers(name: str) -> bool:
    """Whether an AWS managed policy administers: ``AdministratorAccess``, ``AmazonS3FullAccess``, …"""
    table = load("managed_policies.json")
    return allows_everything(name) or name in table["administrators"] or name.endswith(tuple(table["endings"]))


def allows_everything(name: str) -> bool:
    """Whether an AWS managed policy allows every action on everything, so that as a boundary it bounds nothing."""
    return name in load("managed_policies.json")["everything"]
