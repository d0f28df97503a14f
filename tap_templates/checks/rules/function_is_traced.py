"""W9710: every function is traced."""

from __future__ import annotations

from typing import Any

from tap_templates.checks.functions import FUNCTION, example
from tap_templates.checks.rule import Example, PropertyRule
from tap_templates.checks.values import is_dynamic


class FunctionIsTraced(PropertyRule):
    """PassThrough, the default, traces only what its caller traces."""

    id = "W9710"
    shortdesc = "A function is traced"
    description = "Each Lambda function has TracingConfig.Mode Active."
    why = "A trace shows which call of which service was slow or failed; without it logs must be pieced together."
    fix = "set TracingConfig.Mode to Active"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"
    types = (FUNCTION,)
    property = "TracingConfig.Mode"
    example = Example(failing=example(), passing=example(TracingConfig={"Mode": "Active"}))

    def accepts(self, value: Any) -> bool | None:
        """Active."""
        return None if is_dynamic(value) else bool(value == "Active")
