"""How tables are read, and that the generated ones are what the installed libraries say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from support.scripts import script

from tap_templates import data

ROOT = Path(__file__).parents[2]
TABLES = sorted(path.name for path in (ROOT / "tap_templates" / "data").glob("*.json"))


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    """The refresh script."""
    return script("refresh_data")


@pytest.fixture(scope="module")
def fresh(refresh: ModuleType) -> dict[str, str]:
    """The generated tables, as the installed libraries give them."""
    pytest.importorskip("cfnlint")
    tables: dict[str, str] = refresh.tables()
    return tables


@pytest.mark.parametrize("name", TABLES)
def test_table_says_where_it_is_from_and_of_when(name: str) -> None:
    """Every table carries a source and a date."""
    table = json.loads(data.text(name))

    assert table["source"]
    assert re.fullmatch(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]", table["date"])


@pytest.mark.parametrize(
    "name",
    [
        "actions.json",
        "engine_releases.json",
        "instance_classes.json",
        "regions.json",
        "resource_types.json",
        "runtimes.json",
    ],
)
def test_generated_table_is_fresh(name: str, fresh: dict[str, str]) -> None:
    """A generated table is of the versions that are installed, and byte for byte what they give."""
    remedy = "run: python scripts/refresh_data.py"
    sources = [json.loads(text)["source"] for text in (data.text(name), fresh[name])]

    assert sources[0] == sources[1], remedy
    assert data.text(name) == fresh[name], remedy


def test_entry_is_what_the_whole_table_has() -> None:
    """Parsing one line gives what parsing the whole file gives."""
    types = data.load("resource_types.json")["types"]

    assert data.entry("resource_types.json", "AWS::S3::Bucket") == types["AWS::S3::Bucket"]


def test_last_entry_can_be_read() -> None:
    """The entry that no comma follows parses like the others."""
    last = data.keys("actions.json")[-1]

    assert data.entry("actions.json", last) == data.load("actions.json")["services"][last]


def test_keys_are_those_of_the_whole_table() -> None:
    """Keys come in the order of the file, the header's not among them."""
    assert data.keys("resource_types.json") == tuple(data.load("resource_types.json")["types"])


@pytest.mark.parametrize("key", ["AWS::S3::Buckets", "", "source", 's3":{"'])
def test_entry_that_is_not_there_is_none(key: str) -> None:
    """A key that the table lacks, or that could be no key, has no entry."""
    assert data.entry("resource_types.json", key) is None


def test_table_is_read_once() -> None:
    """The second reading is the first one's object."""
    assert data.load("regions.json") is data.load("regions.json")


def test_check_passes_when_nothing_is_stale(refresh: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """``--check`` says nothing and gives 0."""
    assert refresh.main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_check_names_what_is_stale_and_refresh_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that differs or is missing fails the check, until it has been written."""
    refresh = script("refresh_data")
    monkeypatch.setattr(refresh, "DATA", str(tmp_path))
    monkeypatch.setattr(refresh, "tables", lambda: {"regions.json": "{}\n", "runtimes.json": "{}\n"})
    (tmp_path / "regions.json").write_text("{}\n")

    assert refresh.main(["--check"]) == 1
    assert capsys.readouterr().out == "tap_templates/data/runtimes.json: stale; run python scripts/refresh_data.py\n"
    assert refresh.main([]) == 0
    assert capsys.readouterr().out == "tap_templates/data/runtimes.json: written\n"
    assert refresh.main(["--check"]) == 0


def test_refresh_without_cfn_lint_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing cfn-lint ends the script with the install line."""
    refresh = script("refresh_data")
    monkeypatch.setattr(refresh, "find_spec", lambda name: None)

    with pytest.raises(SystemExit, match=r"tap_templates\[check\]"):
        refresh._cfn_lint_data()
