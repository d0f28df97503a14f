"""Keeping a stack and its data from harm: termination protection, and a stack policy for what holds data.

Source: CloudFormation user guide, "Prevent updates to stack resources". A stack policy holds for updates only, and for
everybody; it may name resources of the stack's own template alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from tap_templates.deployment.changes import Plan, holds_data
from tap_templates.deployment.clients import aws_errors
from tap_templates.deployment.watching import Note
from tap_templates.errors import DeploymentError, UsageError, did_you_mean

DENIED = ["Update:Replace", "Update:Delete"]
PREFIX = "LogicalResourceId/"
ANYTHING_ELSE = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


class Protection(NamedTuple):
    """What is to be protected: the stack from deletion (None: as it is), and its data from replacement and removal.

    ``replaceable`` are logical ids of resources that this deployment may replace or remove all the same.
    """

    termination: bool | None = None
    data: bool = False
    replaceable: frozenset[str] = frozenset()


def stack_policy(titles: Iterable[str]) -> dict[str, Any]:
    """The policy under which everything may be updated, but these resources neither replaced nor removed."""
    protected = [f"{PREFIX}{title}" for title in sorted(titles)]
    deny = {"Effect": "Deny", "Action": DENIED, "Principal": "*", "Resource": protected}
    return {"Statement": [ANYTHING_ELSE, *([deny] if protected else [])]}


def protected_titles(template: Mapping[str, Any]) -> list[str]:
    """Logical ids of the resources that hold what is lost with them."""
    return sorted(title for title, resource in template["Resources"].items() if holds_data(resource))


def check_replaceable(replaceable: Collection[str], titles: Collection[str]) -> None:
    """Raises a UsageError for the first name that is no resource of the old or the new template."""
    for name in sorted(replaceable):
        if name not in titles:
            remedy = f"name a logical id of the template{did_you_mean(name, titles)}"
            raise UsageError("--allow-replacement", found=name, remedy=remedy)


def refuse_losses(plan: Plan, protection: Protection) -> None:
    """Raises a DeploymentError when data would be replaced or removed that is not said to be replaceable.

    The stack policy would stop the update in its middle; this stops it before it begins.
    """
    if not protection.data:
        return
    at_risk = [each for each in plan.changes if each.data_at_risk and each.logical_id not in protection.replaceable]
    if at_risk:
        said = [
            f"{each.logical_id} ({each.type}) would be {'removed' if each.action == 'Remove' else 'replaced'}"
            f"{' for ' + ', '.join(each.because) if each.because else ''}, lost: {each.loses}"
            for each in at_risk
        ]
        options = " ".join(f"--allow-replacement {each.logical_id}" for each in at_risk)
        raise DeploymentError(
            f"stack {plan.stack_name}",
            found="; ".join(said),
            remedy=f"nothing was changed; to permit it: {options}",
        )


class Guard:
    """The stack policy of one deployment: opened for what may be replaced, closed again behind it."""

    def __init__(self, client: Any, stack_id: str, protection: Protection, on_note: Note | None = None) -> None:
        self._client, self._stack, self._protection, self._on_note = client, stack_id, protection, on_note
        self._opened: Any = None

    def open(self) -> None:
        """Before an update: what the stack's policy protects, without what is replaceable."""
        if not self._protection.data or not self._protection.replaceable:
            return
        present = self._present()
        titles = protected_by(present)
        if titles is None:
            if present is not None:
                self._note("the stack has a policy that was not made here: it stays as it is")
            return
        if titles & self._protection.replaceable:
            self._set(stack_policy(titles - self._protection.replaceable))
            self._opened = present

    def restore(self) -> None:
        """After an update that failed: the policy as it was."""
        if self._opened is not None:
            self._set(self._opened)

    def close(self, template: Mapping[str, Any]) -> None:
        """After a deployment: everything of the template that holds data, and termination protection as asked.

        A policy that may not be read or set is told, not raised: what was asked for is deployed.
        """
        if self._protection.data:
            try:
                self._protect(stack_policy(protected_titles(template)))
            except DeploymentError as error:
                self._note(f"the stack policy could not be set: {error}")
        if self._protection.termination is not None:
            with aws_errors(f"termination protection of stack {self._stack}"):
                self._client.update_termination_protection(
                    StackName=self._stack, EnableTerminationProtection=self._protection.termination
                )

    def _protect(self, wanted: Mapping[str, Any]) -> None:
        present = self._present()
        ours = present is None or protected_by(present) is not None
        if ours and wanted != (present or stack_policy([])):
            self._set(wanted)

    def _present(self) -> Any:
        with aws_errors(f"policy of stack {self._stack}"):
            body = self._client.get_stack_policy(StackName=self._stack).get("StackPolicyBody")
        return json.loads(body) if body else None

    def _set(self, policy: Mapping[str, Any]) -> None:
        with aws_errors(f"policy of stack {self._stack}"):
            self._client.set_stack_policy(StackName=self._stack, StackPolicyBody=json.dumps(policy))

    def _note(self, text: str) -> None:
        if self._on_note:
            self._on_note(text)


def protected_by(policy: Any) -> set[str] | None:
    """Logical ids that a policy of ours protects; None when it is somebody else's, or none."""
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    if not isinstance(statements, list) or not statements or statements[0] != ANYTHING_ELSE:
        return None
    titles = {
        str(resource).removeprefix(PREFIX) for statement in statements[1:] for resource in statement.get("Resource", [])
    }
    return titles if policy == stack_policy(titles) else None
