"""What CloudFormation accepts in one template.

Source: CloudFormation user guide, "Understand CloudFormation quotas", read 2026-11-24.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tap_templates.errors import StackError

MOST = {"Parameters": 200, "Mappings": 200, "Resources": 500, "Outputs": 200}
LARGEST_TEMPLATE_BYTES = 1_000_000  # From a bucket, which is where the console puts an upload.
LARGEST_BODY_BYTES = 51_200  # In the body of a call.
LONGEST_DESCRIPTION_BYTES = 1_024


def check(encoded: Mapping[str, Any]) -> None:
    """Raises a StackError for the first limit that a template passes."""
    for section, most in MOST.items():
        count = len(encoded.get(section, {}))
        if count > most:
            remedy = f"split the stack; a template holds {most}"
            raise StackError(section, found=f"{count} entries", remedy=remedy)
    if not encoded["Resources"]:
        raise StackError(
            "Resources", found="no resource", remedy="add at least one; CloudFormation refuses an empty template"
        )
    described = {
        "Description": encoded,
        **{f"Outputs.{key}": output for key, output in encoded.get("Outputs", {}).items()},
    }
    for where, holder in described.items():
        length = len(str(holder.get("Description", "")).encode())
        if length > LONGEST_DESCRIPTION_BYTES:
            remedy = f"shorten the description to {LONGEST_DESCRIPTION_BYTES} bytes"
            raise StackError(where, found=f"{length} bytes", remedy=remedy)


def check_size(text: str) -> None:
    """Raises a StackError when a template's text is too large for CloudFormation."""
    size = len(text.encode())
    if size <= LARGEST_TEMPLATE_BYTES:
        return
    remedy = f"split the stack; a template holds {LARGEST_TEMPLATE_BYTES}"
    compact = len(json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False).encode()) + 1
    if compact <= LARGEST_TEMPLATE_BYTES:
        remedy = (
            f"a template holds {LARGEST_TEMPLATE_BYTES}: leave the white space out (compact), which gives {compact}"
        )
    raise StackError("template", found=f"{size} bytes", remedy=remedy)


def size_note(compact: str) -> str:
    """Whether a compact template fits in the body of a call, in one sentence."""
    size = len(compact.encode())
    if size <= LARGEST_BODY_BYTES:
        return f"{size:,} bytes compact: fits in a direct API call ({LARGEST_BODY_BYTES:,})"
    over = f"over the {LARGEST_BODY_BYTES:,} of a direct API call; the console uploads it through a bucket"
    return f"{size:,} bytes compact: {over}"
