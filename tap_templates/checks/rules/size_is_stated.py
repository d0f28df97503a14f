"""W9711: what a resource costs and how fast it is stands in the template."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.functions import example
from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.view import Resource, View
from tap_templates.data.default_sizes import DefaultSize, default_sizes


class SizeIsStated(Rule):
    """Whatever is stated is accepted, a parameter too: what fits, only whoever measures can tell."""

    id = "W9711"
    shortdesc = "A size is stated"
    description = (
        "Memory and timeout of each function, the type of each instance and volume, and how each table is paid for are "
        "stated, not left to the defaults of AWS."
    )
    why = "A default is a size that nobody chose: too small to be fast, or a type that costs more than its successor."
    fix = "state the size"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"
    example = Example(failing=example(), passing=example(MemorySize=256, Timeout=30))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each size of each resource."""
        for size in default_sizes():
            for resource in view.of(size.type):
                yield from self._stated(resource, size)

    def _stated(self, resource: Resource, size: DefaultSize) -> Iterator[Verdict]:
        for found in resource.get(size.property):
            if not found.is_missing:
                yield Verdict(HOLDS, found.path, found.value)
            elif size.unless is None or any(each.is_missing for each in resource.get(size.unless, found.when)):
                remedy = f"state {size.property}, which is {size.default} otherwise"
                yield Verdict(FAILS, found.path, found.value, remedy)
