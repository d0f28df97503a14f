"""Writes the tables of the README that come from the code and its data; a test says when they are stale.

usage: python scripts/readme_tables.py
"""

from __future__ import annotations

import pathlib

from tap_templates.report import catalogue, environments

README = pathlib.Path(__file__).parents[1] / "README.md"
TABLES = {
    "components": catalogue.markdown,
    "amounts": environments.amounts_table,
    "machines": environments.machines_table,
}
BEGINS, ENDS = "<!-- {name}: written by scripts/readme_tables.py -->\n", "<!-- end of {name} -->\n"


def with_tables(text: str) -> str:
    """The README with each table as it is now between its two marks."""
    for name, table in TABLES.items():
        begins, ends = BEGINS.format(name=name), ENDS.format(name=name)
        before, mark, rest = text.partition(begins)
        _, end, after = rest.partition(ends)
        if not (mark and end):
            raise SystemExit(f"README.md: found no place for {name}; mark one with {begins.strip()} and {ends.strip()}")
        text = f"{before}{begins}\n{table()}\n{ends}{after}"
    return text


def main() -> None:
    """Writes README.md."""
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
    print("wrote README.md")


if __name__ == "__main__":
    main()
