"""Whether the checks find anything in what a component builds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tap_templates.checks.engine import Checker
from tap_templates.requirements import Requirements
from tap_templates.stack import Stack

# One in each partition, and both sides of an ocean.
REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-2", "sa-east-1", "us-gov-west-1", "cn-north-1")


def findings(stack: Stack, *, regions: tuple[str, ...] = REGIONS[:2]) -> list[str]:
    """What the rules of cfn-lint and of this library say of a stack, with its own requirements."""
    checker = _checker(repr(stack.requirements), regions)
    with TemporaryDirectory() as folder:
        path = Path(folder, "template.json")
        path.write_text(stack.to_json(), encoding="utf-8")
        report = checker.check([str(path)])
    return [f"{finding.rule} {finding.message}" for finding in report.findings]


@cache
def _checker(demands: str, regions: tuple[str, ...]) -> Checker:
    """A checker costs half a second to make, and many stacks have the same demands."""
    requirements: Requirements = eval(demands, {"Requirements": Requirements})
    return Checker(requirements, regions=regions)
