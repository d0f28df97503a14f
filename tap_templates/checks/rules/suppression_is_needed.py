"""W9003: every suppression still has a finding to suppress."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.rule import Example, Rule, Verdict
from tap_templates.checks.suppressions import COMPLETE
from tap_templates.checks.view import View

BUCKET = {"Type": "AWS::S3::Bucket"}


class SuppressionIsNeeded(Rule):
    """Only ``check`` can tell, because it sees the findings of every rule; in a plain cfn-lint run it is silent."""

    id = "W9003"
    shortdesc = "A suppression is needed"
    description = "Each suppression in force, in Metadata or in tap.yaml, suppresses at least one finding."
    why = "One that nothing needs any more would hide the next fault in the same place."
    fix = "remove it"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html"
    example = Example(
        failing={
            "Metadata": {"tap_templates": {"suppressions": [{**COMPLETE, "rule": "E9111"}]}},
            "Resources": {"Logs": BUCKET},
        },
        passing={"Metadata": {"tap_templates": {"suppressions": [COMPLETE]}}, "Resources": {"Logs": BUCKET}},
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Nothing by itself: the engine reports under it."""
        return iter(())
