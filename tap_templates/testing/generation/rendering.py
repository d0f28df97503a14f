"""From tables to files: what has nothing to check is left out, down to the imports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from tap_templates.testing.generation.literals import literal

TEMPLATES = Path(__file__).with_name("templates")
PARAGRAPH = re.compile(r"\n{2,}(?=\S)")
TABLE_OF_TEST = re.compile(r'@pytest\.mark\.parametrize\("\w+", ([A-Z_]+)\)')
DEFINED = re.compile(r"^(?:def (\w+)|import ([\w.]+)$)", re.MULTILINE)


def rendered(name: str, tables: Mapping[str, Any]) -> str | None:
    """The file ``name``; None when it has no test, unless it is ``conftest.py``."""
    import jinja2  # only when tests are written

    empty: set[str] = set()

    def table(value: Any, word: str) -> str:
        if not value:
            empty.add(word)
            return ""
        return literal(value, before=f"{word} = ") + "\n"

    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python, made from literals
    )
    environment.filters |= {"table": table, "literal": literal}
    text = environment.from_string((TEMPLATES / f"{name}.j2").read_text(encoding="utf-8")).render(**tables)
    paragraphs = [part.rstrip() for part in PARAGRAPH.split(text.strip()) if _checks_something(part, empty)]
    if name != "conftest.py" and not any("def test_" in part for part in paragraphs):
        return None
    return _joined(_without_unused(paragraphs))


def _checks_something(paragraph: str, empty: set[str]) -> bool:
    tested = TABLE_OF_TEST.search(paragraph)
    only_comment = all(line.startswith("#") for line in paragraph.splitlines())
    return not only_comment and not (tested and tested.group(1) in empty)


def _without_unused(paragraphs: list[str]) -> list[str]:
    """Without helpers and imports that nothing names any more."""
    for at, paragraph in enumerate(paragraphs):
        others = "\n".join([*paragraphs[:at], *paragraphs[at + 1 :]])
        for found in DEFINED.finditer(paragraph):
            word = found.group(1) or found.group(2).split(".")[0]
            kept = word.startswith(("test_", "pytest_")) or "@pytest.fixture" in paragraph
            if not kept and not re.search(rf"\b{word}\b[.(]", others):
                left = "" if found.group(1) else paragraph.replace(found.group(), "").strip("\n").replace("\n\n", "\n")
                return _without_unused([*paragraphs[:at], *([left] if left else []), *paragraphs[at + 1 :]])
    return paragraphs


def _joined(paragraphs: list[str]) -> str:
    text = paragraphs[0]
    for before, after in pairwise(paragraphs):
        code = any(part.startswith(("@", "def ", "class ")) for part in (before, after))
        text += ("\n\n\n" if code else "\n\n") + after
    return text + "\n"
