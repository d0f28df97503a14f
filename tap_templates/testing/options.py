"""Options of the kit on pytest's command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from tap_templates.errors import UsageError

EMBEDDED, ACCOUNT = "embedded", "account"
SWITCHED_ON_BY = (
    "stack_outputs",
    "stack_contract",
    "require_stack",
    "stack_template",
    "stack_parameter",
    "deploy_into",
    "allow_empty",
    "test_budget",
    "suite_budget",
    "condition_coverage",
    "condition_fail_under",
)


class Options(NamedTuple):
    """What the command line says."""

    stack_outputs: str | None
    stack_contract: str | None
    require_stack: bool
    stack_template: str | None
    stack_parameter: list[str]
    deploy_into: str | None
    allow_empty: bool
    test_budget: float | None
    suite_budget: float | None
    condition_coverage: list[str]
    condition_fail_under: float | None

    @property
    def any_given(self) -> bool:
        """Whether the run is meant to use the kit."""
        return any(value not in (None, False, []) for value in self)

    @property
    def target(self) -> str:
        """Where stacks are deployed: as said, or at the endpoint of the environment, or into an embedded AWS."""
        return self.deploy_into or (ACCOUNT if os.environ.get("AWS_ENDPOINT_URL") else EMBEDDED)

    def parameters(self) -> dict[str, str]:
        """``{"Project": "payments"}``.

        Raises:
            UsageError: Not KEY=VALUE.
        """
        pairs = [text.partition("=") for text in self.stack_parameter]
        for key, equals, value in pairs:
            if not key or not equals:
                raise UsageError(
                    "--stack-parameter", found=f"{key}{equals}{value}", remedy="write KEY=VALUE, e.g. Project=payments"
                )
        return {key: value for key, _, value in pairs}


def add_options(parser: pytest.Parser) -> None:
    """The options, as ``pytest --help`` shows them."""
    add = parser.getgroup("tap-templates", "tests of deployed stacks and of templates").addoption
    add("--stack-outputs", metavar="PATH", help="outputs of a deployed stack; default cfn-outputs/flat-outputs.json")
    add("--stack-contract", metavar="FILE", help="run no test on outputs that break this contract (NAME.outputs.json)")
    add("--require-stack", action="store_true", help="fail, not skip, without outputs file or credentials")
    add("--stack-template", metavar="FILE", help="deploy this template for the time of the run, and test that stack")
    add("--stack-parameter", metavar="KEY=VALUE", action="append", default=[], help="its parameter; again for more")
    add(
        "--deploy-into",
        choices=(EMBEDDED, ACCOUNT),
        help="where: an embedded AWS (default), or the account of the environment (default with AWS_ENDPOINT_URL)",
    )
    add("--allow-empty", action="store_true", help="a run in which nothing was checked is green")
    add("--test-budget", metavar="SECONDS", type=_seconds, help="time for each test function")
    add("--suite-budget", metavar="SECONDS", type=_seconds, help="time for all tests together")
    add(
        "--condition-coverage",
        metavar="TEMPLATE",
        action="append",
        default=[],
        help="report which Conditions and AllowedValues of this template the tests have seen; again for more",
    )
    add("--condition-fail-under", metavar="PERCENT", type=_percent, help="fail when that coverage is less")


def read_options(config: pytest.Config) -> Options:
    """What was given.

    Raises:
        pytest.UsageError: Options that exclude or need each other.
    """
    options = Options(*(config.getoption(name) for name in SWITCHED_ON_BY))
    if options.stack_outputs and options.stack_template:
        raise pytest.UsageError("--stack-outputs beside --stack-template: the tests need one stack; use one of them")
    if options.condition_fail_under is not None and not options.condition_coverage:
        raise pytest.UsageError("--condition-fail-under without --condition-coverage: name a template to cover")
    return options


def outputs_path(config: pytest.Config, options: Options, convention: Path) -> tuple[Path, str]:
    """The outputs file, and how a message names it; by convention in the folder of the call, then in the root."""
    here = config.invocation_params.dir
    if options.stack_outputs:
        return here / options.stack_outputs, options.stack_outputs
    if (here / convention).exists():
        return here / convention, str(convention)
    return config.rootpath / convention, str(convention)


def _seconds(text: str) -> float:
    return _within(text, 0.001, float("inf"), "a number of seconds above 0")


def _percent(text: str) -> float:
    return _within(text, 0, 100, "a number from 0 to 100")


def _within(text: str, lowest: float, highest: float, wanted: str) -> float:
    import argparse

    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not lowest <= number <= highest:
        raise argparse.ArgumentTypeError(f"found {text!r}; use {wanted}")
    return number
