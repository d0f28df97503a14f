"""One change set: made, waited for, read, executed, or taken back without a trace."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tap_templates.deployment.changes import Change, changes_of
from tap_templates.deployment.clients import aws_errors, sdk_errors
from tap_templates.deployment.failures import early_failure, early_failures, remedy_for
from tap_templates.deployment.templates import as_data
from tap_templates.errors import DeploymentError

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
NOT_BEGUN = ("AVAILABLE", "UNAVAILABLE")
OBSOLETE = "InvalidChangeSetStatus"


@dataclass(frozen=True)
class ChangeSet:
    """A change set of a stack; ``creates`` when the stack is empty yet, ``alone`` when it is there for this only."""

    client: Any
    stack_name: str
    id: str
    stack_id: str
    creates: bool
    alone: bool
    deadline: float
    poll_seconds: float

    def ready(self) -> Mapping[str, Any] | None:
        """It as CloudFormation describes it when it can be executed, None without a change; then it is gone.

        Raises:
            DeploymentError: CloudFormation refused it, or the time is up.
        """
        while True:
            found = self._described()
            status, reason = found["Status"], found.get("StatusReason", "")
            if status == "CREATE_COMPLETE":
                return dict(found)
            if status == "FAILED":
                if any(words in reason for words in NO_CHANGES):
                    self.discard()
                    return None
                early = early_failures(self.client, ChangeSetName=self.id)
                if early:
                    raise early_failure(self.stack_name, early, "nothing was changed")
                raise self._error(f"change set failed: {reason}", remedy_for(reason))
            if time.monotonic() >= self.deadline:
                raise self._error(f"change set {status}", "the time is up: allow more time and deploy again")
            time.sleep(self.poll_seconds)

    def changes(self, described: Mapping[str, Any], template: Mapping[str, Any]) -> tuple[Change, ...]:
        """What it would do to the resources, beside the template that the stack has now."""
        page, said = described, list(described.get("Changes", []))
        while page.get("NextToken"):
            page = self._described(page["NextToken"])
            said += page.get("Changes", [])
        old = {} if self.creates else self._present_template()
        return changes_of(said, old.get("Resources", {}), template["Resources"])

    def execute(self, token: str) -> None:
        """Begins the operation; returns once the stack shows it."""
        from botocore.exceptions import ClientError

        try:
            with aws_errors(f"stack {self.stack_name}"):
                self.client.execute_change_set(ChangeSetName=self.id, ClientRequestToken=token)
        except DeploymentError as error:
            if isinstance(error.__cause__, ClientError) and OBSOLETE in str(error.found):
                raise self._error(
                    str(error.found), "the stack has changed meanwhile: deploy again to see what is left to do"
                ) from error
            raise
        self._wait_until_begun()

    def discard(self) -> None:
        """It goes, and with it a stack that came into being for it; errors on the way are no matter."""
        with contextlib.suppress(*sdk_errors()):
            self.client.delete_change_set(ChangeSetName=self.id)
            if self.alone:
                self.client.delete_stack(StackName=self.stack_id)

    def _wait_until_begun(self) -> None:
        """Execution starts a moment after the call; until then the stack still shows its old state."""
        from botocore.exceptions import ClientError

        while time.monotonic() < self.deadline:
            try:
                found = self._described()
            except DeploymentError as error:
                if isinstance(error.__cause__, ClientError) and "ChangeSetNotFound" in str(error.found):
                    return  # it goes once it is executed
                raise
            if found["ExecutionStatus"] not in NOT_BEGUN:
                return
            time.sleep(self.poll_seconds)

    def _described(self, token: str | None = None) -> Any:
        more = {"NextToken": token} if token else {}
        with aws_errors(f"stack {self.stack_name}"):
            return self.client.describe_change_set(ChangeSetName=self.id, **more)

    def _present_template(self) -> dict[str, Any]:
        with aws_errors(f"template of stack {self.stack_name}"):
            body = self.client.get_template(StackName=self.stack_id).get("TemplateBody", {})
        if isinstance(body, Mapping):
            return dict(body)
        try:
            found = as_data(str(body))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _error(self, found: str, remedy: str) -> DeploymentError:
        return DeploymentError(f"stack {self.stack_name}", found=found, remedy=remedy)
