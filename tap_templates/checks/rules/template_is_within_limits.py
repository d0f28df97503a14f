"""E9517: a template has no more parameters and mappings than CloudFormation takes."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.limits import counts, of_mappings
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.view import View
from tap_templates.stack.limits import MOST


class TemplateIsWithinLimits(Rule):
    """Parameters and Mappings; cfn-lint counts resources (E3010) and outputs (E6010) itself."""

    id = "E9517"
    shortdesc = "A template is within its limits"
    description = "There are at most 200 parameters and 200 mappings; cfn-lint counts resources and outputs."
    why = "CloudFormation refuses the template when it is uploaded."
    fix = "split the stack"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
    example = Example(failing=of_mappings(MOST["Mappings"] + 1), passing=of_mappings(1))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each section that has entries."""
        for found, share in counts(view):
            yield verdict(found, share <= 1, f"{self.fix}; a template holds {MOST[str(found.path[0])]}")
