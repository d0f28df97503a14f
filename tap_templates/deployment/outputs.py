"""A stack's outputs as one flat mapping and one file: whole or not at all.

The file's place by convention is ``cfn-outputs/flat-outputs.json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tap_templates.deployment.output_formats import FORMATS
from tap_templates.deployment.stacks import describe
from tap_templates.deployment.watching import Note
from tap_templates.deployment.withheld import without_secrets
from tap_templates.errors import DeploymentError, UsageError
from tap_templates.report.files import write_whole

DEFAULT_OUTPUTS_FILE = Path("cfn-outputs/flat-outputs.json")
READABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
            "IMPORT_ROLLBACK_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")  # fmt: skip


class OutputError(DeploymentError):
    """Outputs that cannot be had, or that contradict each other."""


def flat_outputs(outputs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Stack outputs as one mapping, sorted by key.

    Args:
        outputs: ``[{"OutputKey": "DataBucketName", "OutputValue": "tap-dev-data"}, ...]``

    Returns:
        ``{"DataBucketName": "tap-dev-data", ...}``

    Raises:
        OutputError: One key comes twice with different values.

    Source: CloudFormation API reference, data type Output.
    """
    flat: dict[str, str] = {}
    for output in outputs:
        key, value = str(output["OutputKey"]), str(output["OutputValue"])
        if flat.setdefault(key, value) != value:
            raise OutputError(
                f"output {key}",
                found=f"{flat[key]} and {value}",
                remedy="give the outputs of the stacks different names",
            )
    return dict(sorted(flat.items()))


def stack_outputs(client: Any, stack_name: str, *, on_note: Note | None = None) -> dict[str, str]:
    """The outputs of a stack, however it was deployed, without those that hold a secret; ``on_note`` is told of these.

    Raises:
        UsageError: There is no such stack.
        OutputError: It failed, is still at work, or has no outputs; says what to do.
        DeploymentError: Its template cannot be read, so that nobody can tell which outputs are secret.
    """
    where = f"stack {stack_name}"
    stack = describe(client, stack_name)
    if stack is None:
        raise UsageError(
            where,
            found="no such stack in this account and region",
            remedy="deploy it first, or correct name and region",
        )
    status = stack["StackStatus"]
    if status not in READABLE:
        busy = status.endswith("_IN_PROGRESS")
        raise OutputError(
            where,
            found=status,
            remedy="wait until it ends, then ask again"
            if busy
            else "deploy it successfully first: see its first failed event",
        )
    if not stack.get("Outputs"):
        raise OutputError(where, found="no outputs", remedy="add Outputs to its template and deploy it again")
    found = without_secrets(client, stack, flat_outputs(stack["Outputs"]), on_note=on_note)
    if not found:
        raise OutputError(where, found="only outputs that hold a secret", remedy="read them where they are kept")
    return found


def merged_outputs(stacks: Mapping[str, Mapping[str, str]], *, prefix: bool = False) -> dict[str, str]:
    """The outputs of several stacks as one mapping, sorted by key.

    Args:
        stacks: the outputs of each stack by its name.
        prefix: put the stack's name before each key, with ``_`` for hyphens: ``payments_dev_DataBucketName``. It comes
            apart again, because the keys of CloudFormation are letters and digits.

    Raises:
        OutputError: Several stacks have outputs of one key, whatever their values; names all of them.
    """
    homes: dict[str, list[str]] = {}
    merged: dict[str, str] = {}
    for name, outputs in stacks.items():
        for key, value in outputs.items():
            full = f"{name.replace('-', '_')}_{key}" if prefix else key
            homes.setdefault(full, []).append(name)
            merged[full] = value
    clashes = [f"{key} in {' and '.join(names)}" for key, names in sorted(homes.items()) if len(names) > 1]
    if clashes:
        remedy = "put the stack's name before each key: --prefix-stack"
        raise OutputError("outputs of several stacks", found="; ".join(clashes), remedy=remedy)
    return dict(sorted(merged.items()))


def write_outputs(path: Path | str, outputs: Mapping[str, str], form: str = "json") -> Path:
    """The mapping in one of ``FORMATS``, sorted, in a file that is replaced whole; its folder is created.

    The file gets the mode of any new file: no value in it is a secret, and the tests, builds and containers that read
    it often run as somebody else. One that was made private before stays private.

    Raises:
        UsageError: The file cannot be written; what was there before is unharmed.
        OutputError: There is nothing to write.
        OutputFormatError: The format cannot hold one of the keys or values.
    """
    target = Path(path)
    if not outputs:
        raise OutputError(str(target), found="no outputs", remedy="deploy a stack that has Outputs first")
    write_whole(str(target), FORMATS[form](outputs))
    return target
