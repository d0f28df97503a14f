"""No check finds anything in any blueprint: in every profile, with both bindings, in six regions."""

from __future__ import annotations

import pytest
from support.blueprint_forms import EVERY_FORM, FORMS, PROFILES, TEAMS_OWN, asked_form, fixed_form
from support.clean import REGIONS, findings

from tap_templates.blueprints import BLUEPRINTS, build

pytestmark = pytest.mark.once

SAMPLE = [(name, next(iter(forms))) for name, forms in FORMS.items()]
REST = [each for each in EVERY_FORM if each not in SAMPLE]


def marked(rows: list[tuple[str, str]]) -> list[object]:
    """Rows that are slow."""
    return [pytest.param(*row, marks=pytest.mark.slow) for row in rows]


@pytest.mark.parametrize(("name", "form"), [*SAMPLE, *marked(REST)])
@pytest.mark.parametrize(
    "profile", ["prod", "a team's own", *(pytest.param(each, marks=pytest.mark.slow) for each in ("dev", "staging"))]
)
def test_nothing_is_found_where_everything_is_fixed(name: str, form: str, profile: str) -> None:
    """In the form with each profile's amounts."""
    assert findings(build(name, fixed_form(name, form, **PROFILES[profile])), regions=REGIONS) == []


@pytest.mark.parametrize(("name", "form"), [*SAMPLE, *marked(REST)])
def test_nothing_is_found_where_everything_is_asked(name: str, form: str) -> None:
    """The profiles stand in a Mapping, all of them."""
    assert findings(build(name, asked_form(name, form)), regions=REGIONS) == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "form"), EVERY_FORM)
def test_nothing_is_found_where_a_team_has_amounts_of_its_own_and_the_environment_is_asked(
    name: str, form: str
) -> None:
    """They go before those of all profiles."""
    assert findings(build(name, asked_form(name, form, sizes=TEAMS_OWN["sizes"])), regions=REGIONS) == []


def test_every_blueprint_has_forms() -> None:
    """What is tested here is all that there is."""
    assert list(FORMS) == list(BLUEPRINTS)
