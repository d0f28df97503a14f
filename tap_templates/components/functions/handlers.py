"""Whether a handler is where it is said to be, before Lambda looks for it.

Source: Lambda developer guide, "Define Lambda function handler" in Python, Node.js and Ruby.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tap_templates.errors import PropertyError, did_you_mean
from tap_templates.stack.assets import File

if TYPE_CHECKING:
    import ast

# Languages whose handler names a file, and how that file may end; a package of Python has its code in __init__.py.
ENDINGS = {"python": (".py", "/__init__.py"), "nodejs": (".js", ".mjs", ".cjs"), "ruby": (".rb",)}


def language_of(runtime: str) -> str:
    """``python`` of ``python3.12``, ``nodejs`` of ``nodejs22.x``."""
    return runtime.rstrip("x").partition(".")[0].rstrip("0123456789")


def module_of(handler: str) -> str:
    """What stands before the last dot."""
    return handler.rpartition(".")[0]


def in_module(handler: str, module: str) -> str:
    """The same handler in another module."""
    return f"{module}.{handler.rpartition('.')[2]}"


def file_of(title: str, handler: str, files: Mapping[str, File], language: str, path: str) -> str | None:
    """The file that the handler's module is in; None for a language whose handlers name no file.

    Raises:
        PropertyError: There is no such file.
    """
    if language not in ENDINGS:
        return None
    module = module_of(handler)
    if language == "python":
        module = module.replace(".", "/")
    elif language == "ruby":
        module = module.partition(".")[0]
    for ending in ENDINGS[language]:
        if f"{module}{ending}" in files:
            return f"{module}{ending}"
    written = [each for name in files for each in _modules(name, language)]
    remedy = f"name a module that is there: {', '.join(sorted(written)[:5]) or 'none of this language'}"
    remedy += did_you_mean(module_of(handler), written)
    raise PropertyError(title, "Handler", found=f"{handler}, of which {path} has no module", remedy=remedy)


def _modules(name: str, language: str) -> Iterator[str]:
    """The module that a file is, as a handler names it."""
    for ending in sorted(ENDINGS[language], key=len, reverse=True):
        if name.endswith(ending):
            module = name.removesuffix(ending)
            yield module.replace("/", ".") if language == "python" else module
            return


def text_of(title: str, data: bytes, where: str) -> str:
    """A file's text.

    Raises:
        PropertyError: It is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        found = f"{where}: byte {error.start} is not UTF-8"
        raise PropertyError(title, "Code", found=found, remedy="save the file as UTF-8") from error


def check(title: str, text: str, handler: str, runtime: str, where: str) -> None:
    """Nothing when the text can be run and defines the handler.

    Raises:
        PropertyError: A syntax error of Python, with its line; no such name in the file.
    """
    name = handler.rpartition(".")[2]
    if language_of(runtime) != "python":
        if not re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text):
            remedy = f"export {name} from it, or name what it exports"
            raise PropertyError(title, "Handler", found=f"{handler}, which {where} does not define", remedy=remedy)
        return
    defined = _defined(title, text, runtime, where)
    if name not in defined and "*" not in defined:
        remedy = f"define {name} there, or name what it defines{did_you_mean(name, defined)}"
        raise PropertyError(title, "Handler", found=f"{handler}, which {where} does not define", remedy=remedy)


def _defined(title: str, text: str, runtime: str, where: str) -> set[str]:
    import ast  # Most of a stack's functions come from the library's own text.

    try:
        return set(_names(ast.parse(text).body))
    except (SyntaxError, ValueError) as error:  # ValueError: a null byte, before Python 3.12.
        line = getattr(error, "lineno", None)
        found = f"{where}{f', line {line}' if line else ''}: {getattr(error, 'msg', None) or error}"
        here = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        newer = "" if here == runtime else f"; it was read by {here}, so if {runtime} is newer, generate with that"
        raise PropertyError(title, "Code", found=found, remedy=f"correct the line{newer}") from error


def _names(body: list[ast.stmt]) -> Iterator[str]:
    """Names that a module's statements bind, those inside ``if``, ``try``, ``with`` and loops too."""
    import ast

    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in statement.names)
        else:
            yield from (
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            )
            for inner in ast.iter_child_nodes(statement):
                yield from _names([inner] if isinstance(inner, ast.stmt) else getattr(inner, "body", []))
