"""Functions that a template calls and CloudFormation does not have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cfnlint.helpers import FUNCTIONS

from tap_templates.checks.view import Path

# Template reference, "Condition functions" and "Rule-specific intrinsic functions": cfn-lint lists them elsewhere.
OF_CONDITIONS = ("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")
OF_RULES = ("Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll")
KNOWN = (*sorted(FUNCTIONS), *OF_CONDITIONS, *OF_RULES)
CALL = re.compile("|".join(KNOWN))
OF_AWS = "AWS::"  # Transforms; any other may bring functions of its own.


class Unknown(NamedTuple):
    """A call of a function that there is not."""

    path: Path
    function: str


def unknown_function(template: Mapping[str, Any]) -> Unknown | None:
    """The first such call, outside Metadata; None in a template with a macro, which may know it."""
    transforms = template.get("Transform", [])
    names = transforms if isinstance(transforms, list) else [transforms]
    if not all(isinstance(name, str) and name.startswith(OF_AWS) for name in names):
        return None
    waiting: list[tuple[Path, Any]] = [((), template)]
    while waiting:
        path, value = waiting.pop()
        items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        found = [((*path, key), item) for key, item in items if key != "Metadata"]
        for place, _ in found:
            name = str(place[-1])
            if name.startswith("Fn::") and not CALL.fullmatch(name):
                return Unknown(place, name)
        waiting += reversed(found)
    return None
