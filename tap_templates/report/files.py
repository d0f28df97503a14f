"""Files are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile

from tap_templates.errors import UsageError


def write_whole(path: str, content: str | bytes) -> None:
    """Writes a file beside its place and moves it there, making its folder if need be; a file keeps its mode.

    Raises:
        UsageError: The place cannot be written; what stood there stands unchanged.
    """
    folder, name = os.path.split(os.path.abspath(path))
    try:
        os.makedirs(folder, exist_ok=True)
        if os.path.isdir(path):
            raise IsADirectoryError(21, "Is a folder")
        _replace(path, folder, name, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise _cannot_be_written(path, error) from error


def require_writable(path: str) -> None:
    """Raises the UsageError that ``write_whole`` would raise now, before work is done whose result goes there."""
    folder = os.path.dirname(os.path.abspath(path))
    while not os.path.exists(folder):
        folder = os.path.dirname(folder)
    try:
        if os.path.isdir(path):
            raise IsADirectoryError(21, "Is a folder")
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _cannot_be_written(path, error) from error


def _cannot_be_written(path: str, error: OSError) -> UsageError:
    remedy = "name a file in a folder that can be written"
    return UsageError(path, found=(error.strerror or str(error)).lower(), remedy=remedy)


def _replace(path: str, folder: str, name: str, data: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode_of(path))  # mkstemp's files are for the owner only.
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode_of(path: str) -> int:
    """The mode of the file that is replaced, else what a new file gets."""
    with contextlib.suppress(OSError):
        return os.stat(path).st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
