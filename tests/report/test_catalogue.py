"""The catalogue of components is what the code has, and the README shows it as it is."""

from __future__ import annotations

import pathlib

import pytest
from support.scripts import script

from tap_templates.cli import main
from tap_templates.report import environments
from tap_templates.report.catalogue import Component, catalogue

ROOT = pathlib.Path(__file__).parents[2]

pytestmark = pytest.mark.once


def rows() -> dict[str, Component]:
    """Every component by its concern and name."""
    return {f"{row.concern}.{row.name}": row for concern in catalogue() for row in concern.components}


def test_readme_shows_the_tables_as_they_are() -> None:
    """Else run python scripts/readme_tables.py."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert text == script("readme_tables").with_tables(text)
    assert "`data_bucket(stack, …)`" in text


def test_readme_without_a_place_for_a_table_is_said() -> None:
    """With the mark that is missing."""
    with pytest.raises(SystemExit, match="found no place for components; mark one with <!-- components:"):
        script("readme_tables").with_tables("# tap_templates")


def test_environments_say_what_a_smaller_one_saves() -> None:
    """Each amount with its values; each machine with memory and price, and where the prices are from."""
    amount = "| `nat_gateways` | 1 | 1 | 3 | NAT gateways of a network: "

    assert amount in environments.amounts_table()
    assert "Each is paid by the hour" in environments.amounts_table()
    assert "| `standard_database` | db.t4g.small (2 GiB, $0.032) |" in environments.machines_table()
    assert "- Instance of an Aurora cluster, an hour: Aurora Standard" in environments.machines_table()


def test_component_is_known_by_what_it_takes_and_its_handle_by_its_verbs() -> None:
    """Of a module, of a package, of a handle in place of the stack, and without a handle."""
    table, net, alarm = rows()["tables.table"], rows()["network.network"], rows()["alarms.alarm"]

    assert (table.takes, table.verbs) == ("stack", ("read", "write", "delete", "follow"))
    assert net.verbs == ("tier", "lets_through", "group")
    assert (alarm.takes, alarm.verbs) == ("topic", ())
    assert rows()["keys.key"].verbs == ("admit", "admits", "decrypt", "encrypt")


def test_what_adds_nothing_is_no_component() -> None:
    """Statements for a key's policy, the parts of a network, and what a module has for itself."""
    names = {row.name for row in rows().values()}

    assert names.isdisjoint({"used_for_own", "used_through", "source_of", "subnets", "flow_log"})
    assert not any(name.startswith("_") for name in names)


def test_every_component_says_what_it_adds() -> None:
    """One sentence, of what a reader has not read in another row."""
    says = [row.says for row in rows().values()]

    assert all(each.endswith(".") for each in says)
    assert len(set(says)) == len(says)


def test_list_shows_components_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Where to import them from, how they begin, and their verbs."""
    assert main(["list", "--components"]) == 0
    shown = capsys.readouterr().out

    assert "tap_templates.components.tables: DynamoDB tables" in shown
    assert "  table(stack, …) (read, write, delete, follow)\n" in shown
