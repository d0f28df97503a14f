"""cfn-lint, with its informational rules on, finds nothing in any form of a template."""

from __future__ import annotations

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from support.component_samples import asked, fixed
from support.lint_exceptions import EXCEPTIONS

from tap_templates.blueprints import build
from tap_templates.settings import Settings

pytestmark = pytest.mark.once

REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-2", "sa-east-1", "us-gov-west-1", "cn-north-1"]


def findings(template: str) -> list[str]:
    """Findings in the six regions, without those that are accepted."""
    matches = lint(template, config=ManualArgs(regions=REGIONS, include_checks=["I"]))
    return [str(match) for match in matches if _place(match) not in EXCEPTIONS]


def _place(match: object) -> tuple[str, str]:
    path = [str(part) for part in getattr(match, "path", None) or []]
    return match.rule.id, path[1] if len(path) > 1 else ""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "settings",
    [
        asked(),
        fixed(),
        fixed(bucket="aws:kms", trail="aws:kms"),
    ],
    ids=["asked", "fixed", "fixed with KMS"],
)
def test_no_findings(settings: Settings) -> None:
    """Nothing is found in six regions, GovCloud and China among them."""
    assert findings(build("secure-enterprise", settings).to_json()) == []


def test_findings_are_seen() -> None:
    """A template with a fault has findings, so that their absence says something."""
    faulty = '{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"BucketNam": "a"}}}}'

    assert any("BucketNam" in finding for finding in findings(faulty))


def test_exceptions_have_reasons() -> None:
    """Every accepted finding says why."""
    assert all(EXCEPTIONS.values())
