"""W9517: a template is not about to reach the limits of parameters and mappings."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.limits import NEAR, counts, of_mappings
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.view import View
from tap_templates.stack.limits import MOST


class TemplateHasRoomToGrow(Rule):
    """Nine tenths of what E9517 allows, as cfn-lint says it of resources (I3010) and outputs (I6010)."""

    id = "W9517"
    shortdesc = "A template has room to grow"
    description = "There are at most 180 parameters and 180 mappings: nine tenths of what CloudFormation takes."
    why = "The change that reaches the limit is seldom the one that has time for splitting a stack."
    fix = "plan to split the stack"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
    example = Example(failing=of_mappings(int(MOST["Mappings"] * NEAR) + 1), passing=of_mappings(1))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each section that has entries, and is within its limit."""
        for found, share in counts(view):
            if share <= 1:
                yield verdict(found, share <= NEAR, f"{self.fix}; a template holds {MOST[str(found.path[0])]}")
