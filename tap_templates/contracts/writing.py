"""The contract of a template, made from it alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tap_templates.contracts.expressions import Expressions
from tap_templates.contracts.sensitive import sensitive_outputs

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SUFFIX = ".outputs.json"


def contract(name: str, template: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON Schema of the flat outputs of a stack of this template.

    An output with a Condition is not required, and its ``$comment`` names the Condition. Outputs that hold a secret are
    left out, as they are from the flat outputs.

    Args:
        name: what the template is called, without folder and ending.
        template: the finished template as data.
    """
    expressions = Expressions(template)
    hidden = sensitive_outputs(template)
    outputs = {key: output for key, output in sorted(template.get("Outputs", {}).items()) if key not in hidden}
    return {
        "$schema": DIALECT,
        "title": name,
        "description": f"Flat outputs of a stack of {name}, as `tap-templates outputs STACK` writes them",
        "type": "object",
        "properties": {key: _property(output, expressions) for key, output in outputs.items()},
        "required": [key for key, output in outputs.items() if "Condition" not in output],
        "additionalProperties": False,
    }


def contract_text(name: str, template: Mapping[str, Any]) -> str:
    """The same as the text of a file."""
    return json.dumps(contract(name, template), indent=2, ensure_ascii=False) + "\n"


def is_contract(path: str) -> bool:
    """Whether a file is the contract of a template beside it, by its name."""
    return path.endswith(SUFFIX)


def _property(output: Mapping[str, Any], expressions: Expressions) -> dict[str, str]:
    made = {"type": "string", "pattern": f"^{expressions.pattern(output['Value'])}$"}
    if output.get("Description"):
        made = {"description": str(output["Description"]), **made}
    return {**made, "$comment": f"Condition {output['Condition']}"} if "Condition" in output else made
