"""Where paths stand in template and settings files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode

from tap_templates.checks.locations import START, location, location_in_settings
from tap_templates.settings import Suppression

LINES = ["{", ' "Resources": {', '  "Jobs": {', '   "Type": "T",', '   "Tags": [', "    1,", '    {"Key": "a"}']
TEMPLATE = {
    "t.json": "\n".join([*LINES, "   ]", "  }", " }", "}"]),
    "t.yaml": "\nResources:\n  Jobs:\n    Type: T\n    Tags:\n    - 1\n    - Key: a\n",
}
ACCEPTED = Suppression("E9607", "Log", "a trial", "team", "2027-01-31")
ROW = "{rule: E9607, resource: Log, reason: a trial, owner: team, expires: 2027-01-31}"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("Resources", "Jobs"), (3, 3)),
        (("Resources", "Jobs", "Tags"), (5, {"t.json": 4, "t.yaml": 5})),
        (("Resources", "Jobs", "Tags", 1), (7, {"t.json": 5, "t.yaml": 7})),
        (("Resources", "Jobs", "Tags", 1, "Key"), (7, {"t.json": 6, "t.yaml": 7})),
        (("Resources", "Jobs", "Tags", 0), (5, {"t.json": 4, "t.yaml": 5})),
        (("Resources", "Jobs", "Tags", 2), (5, {"t.json": 4, "t.yaml": 5})),
        (("Resources", "Jobs", "Type", "deeper"), (4, {"t.json": 4, "t.yaml": 5})),
        (("Outputs", "Jobs"), (1, 1)),
        ((), (1, 1)),
    ],
)
@pytest.mark.parametrize("name", TEMPLATE)
def test_path_has_the_place_of_its_last_part_that_is_there(
    tmp_path: Path, name: str, path: tuple[str | int, ...], place: Any
) -> None:
    """Of keys and of items that are mappings; numbers have the place of their list."""
    file = tmp_path / name
    file.write_text(TEMPLATE[name], encoding="utf-8")
    line, column = place

    assert location(decode(str(file))[0], path) == (line, column if isinstance(column, int) else column[name])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"suppressions:\n  - {ROW}\n", 2),
        (f"environments:\n  prod:\n    suppressions:\n      - {ROW}\n", 4),
        (f"suppressions:\n  - {ROW.replace('Log', 'Other')}\n  - {ROW}\n", 3),
        (f"suppressions: [1, {ROW}]\n", 1),
        ("suppressions: 5\nenvironments: [1]\n", 1),
        ("environments: {prod: 1}\n", 1),
        ("- 1\n", 1),
        ("a: [\n", 1),
    ],
)
def test_suppression_has_the_line_where_the_settings_say_it(tmp_path: Path, text: str, line: int) -> None:
    """In the common part or in an environment's; whatever the file is."""
    file = tmp_path / "tap.yaml"
    file.write_text(text, encoding="utf-8")

    assert location_in_settings(str(file), ACCEPTED).line == line


def test_settings_that_are_no_file_have_their_start(tmp_path: Path) -> None:
    """Suppressions can be given in Python."""
    assert location_in_settings(str(tmp_path / "tap.yaml"), ACCEPTED) == START
