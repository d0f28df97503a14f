"""W9709: a function has an amount of concurrency of its own."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.functions import FUNCTION, example
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.view import View

PLACE = "ReservedConcurrentExecutions"


class FunctionReservesConcurrency(Rule):
    """A condition may leave it out: an account whose limit is 10 can reserve nothing."""

    id = "W9709"
    shortdesc = "A function reserves concurrency"
    description = "Each Lambda function sets ReservedConcurrentExecutions, at least on one side of a condition."
    why = "Without it one function can use up what all functions of the account share, and be starved by any of them."
    fix = "set ReservedConcurrentExecutions"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"
    example = Example(failing=example(), passing=example(ReservedConcurrentExecutions=1))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each function."""
        for function in view.of(FUNCTION):
            found = list(function.get(PLACE))
            given = [each for each in found if not each.is_missing]
            known = next((each for each in given if not each.is_unknown), None)
            if known:
                yield Verdict(HOLDS, known.path, known.value)
            else:
                [first, *_] = given or found
                yield Verdict(CANNOT_TELL if given else FAILS, first.path, first.value, self.fix)
