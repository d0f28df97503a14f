"""A plugin for a run of a generated suite: after it has passed, each mutant of the stack is shown to its tests.

The tests are called as the run called them, with the same fixtures. Which mutants: every ``MUTANTS_EVERY``-th of the
stack ``MUTANTS_STACK``; what became of them goes to the file ``MUTANTS_REPORT``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterable
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.exceptions import ClientError
from support.mutants import Deployed, Mutant, alterations, removals

SLOW = "test_function_runs"


class Check(NamedTuple):
    """A test with its arguments."""

    name: str
    about: str
    call: Callable[[], Any]

    def is_red(self) -> bool:
        """Whether it fails now."""
        try:
            self.call()
        except Exception:
            return True
        return False


class Mutation:
    """The run's tests, and what becomes of mutants."""

    def __init__(self) -> None:
        self.checks: list[Check] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: Any) -> Generator[None, object, object]:
        """Remembers a test that passes."""
        result = yield
        values = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        about = next(iter(pyfuncitem.callspec.params.values())) if hasattr(pyfuncitem, "callspec") else ""
        self.checks.append(Check(pyfuncitem.name, str(about), lambda: pyfuncitem.obj(**values)))
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """After the tests, the mutants."""
        result = yield
        assert not session.testsfailed, "the suite has to pass first"
        self.checks.sort(key=lambda check: check.name.startswith(SLOW))
        deployed = _deployed(os.environ["MUTANTS_STACK"])
        every = int(os.environ["MUTANTS_EVERY"])
        report = {"caught": {}, "survived": [], "refused": [], "not undone": []}
        self.judge(islice(alterations(deployed), 0, None, every), report)
        report["not undone"] += [check.name for check in self.checks if check.is_red()]
        self.judge(islice(removals(deployed), 0, None, every), report)
        Path(os.environ["MUTANTS_REPORT"]).write_text(json.dumps(report), encoding="utf-8")
        return result

    def judge(self, mutants: Iterable[Mutant], report: dict[str, Any]) -> None:
        """Makes each mutant, looks for a test that turns red, and undoes it."""
        for mutant in mutants:
            green = [check for check in self._nearest(mutant) if mutant.what != "removed" or not check.is_red()]
            try:
                mutant.change()
            except ClientError as error:
                report["refused"].append(f"{mutant.name}: {error}")
                continue
            red = next((check for check in green if check.is_red()), None)
            mutant.undo()
            if red is None:
                report["survived"].append(mutant.name)
            else:
                report["caught"][mutant.name] = red.name
                if mutant.what != "removed" and red.is_red():
                    report["not undone"].append(mutant.name)

    def _nearest(self, mutant: Mutant) -> list[Check]:
        """The tests about a mutant's resource, then all others."""
        titles = (mutant.title, mutant.title.removesuffix("Policy"))
        own = [check for check in self.checks if check.about in titles]
        if mutant.what == "removed":
            return own
        return own + [check for check in self.checks if check.about not in titles]


@cache
def _client(service: str) -> Any:
    return boto3.client(service)


def _deployed(stack: str) -> Deployed:
    listed = _client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    found = listed.build_full_result()["StackResourceSummaries"]
    return Deployed(
        _client,
        {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found},
        {each["LogicalResourceId"]: each["ResourceType"] for each in found},
    )


def pytest_configure(config: pytest.Config) -> None:
    """Joins the run."""
    config.pluginmanager.register(Mutation())
