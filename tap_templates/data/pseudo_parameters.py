"""Pseudo parameters: how long their values become, and what they look like.

Source: CloudFormation user guide, "Get AWS values using pseudo parameters"; the API reference for the name of a stack.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tap_templates.data.regions import longest_region, partitions

LONGEST_STACK_NAME = 128
LENGTH_OF_UUID = 36


class PseudoParameter(NamedTuple):
    """What the value of one pseudo parameter can be."""

    longest: int
    pattern: str  # Regular expression that a whole value matches.
    character: str  # Regular expression that each of its characters matches.


@cache
def pseudo_parameters() -> dict[str, PseudoParameter]:
    """Each pseudo parameter that gives one text."""
    stack_id = "arn:aws-us-gov:cloudformation::123456789012:stack//"
    region = len(longest_region())
    longest_id = len(stack_id) + region + LONGEST_STACK_NAME + LENGTH_OF_UUID
    return {
        "AWS::AccountId": PseudoParameter(12, "[0-9]{12}", "[0-9]"),
        "AWS::NoValue": PseudoParameter(0, "", "[^\\s\\S]"),
        "AWS::Partition": PseudoParameter(max(map(len, partitions())), "aws(-[a-z]+)*", "[a-z-]"),
        "AWS::Region": PseudoParameter(region, "[a-z]{2,4}(-[a-z]+)+-[0-9]", "[a-z0-9-]"),
        "AWS::StackId": PseudoParameter(longest_id, "arn:.+", "[A-Za-z0-9:/-]"),
        "AWS::StackName": PseudoParameter(LONGEST_STACK_NAME, "[A-Za-z][A-Za-z0-9-]*", "[A-Za-z0-9-]"),
        "AWS::URLSuffix": PseudoParameter(len("amazonaws.com.cn"), "[a-z0-9.]+", "[a-z0-9.]"),
    }
