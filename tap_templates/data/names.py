"""Physical names: what each AWS type allows. Source: ``names.json``, a URL per row."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tap_templates.data import load


class NameRule(NamedTuple):
    """What the physical name of one type must be like."""

    type: str  # AWS::S3::Bucket
    property: str  # Dotted where it is nested: BackupPlan.BackupPlanName
    minimum: int  # Characters, the prefix among them.
    maximum: int  # Characters, the prefix among them.
    characters: str  # Regular expression that the whole name matches.
    case: str  # "lower": AWS refuses or folds capitals. "any": AWS keeps them.
    scope: str  # Where it is unique: "global" (partition), "account" (all Regions) or "region" (account and Region).
    prefix: str  # What the name must start with, or nothing.
    source: str  # URL
    remark: str  # What the rest cannot say, or nothing.
    unique: bool = True  # Whether AWS refuses a second one with the name.
    within: str = ""  # Property of what it must be unique in, where that is less than the scope: VpcId.
    folds_case: bool = False  # Whether names that differ in capitals only are the same.
    shared_with: str = ""  # Another type whose names are in the same space.


@cache
def name_rule(aws_type: str) -> NameRule | None:
    """The rule for names of ``aws_type``, or None when the table has none: let CloudFormation name the resource."""
    row = load("names.json")["types"].get(aws_type)
    if row is None:
        return None
    return NameRule(**{"type": aws_type, "prefix": "", "remark": "", **row})


def named_types() -> tuple[str, ...]:
    """Types that the table has a rule for, sorted."""
    return tuple(load("names.json")["types"])
