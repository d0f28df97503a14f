"""Blueprints by name, and the committed files that are made from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_templates.blueprints import BLUEPRINTS, build
from tap_templates.contracts import contract_text
from tap_templates.errors import UsageError
from tap_templates.report.sheet import upload_sheet

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
REMEDY = "is not what the code makes: run `make templates` and read the diff"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("secure-enterprize", "use one of secure-enterprise (did you mean secure-enterprise?)"),
        ("zzz", "use one of secure-enterprise"),
    ],
)
def test_unknown_blueprint(name: str, remedy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that there is not is answered with those there are, and the nearest."""
    for other in [*BLUEPRINTS][:0:-1]:  # Put back one by one, the last first: in their order.
        monkeypatch.delitem(BLUEPRINTS, other)
    with pytest.raises(UsageError) as caught:
        build(name)

    assert str(caught.value) == f"blueprint: found {name!r}; {remedy}"


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_blueprint_is_described(name: str) -> None:
    """Each blueprint has a summary of one line, and its template a description."""
    assert 0 < len(BLUEPRINTS[name].summary) <= 120
    assert build(name).to_dict()["Description"]


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_committed_template_is_fresh(name: str) -> None:
    """The committed template is, byte by byte, what the blueprint builds without settings."""
    path = TEMPLATES / f"{name}.json"

    assert path.exists(), f"templates/{path.name} {REMEDY}"
    assert path.read_bytes() == build(name).to_json().encode(), f"templates/{path.name} {REMEDY}"


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_committed_sheet_is_fresh(name: str) -> None:
    """So is its upload sheet."""
    path = TEMPLATES / f"{name}.md"

    assert path.exists(), f"templates/{path.name} {REMEDY}"
    assert path.read_bytes() == upload_sheet(name, build(name)).encode(), f"templates/{path.name} {REMEDY}"


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_committed_contract_is_fresh(name: str) -> None:
    """So is the contract of its outputs."""
    path = TEMPLATES / f"{name}.outputs.json"

    assert path.exists(), f"templates/{path.name} {REMEDY}"
    made = contract_text(name, build(name).to_dict())
    assert path.read_bytes() == made.encode(), f"templates/{path.name} {REMEDY}"


def test_every_committed_template_has_a_blueprint() -> None:
    """No file is left of a blueprint that there is no more."""
    found = {path.name for path in TEMPLATES.iterdir()}

    assert found == {f"{name}.{kind}" for name in BLUEPRINTS for kind in ("json", "md", "outputs.json")}
