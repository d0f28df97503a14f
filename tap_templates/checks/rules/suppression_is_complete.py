"""E9001: every suppression says which finding, why, who answers for it, and until when."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.suppressions import COMPLETE, missing_parts, written
from tap_templates.checks.view import View

BUCKET = {"Type": "AWS::S3::Bucket"}


class SuppressionIsComplete(Rule):
    """A suppression without reason, owner or last day suppresses nothing."""

    id = "E9001"
    shortdesc = "A suppression is complete"
    description = "Each suppression in Metadata has rule, resource, reason, owner and expires (a day, 2027-01-31)."
    why = "An exception that no one answers for stays for ever."
    fix = "give it a rule, resource, reason, owner and expires (2027-01-31)"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html"
    example = Example(
        failing={
            "Metadata": {"tap_templates": {"suppressions": [{"rule": "E9204", "resource": "Logs"}]}},
            "Resources": {"Logs": BUCKET},
        },
        passing={"Metadata": {"tap_templates": {"suppressions": [COMPLETE]}}, "Resources": {"Logs": BUCKET}},
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each suppression of the template."""
        for placed in written(view):
            missing = missing_parts(placed.suppression)
            found = f"a suppression without {', '.join(missing)}" if missing else "a complete suppression"
            yield Verdict(FAILS if missing else HOLDS, placed.path, found, self.fix)
