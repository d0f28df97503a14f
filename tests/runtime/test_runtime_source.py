"""The inlined form of a handler: what goes, what stays, and that it is the same everywhere."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tap_templates.errors import UsageError
from tap_templates.runtime import HANDLERS, code, source

BUDGET_BYTES = 7_300
ROOT = Path(source.__file__).parents[2]
NAMES = list(HANDLERS)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_names_module_and_digest(name: str) -> None:
    """Of the full source, so that the template can be traced to it."""
    full = Path(source.__file__).with_name(f"{name}.py").read_bytes()

    first, _ = source.inline_source(name).split("\n", 1)

    assert first == f"# tap_templates.runtime.{name} sha256:{hashlib.sha256(full).hexdigest()}"


@pytest.mark.parametrize("name", NAMES)
def test_what_templates_take_is_fresh(name: str) -> None:
    """The prepared text is what the source gives; else run python scripts/inline_runtime.py."""
    assert code(name) == source.inline_source(name)


def test_unknown_handler_is_refused() -> None:
    """The handlers there are, are named."""
    with pytest.raises(UsageError, match="use one of access_key_rotation"):
        code("no_such_handler")


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_the_budget(name: str) -> None:
    """In bytes of the file, and as a JSON string."""
    text = source.inline_source(name)

    assert len(text.encode()) <= BUDGET_BYTES
    assert len(json.dumps(text)) <= BUDGET_BYTES * 1.05


@pytest.mark.parametrize("name", NAMES)
def test_the_syntax_tree_is_the_same(name: str) -> None:
    """But for docstrings, annotations of functions, and the name of self."""
    full = Path(source.__file__).with_name(f"{name}.py").read_text()

    assert _essence(full) == _essence(source.inline_source(name))


def _essence(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
            node.body = [
                ast.Assign([part.target], part.value)
                if isinstance(part, ast.AnnAssign) and part.value and not isinstance(node, ast.ClassDef)
                else part
                for part in node.body
            ]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
            node.arg = "s" if node.arg == "self" else node.arg
        if isinstance(node, ast.Name):
            node.id = "s" if node.id == "self" else node.id
    return ast.dump(tree)


PYTHONS = [
    *(
        path
        for version in ("3.10", "3.11", "3.12", "3.13")
        for folder in os.environ.get("PATH", "").split(os.pathsep)
        if (path := Path(folder, f"python{version}")).exists() and path.parent.name != "shims"
    ),
    *sorted(Path.home().glob(".pyenv/versions/3.1[0-3].*/bin/python")),
]


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: "-".join(path.parts[-3:]))
def test_every_python_makes_the_same(python: Path) -> None:
    """Templates are compared byte by byte, whoever generates them."""
    program = (
        "import sys; from tap_templates.runtime.source import inline_source; "
        f"sys.stdout.write(''.join(map(inline_source, {NAMES})))"
    )
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    run = subprocess.run([python, "-c", program], capture_output=True, text=True, env=environment, check=True)

    assert run.stdout == "".join(map(source.inline_source, NAMES))


def test_what_only_readers_need_goes() -> None:
    """Docstrings, comments, blank lines, annotations of functions; an only docstring becomes pass."""
    text = '''"""Module."""

import os  # why


class Empty(Exception):
    """Nothing else."""


class Pair(tuple):
    """Fields keep their types."""

    first: int = 1

    @property
    def double(self) -> int:
        """Twice."""
        # a comment
        return self.first * 2


def plain(a):
    pass


def outer(a: dict[str, int], *, b: str = "d'oh", **rest: int) -> list[str]:
    """Doc."""
    local: list[str] = []
    for x in [
        "one",
        f"two {a['x']}" if a else f"{b}",
    ]:
        if x not in (None, "") and -1 < len(x):
            local.append(x)
        else:
            while x:
                if b:
                    return (
                        local
                        + [b]
                    )
    return local
'''

    assert source.strip(text) == (
        "import os\n"
        "class Empty(Exception): pass\n"
        "class Pair(tuple):\n"
        " first:int=1\n"
        " @property\n"
        " def double(s): return s.first*2\n"
        "def plain(a): pass\n"
        'def outer(a,*,b="d\'oh",**rest):\n'
        " local=[]\n"
        " for x in ['one',f\"two {a['x']}\" if a else f\"{b}\",]:\n"
        "  if x not in (None,'') and -1<len(x): local.append(x)\n"
        "  else:\n"
        "   while x:\n"
        "    if b: return (local +[b])\n"
        " return local\n"
    )


@pytest.mark.parametrize("text", ["a = 'ä'\n", 'a = """x\ny"""\n', "s = 1\n"])
def test_what_cannot_be_done_by_position_is_refused(text: str) -> None:
    """Rather than done wrong."""
    with pytest.raises(ValueError, match=r"columns|line 1|word s"):
        source.strip(text)


def test_an_unknown_module_is_a_usage_error() -> None:
    """With the name that was found."""
    with pytest.raises(UsageError, match="no_such_module"):
        source.inline_source("no_such_module")


def test_source_is_importable_without_boto3() -> None:
    """Generating templates needs no AWS library."""
    program = "import sys; import tap_templates.runtime.source; sys.exit('boto3' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": str(ROOT)})
