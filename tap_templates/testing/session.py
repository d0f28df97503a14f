"""What one run of pytest shares: its options, the kit when it is active, and the stack under test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tap_templates.errors import TapTemplatesError, UsageError

if TYPE_CHECKING:
    from tap_templates.contracts import Contract
    from tap_templates.testing.clients import Aws
    from tap_templates.testing.condition_coverage import ConditionCoverage
    from tap_templates.testing.deployed import Deployment, StackUnderTest
    from tap_templates.testing.kit import Kit
    from tap_templates.testing.options import Options
    from tap_templates.testing.outputs_file import StackOutputs
    from tap_templates.testing.sharing import Shared


class Run:
    """One run in one process; a worker of a distributed run has its own."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        self.options = options
        self._config = config
        self._held = ExitStack()
        self._shared: Shared | None = None
        self.kit: Kit | None = None
        self.notes: list[str] = []
        self.coverage = self._observing() if options.condition_coverage else None
        self._contract = self._promised() if options.stack_contract else None

    def activate(self) -> Kit:
        """The kit, registered as a plugin; once."""
        if self.kit is None:
            from tap_templates.testing.kit import Kit

            self.kit = Kit(self.options)
            self._config.pluginmanager.register(self.kit, "tap-templates-kit")
        return self.kit

    def close(self) -> None:
        """The run is over."""
        self._held.close()

    def outputs(self) -> StackOutputs:
        """The outputs file; raises as ``read_outputs`` does."""
        from tap_templates.testing.options import outputs_path
        from tap_templates.testing.outputs_file import CONVENTION, read_outputs

        path, shown = outputs_path(self._config, self.options, CONVENTION)
        return read_outputs(path, shown=shown)

    def check_outputs_file(self) -> None:
        """Nothing when the outputs file is as the contract says, or when it cannot be judged yet.

        Raises:
            ContractError: It is not.
        """
        if self._contract is None or self.options.stack_template:
            return
        try:
            outputs = self.outputs()
        except TapTemplatesError:
            return  # Each test that needs it says so.
        self.check_outputs(outputs)

    def check_outputs(self, outputs: StackOutputs) -> None:
        """Nothing when these outputs are as the contract says; raises as ``check_outputs_file`` does."""
        if self._contract is not None:
            from tap_templates.contracts import check_outputs

            check_outputs(outputs.source, outputs, self._contract)

    def described(self) -> StackUnderTest:
        """The stack of which only the outputs file is known."""
        from tap_templates.testing.deployed import StackUnderTest

        outputs = self.outputs()
        return StackUnderTest(name="", stack_id="", outputs=outputs, region=outputs.region)

    def clients(self) -> Aws:
        """Clients in the region of the outputs file; without a file, in that of the environment."""
        from tap_templates.testing.clients import Aws
        from tap_templates.testing.outputs_file import OutputsFileMissingError

        try:
            region = self.outputs().region
        except OutputsFileMissingError:
            if self.options.stack_outputs:
                raise
            region = None
        return Aws(region=region, calls=self.activate().calls)

    def clients_of(self, stack: StackUnderTest) -> Aws:
        """Clients of the place where the stack was deployed."""
        from tap_templates.testing.clients import Aws

        return Aws(region=stack.region, arguments=stack.client_arguments, calls=self.activate().calls)

    def deployment(self, source: Any, parameters: Mapping[str, Any]) -> Deployment:
        """The template, to be deployed.

        Raises:
            UsageError: No template, or not a template.
        """
        from tap_templates.testing.deployed import Deployment
        from tap_templates.testing.templates import template_of

        if source is None:
            raise UsageError(
                "fixture deployed_stack",
                found="no template",
                remedy="pass --stack-template FILE, or define the fixture stack_template in conftest.py",
            )
        return Deployment(template_of(source), parameters, target=self.options.target, shared=self.join())

    def count_conditions(self, source: Any, parameters: Mapping[str, Any], region: str | None) -> None:
        """What a deployed template decided there counts as seen."""
        if self.coverage is not None:
            from tap_templates.testing.bindings import DEFAULT_REGION
            from tap_templates.testing.resolution import conditions

            conditions(source, parameters, region=region or DEFAULT_REGION)

    def join(self) -> Shared:
        """Where the workers of the run agree; from now on the one that deploys waits for this one at its end."""
        if self._shared is None:
            from tap_templates.testing.sharing import Shared

            told = getattr(self._config, "workerinput", None)
            self._shared = Shared.of_worker(told) if told else Shared.alone()
        return self._shared

    def leave(self) -> None:
        """This process is through with its tests."""
        if self._shared is not None:
            self._shared.leave()
            self._shared = None

    def note_retained(self, resources: Iterable[str]) -> None:
        """What a deleted stack leaves in the account is said at the end."""
        named = ", ".join(resources)
        if named:
            self.notes.append(f"stays in the account, as its DeletionPolicy says: {named}")

    def _promised(self) -> Contract:
        from tap_templates.contracts import read_contract

        shown = str(self.options.stack_contract)
        try:
            return read_contract(self._config.invocation_params.dir / shown, shown=shown)
        except TapTemplatesError as error:
            raise pytest.UsageError(f"--stack-contract: {error}") from error

    def _observing(self) -> ConditionCoverage:
        from tap_templates.testing.condition_coverage import ConditionCoverage
        from tap_templates.testing.observation import observed_by

        try:
            coverage = ConditionCoverage(self.options.condition_coverage)
        except TapTemplatesError as error:
            raise pytest.UsageError(f"--condition-coverage: {error}") from error
        self._held.enter_context(observed_by(coverage.saw))
        return coverage


_run = pytest.StashKey[Run]()


def begin(config: pytest.Config, options: Options) -> Run:
    """The run of this configuration, begun."""
    config.stash[_run] = Run(config, options)
    return config.stash[_run]


def run_of(config: pytest.Config) -> Run:
    """The run of this configuration."""
    return config.stash[_run]
