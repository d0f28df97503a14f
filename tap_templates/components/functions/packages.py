"""Files of a function's code, as they are on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tap_templates.errors import PropertyError
from tap_templates.stack.assets import File

LARGEST_PACKAGE_BYTES = 262_144_000  # Lambda developer guide, quotas: a package with its layers, unzipped.
LEFT_OUT = ("__pycache__", ".git", ".DS_Store")
COMPILED = (".pyc", ".pyo")
PLACE = "Code"


def read_file(title: str, path: str) -> File:
    """One file, with whether it can be executed.

    Raises:
        PropertyError: It cannot be read, or is larger than Lambda takes.
    """
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            _check_size(title, path, status.st_size)
            return File(file.read(), bool(status.st_mode & 0o111))
    except OSError as error:
        found = f"{path}: {(error.strerror or str(error)).lower()}"
        remedy = f"name a file or a folder that can be read; the working folder is {os.getcwd()}"
        raise PropertyError(title, PLACE, found=found, remedy=remedy) from error


def read_folder(title: str, folder: str) -> dict[str, File]:
    """Every file of a folder by its path in it, with slashes; without what Python and git keep for themselves.

    Raises:
        PropertyError: There is none, one cannot be read, or all are larger than Lambda takes.
    """
    files: dict[str, File] = {}
    size = 0
    for path in _paths(title, folder):
        files[os.path.relpath(path, folder).replace(os.sep, "/")] = file = read_file(title, path)
        size += len(file.data)
        _check_size(title, folder, size)
    if not files:
        remedy = "put the handler's module there, or name another folder"
        raise PropertyError(title, PLACE, found=f"{folder}: an empty folder", remedy=remedy)
    return files


def _paths(title: str, folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in folders:
            if os.path.islink(os.path.join(parent, name)):
                found = f"{os.path.join(parent, name)}: a link to a folder"
                raise PropertyError(title, PLACE, found=found, remedy="put the folder itself there")
        for name in sorted(names):
            if name not in LEFT_OUT and not name.endswith(COMPILED):
                yield os.path.join(parent, name)


def _check_size(title: str, path: str, size: int) -> None:
    if size > LARGEST_PACKAGE_BYTES:
        remedy = f"Lambda takes {LARGEST_PACKAGE_BYTES} at most: leave out what the function does not need"
        raise PropertyError(title, PLACE, found=f"{path}: at least {size} bytes", remedy=remedy)
