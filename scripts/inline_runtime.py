"""Prepares the handlers of ``tap_templates/runtime`` for templates; a test says when they are stale.

usage: python scripts/inline_runtime.py
"""

from __future__ import annotations

import pathlib

from tap_templates import runtime
from tap_templates.runtime.source import inline_source

FOLDER = pathlib.Path(runtime.__file__).with_name("inlined")


def main() -> None:
    """Writes one text file for each handler."""
    FOLDER.mkdir(exist_ok=True)
    for name in runtime.HANDLERS:
        (FOLDER / f"{name}.txt").write_text(inline_source(name), encoding="utf-8")
        print(f"wrote tap_templates/runtime/inlined/{name}.txt")


if __name__ == "__main__":
    main()
