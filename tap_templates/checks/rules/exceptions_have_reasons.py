"""E9004: nothing is silenced without a reason, an owner and a last day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.view import Path, View

BUCKET = {"Type": "AWS::S3::Bucket"}


class ExceptionsHaveReasons(Rule):
    """cfn-lint's own ``ignore_checks`` in Metadata say neither why nor until when."""

    id = "E9004"
    shortdesc = "Exceptions have reasons"
    description = "Metadata silences rules by tap_templates suppressions, not by cfn-lint's ignore_checks."
    why = "A rule that is switched off in passing is never switched on again."
    fix = "write a suppression with reason, owner and expires below Metadata.tap_templates.suppressions instead"
    source_url = "https://github.com/aws-cloudformation/cfn-lint#resource-based-metadata"
    example = Example(
        failing={"Resources": {"Logs": {**BUCKET, "Metadata": {"cfn-lint": {"config": {"ignore_checks": ["W3045"]}}}}}},
        passing={"Resources": {"Logs": {**BUCKET, "Metadata": {"Purpose": "logs"}}}},
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each Metadata, which fails where it silences rules."""
        yield from self._silenced(view.section("Metadata"), ("Metadata",))
        for resource in view.resources:
            yield from self._silenced(resource.attribute("Metadata"), resource.at("Metadata"))

    def _silenced(self, metadata: Any, path: Path) -> Iterator[Verdict]:
        at, found = path, metadata
        for key in ("cfn-lint", "config", "ignore_checks"):
            if not isinstance(found, Mapping) or key not in found:
                if metadata:
                    yield Verdict(HOLDS, path, metadata)
                return
            found, at = found[key], (*at, key)
        yield Verdict(FAILS, at, found, self.fix)
