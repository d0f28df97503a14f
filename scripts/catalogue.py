"""Writes the catalogue of components into the README; a test says when it is stale.

usage: python scripts/catalogue.py
"""

from __future__ import annotations

import pathlib

from tap_templates.report.catalogue import markdown

README = pathlib.Path(__file__).parents[1] / "README.md"
BEGINS, ENDS = "<!-- catalogue: written by scripts/catalogue.py -->\n", "<!-- end of the catalogue -->\n"


def with_catalogue(text: str) -> str:
    """The README with the catalogue as it is now between the two marks."""
    before, _, rest = text.partition(BEGINS)
    return f"{before}{BEGINS}\n{markdown()}\n{ENDS}{rest.partition(ENDS)[2]}"


def main() -> None:
    """Writes README.md."""
    README.write_text(with_catalogue(README.read_text(encoding="utf-8")), encoding="utf-8")
    print("wrote README.md")


if __name__ == "__main__":
    main()
