"""What every rule says of the gallery: nothing, for all of it is known to be good."""

from __future__ import annotations

import pytest
from support.gallery import gallery

from tap_templates.checks.rule import HOLDS
from tap_templates.checks.rules import every_rule
from tap_templates.checks.view import View


@pytest.mark.parametrize("name", gallery())
def test_good_template_is_without_findings(name: str) -> None:
    """No rule fires on it, and none is undecided."""
    good = gallery()[name]
    view = View(good.template)
    verdicts = [(rule.id, verdict) for rule in every_rule() for verdict in good.configured(rule).judge(view)]

    assert [(rule, verdict.message()) for rule, verdict in verdicts if verdict.result != HOLDS] == []
