"""The outputs file as tests read it: whole and flat, or a sentence that says what is wrong with it and what to do."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tap_templates.errors import TapTemplatesError, UsageError, did_you_mean

CONVENTION = Path("cfn-outputs/flat-outputs.json")
ARN_REGION = re.compile(r"\barn:aws[a-z-]*:[a-z0-9-]+:([a-z]{2}(?:-[a-z]+)+-\d):")
HOST_REGION = re.compile(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:[a-z0-9-]+\.)?amazonaws\.")


class OutputsFileMissingError(TapTemplatesError):
    """There is no outputs file yet."""


class OutputMissingError(KeyError):
    """An output that the stack does not have; says which it has."""

    def __str__(self) -> str:
        return str(self.args[0])


class StackOutputs(Mapping[str, str]):
    """The outputs of a stack: ``outputs["DataBucketName"]``. A key that is not there is told with the nearest one."""

    def __init__(self, values: Mapping[str, str], *, source: str) -> None:
        self._values, self.source = dict(values), source

    def __getitem__(self, key: str) -> str:
        if key not in self._values:
            known = did_you_mean(key, self._values) or f"; it has {', '.join(sorted(self._values))}"
            raise OutputMissingError(f"{self.source} has no output {key!r}{known}")
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __repr__(self) -> str:
        return f"StackOutputs({self._values!r})"

    @property
    def region(self) -> str | None:
        """The region that most of the stack's ARNs and service URLs name; None when none does, or two do equally."""
        found = Counter(
            region
            for value in self._values.values()
            for pattern in (ARN_REGION, HOST_REGION)
            for region in pattern.findall(value)
        ).most_common(2)
        if not found or (len(found) == 2 and found[0][1] == found[1][1]):
            return None
        return str(found[0][0])


def read_outputs(path: Path, *, shown: str | None = None) -> StackOutputs:
    """The file as a flat mapping; ``shown`` is the path as the user knows it.

    Raises:
        OutputsFileMissingError: No such file; says the command that makes it.
        UsageError: Not the whole JSON of one flat object, or not readable.
    """
    name = shown or str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise OutputsFileMissingError(name, found="no such file", remedy=f"write it: {_command(name)}") from error
    except NotADirectoryError as error:
        raise OutputsFileMissingError(name, found="no such folder", remedy=f"write it: {_command(name)}") from error
    except OSError as error:
        raise UsageError(name, found=error.strerror, remedy="name a readable file") from error
    except UnicodeDecodeError as error:
        raise UsageError(name, found="text that is not UTF-8", remedy=f"write it again: {_command(name)}") from error
    return StackOutputs(_flat(text, name), source=name)


def _flat(text: str, name: str) -> dict[str, str]:
    again = f"write it again: {_command(name)}"
    if not text.strip():
        raise UsageError(name, found="an empty file", remedy=again)
    try:
        value: Any = json.loads(text)
    except ValueError as error:
        half = getattr(error, "pos", 0) >= len(text.rstrip()) or "Unterminated" in str(error)
        found = "half-written JSON" if half else "text that is not JSON"
        raise UsageError(name, found=f"{found} ({error})", remedy=again) from None
    if not isinstance(value, dict):
        raise UsageError(name, found=f"a JSON {type(value).__name__}, not one flat object", remedy=again)
    if not value:
        raise UsageError(name, found="no outputs", remedy=f"add Outputs to the template, then {again}")
    nested = sorted(key for key, item in value.items() if not isinstance(item, str))
    if nested:
        raise UsageError(name, found=f"values that are not text: {', '.join(nested)}", remedy=again)
    return value


def _command(name: str) -> str:
    return f"tap-templates outputs STACK -o {name}"
