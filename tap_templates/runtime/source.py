"""A handler's source as it is inlined in a template: the same code, without what only its readers need."""

from __future__ import annotations

import ast
import functools
import hashlib
import io
import keyword
import pkgutil
import re
import tokenize
from collections.abc import Iterator

from tap_templates.errors import UsageError

_PACKAGE = "tap_templates.runtime"
_KEYWORDS = {*keyword.kwlist} - {"None", "True", "False"}
_Edit = tuple[int, int, int, str]  # Row, first column, column after the last, new text.


@functools.cache
def inline_source(module_name: str) -> str:
    """The source of ``tap_templates.runtime.<module_name>``, ready for ``ZipFile``.

    The first line names the module and the digest of its full source; the rest is `strip` of it. The result depends on
    the source alone, not on the Python that makes it.

    Raises:
        UsageError: There is no such module.
    """
    try:
        data = pkgutil.get_data(_PACKAGE, f"{module_name}.py") or b""
    except OSError:
        raise UsageError("inline_source", found=module_name, remedy=f"name a module of {_PACKAGE}") from None
    return f"# {_PACKAGE}.{module_name} sha256:{hashlib.sha256(data).hexdigest()}\n" + strip(data.decode())


def strip(source: str) -> str:
    """``source`` without docstrings, comments, blank lines, the annotations of functions, and spaces round operators.

    A statement takes one line, and so does an ``if`` with a single statement under it; a level of indentation is one
    space; ``self`` is ``s``; strings have single quotes where that needs no escape (in JSON a double quote takes two
    characters). Works on positions in the text, since ``ast.unparse`` writes the same tree differently in different
    Pythons.

    Raises:
        ValueError: The source has what the edits cannot handle: a character outside ASCII, a string other than a
            docstring over several lines, a name ``s``.
    """
    if not source.isascii():
        raise ValueError("columns are counted in bytes: use ASCII only")
    tree = ast.parse(source)
    lines = ["", *source.splitlines()]
    levels, edits = _layout(source, _docstring_rows(tree))
    # From right to left; what lies inside an edit that was made already is gone.
    edits = [*edits, *_annotations(tree, lines), *_lone_docstrings(tree)]
    taken: dict[int, int] = {}
    for row, start, end, text in sorted(edits, key=lambda edit: (edit[0], -edit[2], edit[1])):
        if end <= taken.get(row, len(lines[row])):
            taken[row] = start
            lines[row] = lines[row][:start] + text + lines[row][end:]
    statements: list[tuple[int, str]] = []
    for row, level in levels.items():
        line = lines[row].strip()
        if level is not None:
            statements.append((level, line))
        else:  # It continues the one before.
            level, before = statements[-1]
            space = "" if before[-1] in "([{,=:" or line[0] in ")]}." else " "
            statements[-1] = level, before + space + line
    code = "".join(" " * level + line + "\n" for level, line in _short_suites(statements))
    if re.search(r"\bs\b", code):
        raise ValueError("the word s is taken: it is to stand for self")
    return re.sub(r"\bself\b", "s", code)


def _short_suites(statements: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The statements, with what is alone under its ``if`` (``for``, ``try``, ...) on the same line."""
    out: list[tuple[int, str]] = []
    joined = False
    for index, (level, line) in enumerate(statements):
        if joined:
            joined = False
            continue
        following = statements[index + 1 : index + 3]
        if following and following[0][0] > level and (len(following) == 1 or following[1][0] <= level):
            joined = not re.match(r"(?:if|for|while|try|with|def|class)\b|@", following[0][1])
        out.append((level, f"{line} {following[0][1]}" if joined else line))
    return out


def _layout(source: str, docstrings: set[int]) -> tuple[dict[int, int | None], list[_Edit]]:
    """Rows with code, in order, with the level of the statement that begins there (None: it began before); and edits.

    The edits take comments and spaces away and requote strings. Strings with a prefix stay as they are: Pythons differ
    in how they divide f-strings into tokens.
    """
    levels: dict[int, int | None] = {}
    edits: list[_Edit] = []
    level, begins, formatted = 0, True, 0
    before = (tokenize.NEWLINE, "", (0, 0), (0, 0), "")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            edits.append((row, column, token.end[1], ""))
        elif token.type in (tokenize.INDENT, tokenize.DEDENT):
            level += 1 if token.type == tokenize.INDENT else -1
        elif token.type == tokenize.NEWLINE:
            begins = True
        elif token.type not in (tokenize.NL, tokenize.ENDMARKER) and row not in docstrings:
            if row != token.end[0]:
                raise ValueError(f"line {row}: a string over several lines cannot be indented anew")
            if row not in levels:
                levels[row] = level if begins else None
            begins = False
            name, inside = tokenize.tok_name[token.type], formatted
            formatted += (name == "FSTRING_START") - (name == "FSTRING_END")
            if not inside and name == "STRING" and re.fullmatch(r'"[^"\'\\]*"', token.string):
                edits.append((row, column, token.end[1], f"'{token.string[1:-1]}'"))
            if (
                not inside
                and before[3][0] == row
                and before[3][1] < column
                and _needs_no_space(before[1], token.string)
            ):
                edits.append((row, before[3][1], column, ""))
            before = token
    return levels, edits


def _needs_no_space(left: str, right: str) -> bool:
    """One of two neighbours is an operator, and none is a keyword, which reads badly without its space."""
    operators = not (left[-1].isalnum() or left[-1] in "_\"')]}") or not (right[0].isalnum() or right[0] in "_\"'([{")
    return operators and not {left, right} & _KEYWORDS


def _docstrings(tree: ast.Module) -> Iterator[tuple[ast.Expr, bool]]:
    """The docstrings of the module, its classes and functions, each with whether it is all there is in its body."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            first = node.body[0]
            assert isinstance(first, ast.Expr)
            yield first, len(node.body) == 1


def _docstring_rows(tree: ast.Module) -> set[int]:
    """The rows of docstrings that can go: what has nothing else in its body keeps one row."""
    rows: set[int] = set()
    for first, alone in _docstrings(tree):
        rows.update(range(first.lineno + alone, (first.end_lineno or 0) + 1))
    return rows


def _lone_docstrings(tree: ast.Module) -> list[_Edit]:
    return [
        (first.lineno, first.col_offset, first.end_col_offset or 0, "pass")
        for first, alone in _docstrings(tree)
        if alone
    ]


def _annotations(tree: ast.Module, lines: list[str]) -> Iterator[_Edit]:
    """Edits that take the annotations of parameters, results and local variables away.

    Fields of classes keep theirs: they mean something at run time.
    """
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        if function.returns:
            row, end = function.returns.lineno, function.returns.end_col_offset or 0
            yield row, lines[row].rindex(" ->", 0, function.returns.col_offset), end, ""
        for node in ast.walk(function.args):
            if isinstance(node, ast.arg) and node.annotation:
                yield node.lineno, node.col_offset + len(node.arg), node.annotation.end_col_offset or 0, ""
        for local in function.body:
            if isinstance(local, ast.AnnAssign):
                yield local.lineno, local.target.end_col_offset or 0, local.annotation.end_col_offset or 0, ""
