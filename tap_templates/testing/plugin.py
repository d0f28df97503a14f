"""The pytest plugin: inert unless a run uses it.

A run uses the kit when one of its options is given, or when a selected test asks for one of its fixtures or carries one
of its marks. In all other runs no report, no exit status and no line of output is other than without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tap_templates.errors import TapTemplatesError
from tap_templates.testing.options import add_options, read_options
from tap_templates.testing.session import begin, run_of

pytest_plugins = ["tap_templates.testing.fixtures"]

WORKER_OUTPUT = "tap_templates"
TALLY = "tap-templates-tally"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the kit."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """The marks, and the tally where results come together."""
    from tap_templates.testing.tally import Tally

    config.addinivalue_line("markers", "tap_templates: judge the AWS errors of this test as if it used aws")
    config.addinivalue_line("markers", "denied_is_infrastructure: a denied call of AWS says nothing about the stack")
    options = read_options(config)
    run = begin(config, options)
    config.add_cleanup(run.close)
    if options.any_given:
        run.activate()
    if not _is_worker(config):
        tally = Tally(config, options, run.coverage)
        tally.notes = run.notes
        config.pluginmanager.register(tally, TALLY)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """No test runs on outputs that are not those that it expects."""
    if _is_worker(session.config):
        return
    try:
        run_of(session.config).check_outputs_file()
    except TapTemplatesError as error:
        pytest.exit(f"--stack-contract: {error}", returncode=error.exit_code)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Active as soon as a test that is going to run uses the kit."""
    from tap_templates.testing.kit import uses_kit

    if any(map(uses_kit, items)):
        run_of(config).activate()
        if _is_worker(config):  # all have collected before the first test runs, so that each is waited for
            run_of(config).join()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what it has seen."""
    config: Any = session.config
    run = run_of(config)
    run.leave()
    if _is_worker(config):
        seen = run.coverage.seen if run.coverage else {}
        config.workeroutput[WORKER_OUTPUT] = {"seen": seen, "notes": run.notes}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """What a worker has seen counts here; one that crashed tells nothing."""
    from tap_templates.testing.sharing import dismiss

    dismiss(node.workerinput)
    told: Mapping[str, Any] = getattr(node, "workeroutput", {}).get(WORKER_OUTPUT, {})
    run = run_of(node.config)
    if run.coverage:
        run.coverage.add(told.get("seen", {}))
    run.notes += told.get("notes", [])


def _is_worker(config: Any) -> bool:
    """Whether this process runs tests for another one that reports them."""
    return hasattr(config, "workerinput")
