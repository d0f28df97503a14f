"""What the library builds has the tags that are demanded, with the values that they may have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.component_samples import ANSWERS, FIXED
from support.judged import verdicts

from tap_templates import Settings
from tap_templates.blueprints import build
from tap_templates.checks.rules.resource_has_required_tags import ResourceHasRequiredTags
from tap_templates.checks.rules.tags_have_allowed_values import TagsHaveAllowedValues

DEMANDS = {
    "required_tags": ["Owner", "Environment", "Team"],
    "allowed_tag_values": {"Owner": [ANSWERS["Owner"], "other"], "Environment": ["dev", "prod"], "Team": ["pay"]},
}


@pytest.mark.parametrize("given", [{}, FIXED])
def test_tags_hold_what_is_demanded(given: dict[str, Any]) -> None:
    """Asked for at upload or fixed in the file."""
    settings = Settings(**{**given, "tags": {"Team": "pay"}, "requirements": DEMANDS})
    resources = json.loads(build("secure-enterprise", settings).to_json())
    sections = {key: resources[key] for key in ("Parameters", "Mappings", "Conditions") if key in resources}
    for rule in (ResourceHasRequiredTags, TagsHaveAllowedValues):
        demands = {key: DEMANDS[key] for key in rule.demands}
        found = verdicts(rule, resources["Resources"], demands=demands, **sections)

        assert {verdict.result for verdict in found} == {"holds"}
