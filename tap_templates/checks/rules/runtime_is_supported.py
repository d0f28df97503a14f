"""E9801: every function's runtime is one that AWS still patches."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.dated import DatedRule
from tap_templates.checks.functions import FUNCTION, example
from tap_templates.checks.rule import Example, Verdict, verdict
from tap_templates.checks.view import Found, View
from tap_templates.data.runtimes import is_known, is_supported, successor

RUNTIME = "Runtime"


class RuntimeIsSupported(DatedRule):
    """By a dated table; a runtime that it does not have cannot be told. Functions from an image have none."""

    id = "E9801"
    shortdesc = "A runtime is supported"
    description = "Each Lambda function has a runtime that is not deprecated on the day of the check."
    why = (
        "A deprecated runtime gets no security patches, and some months later neither function nor code can be changed."
    )
    fix = "use a runtime that is supported"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
    example = Example(failing=example(Runtime="python3.8"), passing=example(Runtime="python3.13"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each runtime that is given."""
        for function in view.of(FUNCTION):
            for found in function.get(RUNTIME):
                if not found.is_missing:
                    yield verdict(found, self._accepts(found), self._remedy(found))

    def _accepts(self, found: Found) -> bool | None:
        if found.is_unknown or not is_known(found.value):
            return None
        return is_supported(found.value, self.on)

    def _remedy(self, found: Found) -> str:
        if not found.is_unknown and is_known(found.value):
            return f"{self.fix} on {self.on}: {successor(found.value)}"
        return self.fix
