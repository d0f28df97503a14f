"""How full the sections of a template are that cfn-lint does not count.

cfn-lint counts Resources (E3010), Outputs (E6010) and the keys inside one mapping (E7010), and says when they come near
(I3010, I6010, I7010); neither Parameters nor Mappings as a whole are counted by its rules of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.view import Found, View
from tap_templates.stack.limits import MOST

COUNTED = ("Parameters", "Mappings")
NEAR = 0.9  # As cfn-lint's own rules have it.


def counts(view: View) -> Iterator[tuple[Found, float]]:
    """Each section that has entries, with the share of what CloudFormation takes."""
    for name in COUNTED:
        count = len(view.section(name))
        if count:
            yield Found((name,), f"{count} entries", {}), count / MOST[name]


def of_mappings(count: int) -> dict[str, Any]:
    """A template with so many mappings, for the examples of rules."""
    mappings = {f"Sizes{index}": {"small": {"Memory": 128 * index}} for index in range(1, count + 1)}
    return {"Mappings": mappings, "Resources": {"Alarms": {"Type": "AWS::SNS::Topic"}}}
