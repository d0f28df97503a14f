"""Where a function's code comes from: text, a file, or a folder, and whether it fits in the template.

One file of Python or JavaScript stays in the template, which is then all there is to upload. What does not fit, and
what is more than one file, becomes an archive for the assets bucket.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import NamedTuple

from troposphere import awslambda

from tap_templates.components.functions import handlers
from tap_templates.components.functions.packages import read_file, read_folder
from tap_templates.errors import PropertyError
from tap_templates.stack import Stack
from tap_templates.stack.assets import File, asset, require
from tap_templates.stack.limits import LARGEST_TEMPLATE_BYTES

# CloudFormation template reference, AWS::Lambda::Function Code, ZipFile: Python and Node.js, in a file named index;
# that of Node.js is a CommonJS module. Its 4 MB cannot be reached: a template holds less.
INLINE = {"python": ".py", "nodejs": ".js"}
MODULE = "index"
LARGEST_INLINE_BYTES = LARGEST_TEMPLATE_BYTES // 2  # As JSON; half of a template is for the rest of the stack.


class Source(NamedTuple):
    """How a function gets its code, and its handler as Lambda finds it there."""

    code: awslambda.Code
    handler: str


def source_of(stack: Stack, title: str, given: str | os.PathLike[str], *, runtime: str, handler: str) -> Source:
    """Code of a function from text (``str``), or from a file or a folder (``Path``).

    Text and a file are the module ``index`` in the function, whatever the file is called; a folder keeps its names.

    Raises:
        PropertyError: No such file; nothing in the folder; too large; not UTF-8; a syntax error; a handler that is
            not there.
    """
    language = handlers.language_of(runtime)
    if isinstance(given, str):
        return _from_text(title, given, language, runtime, handler)
    path = os.fspath(given)
    if os.path.isdir(path):
        files = read_folder(title, path)
    else:
        stem, ending = os.path.splitext(os.path.basename(path))
        files = {f"{MODULE}{ending}": read_file(title, path)}
        handler = _of_index(title, handler, stem)
    name = handlers.file_of(title, handler, files, language, path)
    if name is not None:
        where = os.path.join(path, name) if os.path.isdir(path) else path
        text = handlers.text_of(title, files[name].data, where)
        handlers.check(title, text, handler, runtime, where)
        if len(files) == 1 and name.endswith(INLINE.get(language, "\0")) and _size(text) <= LARGEST_INLINE_BYTES:
            return Source(awslambda.Code(ZipFile=text), handlers.in_module(handler, MODULE))
    archive = asset(files, because=_reason(files, language))
    return Source(awslambda.Code(S3Bucket=require(stack, title, archive), S3Key=archive.key), handler)


def _from_text(title: str, text: str, language: str, runtime: str, handler: str) -> Source:
    if language not in INLINE:
        remedy = f"inline source can be {' or '.join(INLINE)} only; pass the Path of a file or a folder instead"
        raise PropertyError(title, "Runtime", found=runtime, remedy=remedy)
    size = _size(text)
    if size > LARGEST_INLINE_BYTES:
        remedy = f"inline source takes at most {LARGEST_INLINE_BYTES}; write it to a file and pass its Path instead"
        raise PropertyError(title, "Code.ZipFile", found=f"{size} bytes", remedy=remedy)
    handlers.check(title, text, _of_index(title, handler, MODULE), runtime, "the inline source")
    return Source(awslambda.Code(ZipFile=text), handler)


def _of_index(title: str, handler: str, stem: str) -> str:
    """The handler of a single file, which is the module ``index`` and may be called by the file's own name."""
    module = handlers.module_of(handler)
    if module not in (MODULE, stem):
        remedy = f"a single file is the module {MODULE} in the function: write {handlers.in_module(handler, MODULE)}"
        raise PropertyError(title, "Handler", found=handler, remedy=remedy)
    return handlers.in_module(handler, MODULE)


def _reason(files: Mapping[str, File], language: str) -> str:
    """Why the code is not in the template."""
    if len(files) > 1:
        return f"{len(files)} files"
    [(name, file)] = files.items()
    if not name.endswith(INLINE.get(language, "\0")):
        return f"{name} cannot be in a template: only {' and '.join(INLINE.values())} can"
    return f"{len(file.data)} bytes, more than a template has room for"


def _size(text: str) -> int:
    """Bytes of the text in the template, with its escapes."""
    return len(json.dumps(text, ensure_ascii=False).encode())
