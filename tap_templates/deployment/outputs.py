"""A stack's outputs as one flat mapping and one file: whole or not at all.

The file's place by convention is ``cfn-outputs/flat-outputs.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tap_templates.deployment.stacks import describe
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


def stack_outputs(client: Any, stack_name: str) -> dict[str, str]:
    """The outputs of a stack, however it was deployed.

    Raises:
        UsageError: There is no such stack.
        OutputError: It failed, is still at work, or has no outputs; says what to do.
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
    return flat_outputs(stack["Outputs"])


def write_outputs(path: Path | str, outputs: Mapping[str, str]) -> Path:
    """The mapping as JSON, sorted, in a file that is replaced whole; its folder is created.

    Raises:
        UsageError: The file cannot be written; what was there before is unharmed.
        OutputError: There is nothing to write.
    """
    target = Path(path)
    if not outputs:
        raise OutputError(str(target), found="no outputs", remedy="deploy a stack that has Outputs first")
    write_whole(str(target), json.dumps(dict(sorted(outputs.items())), indent=2, ensure_ascii=False) + "\n")
    return target
