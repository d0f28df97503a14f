"""E9002: no suppression outlives its last day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.suppressions import COMPLETE, is_past, written
from tap_templates.checks.view import View

PAST = {**COMPLETE, "expires": "2020-05-31"}
BUCKET = {"Type": "AWS::S3::Bucket"}


class SuppressionIsInForce(Rule):
    """A suppression whose last day is past suppresses nothing."""

    id = "E9002"
    shortdesc = "A suppression is in force"
    description = "The last day of each suppression in Metadata is not past."
    why = "An exception is granted for a time; after that someone has to look again."
    fix = "mend what it suppresses and remove it, or have it granted anew with a later day"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html"
    example = Example(
        failing={"Metadata": {"tap_templates": {"suppressions": [PAST]}}, "Resources": {"Logs": BUCKET}},
        passing={
            "Metadata": {"tap_templates": {"suppressions": [COMPLETE]}},
            "Resources": {"Logs": BUCKET},
        },
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each suppression of the template that has a last day."""
        for placed in written(view):
            if placed.suppression.expires:
                past = is_past(placed.suppression, date.today())
                found = f"a suppression until {placed.suppression.expires}"
                yield Verdict(FAILS if past else HOLDS, placed.path, found, self.fix)
