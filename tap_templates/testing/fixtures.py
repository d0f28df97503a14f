"""The fixtures of the kit. Each may be overridden in a project's ``conftest.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from tap_templates.errors import TapTemplatesError
from tap_templates.testing.session import run_of

if TYPE_CHECKING:
    from tap_templates.testing.clients import Aws
    from tap_templates.testing.deployed import StackUnderTest
    from tap_templates.testing.outputs_file import StackOutputs


@pytest.fixture(scope="session")
def stack_template(request: pytest.FixtureRequest) -> Any:
    """The template that ``deployed_stack`` deploys: a path, data or a ``Stack``; by default ``--stack-template``."""
    return run_of(request.config).options.stack_template


@pytest.fixture(scope="session")
def stack_parameters(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    """The template's parameters; by default those of ``--stack-parameter``."""
    return run_of(request.config).options.parameters()


@pytest.fixture(scope="session")
def deployed_stack(
    request: pytest.FixtureRequest, stack_template: Any, stack_parameters: Mapping[str, Any]
) -> Iterator[StackUnderTest]:
    """The stack under test, deployed once for all workers and deleted at the end of the run.

    With ``--stack-outputs`` nothing is deployed: it is the stack whose outputs the file has. One whose outputs break
    ``--stack-contract`` is deleted again, and no test sees it.
    """
    run = run_of(request.config)
    if run.options.stack_outputs:
        yield run.described()
        return
    deployment = run.deployment(stack_template, stack_parameters)
    stack = deployment.start()
    try:
        run.check_outputs(stack.outputs)
    except TapTemplatesError:
        deployment.stop()
        raise
    run.count_conditions(stack_template, stack_parameters, stack.region)
    yield stack
    run.note_retained(deployment.stop())


@pytest.fixture(scope="session")
def stack_outputs(request: pytest.FixtureRequest, stack_template: Any) -> StackOutputs:
    """The outputs of the stack under test as one flat mapping.

    From ``--stack-outputs``; else of the deployed ``stack_template`` when there is one; else from
    ``cfn-outputs/flat-outputs.json``. Without that file tests are skipped, or fail with ``--require-stack``.
    """
    run = run_of(request.config)
    if stack_template is None or run.options.stack_outputs:
        return run.outputs()
    stack: StackUnderTest = request.getfixturevalue("deployed_stack")
    return stack.outputs


@pytest.fixture(scope="session")
def aws(request: pytest.FixtureRequest, stack_template: Any) -> Aws:
    """Clients of the account and region of the stack under test: ``aws("s3")``."""
    run = run_of(request.config)
    if stack_template is None or run.options.stack_outputs:
        return run.clients()
    stack: StackUnderTest = request.getfixturevalue("deployed_stack")
    return run.clients_of(stack)


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    """Polls until something is true: ``eventually(lambda: messages(queue), within_seconds=60)``."""
    from tap_templates.testing.polling import eventually as poll

    return poll
