"""Whether a statement that names everyone is closed by its conditions: by a fixed value that says who may call."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Set
from typing import Any

from tap_templates.checks.resource_policies import Comparison, as_list, both, comparisons, either, is_undecided
from tap_templates.checks.values import arn_parts, as_text
from tap_templates.checks.view import PLACEHOLDER, View, is_intrinsic
from tap_templates.data.closing_conditions import closing_keys

EXACT = ("stringequals", "stringequalsignorecase")
PATTERNS = ("stringlike", "arnlike", "arnequals")
ANY_OF = "foranyvalue:"  # Of ForAllValues and …IfExists, AWS says that they are true where the key is missing.
# Amazon S3 user guide, the meaning of "public": ranges that are broader count as public.
SHORTEST_PREFIX = {4: 8, 6: 32}


def is_closed(view: View, statement: Mapping[str, Any], *, by: Set[str] | None = None) -> bool | None:
    """Whether one condition of a statement leaves in only callers that it names; None where only AWS knows.

    ``by`` are the condition keys, in lower case, that say so in such a statement.
    """
    found = comparisons(statement)
    if found is None:
        return None
    return either(_closes(view, test, closing_keys() if by is None else by) for test in found)


def _closes(view: View, test: Comparison, keys: Set[str]) -> bool | None:
    operator = test.operator.removeprefix(ANY_OF)
    if test.key not in keys:
        return False
    if operator in EXACT:
        return bool(as_list(test.value))
    if operator in PATTERNS:
        return bool(as_list(test.value)) and both(_is_fixed(view, value) for value in as_list(test.value))
    if operator == "ipaddress":
        return bool(as_list(test.value)) and both(_is_narrow(value) for value in as_list(test.value))
    return False


def _is_fixed(view: View, value: Any) -> bool | None:
    """Whether a pattern leaves the account or the name in it to no one else."""
    text = as_text(value)
    if PLACEHOLDER.fullmatch(text) and is_undecided(view, text):
        return None
    if not text.startswith("arn:"):
        return text[:1] not in ("", "*", "?")
    *_, account, name = arn_parts(text)
    decides = account or name
    return decides[:1] not in ("", "*", "?")


def _is_narrow(value: Any) -> bool | None:
    if is_intrinsic(value):
        return None
    try:
        network = ipaddress.ip_network(str(value), strict=False)
    except ValueError:
        return False
    return network.prefixlen >= SHORTEST_PREFIX[network.version]
