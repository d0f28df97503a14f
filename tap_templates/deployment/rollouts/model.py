"""The values of a rollout: what is asked for, what is there, what an operation came to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tap_templates.data.stack_sets import fact
from tap_templates.deployment.parameters import check_parameters
from tap_templates.deployment.rollouts.preferences import Preferences
from tap_templates.deployment.rollouts.targets import SERVICE_MANAGED, Pair, Targets
from tap_templates.deployment.templates import parsed
from tap_templates.errors import UsageError

CURRENT, OUTDATED, INOPERABLE = "CURRENT", "OUTDATED", "INOPERABLE"
SUCCEEDED, FAILED, CANCELLED, STOPPED = "SUCCEEDED", "FAILED", "CANCELLED", "STOPPED"
TOLERANCE_EXCEEDED = "Cancelled since failure tolerance has exceeded"  # StackSets' own words
CAUSE = re.compile(
    r"ResourceLogicalId:(?P<id>[^,]+), ResourceType:(?P<type>[^,]+), ResourceStatusReason:(?P<why>.*)", re.S
)


@dataclass(frozen=True)
class Request:
    """A template that is to be in every one of the targets, and how it gets there."""

    name: str
    body: str
    targets: Targets
    parameters: Mapping[str, str] = field(default_factory=dict)
    preferences: Preferences = field(default_factory=Preferences)
    administration_role: str | None = None
    execution_role: str | None = None
    auto_deploy: bool = False

    def check(self) -> dict[str, Any]:
        """The template, when nothing is wrong that can be known without AWS; parameters may still be missing.

        Raises:
            UsageError: Name, template, parameters or roles that would be refused.
        """
        checked_name(self.name)
        template = parsed(self.body)
        check_parameters(template, self.parameters, kept=template.get("Parameters", {}))
        if self.targets.permission_model == SERVICE_MANAGED:
            self._check_service_managed(template)
        elif self.auto_deploy:
            raise UsageError(
                "--auto-deploy", found="accounts", remedy="name organizational units; accounts are not joined"
            )
        for option, found, pattern in (
            ("--admin-role", self.administration_role, "administration_role_pattern"),
            ("--execution-role", self.execution_role, "execution_role_pattern"),
        ):
            if found is not None and not re.fullmatch(fact(pattern), found):
                meant = "a role's ARN" if option == "--admin-role" else "a role's name, not its ARN"
                raise UsageError(option, found=found, remedy=f"use {meant}")
        return template

    def _check_service_managed(self, template: Mapping[str, Any]) -> None:
        """Source: CloudFormation user guide, stacksets-custom-execution-role: what the default role cannot do."""
        roles = [role for role in (self.administration_role, self.execution_role) if role]
        if roles:
            remedy = "leave it out: with organizational units, StackSets makes and uses roles of its own"
            raise UsageError("role", found=roles[0], remedy=remedy)
        nested = [
            name for name, said in template["Resources"].items() if said.get("Type") == "AWS::CloudFormation::Stack"
        ]
        refused = [*(["Transform"] if "Transform" in template else []), *nested]
        if refused:
            remedy = (
                "service-managed permissions take neither macros nor nested stacks: use --accounts, or write them out"
            )
            raise UsageError("template", found=", ".join(refused), remedy=remedy)


def checked_name(name: str) -> str:
    """``name`` when a stack set may be called so.

    Raises:
        UsageError: It may not.
    """
    if not re.fullmatch(fact("name_pattern"), name):
        raise UsageError(
            "--name", found=name, remedy="use up to 128 letters, digits and hyphens, beginning with a letter"
        )
    return name


class StackSet(NamedTuple):
    """A stack set as it is defined now, without its instances."""

    name: str
    permission_model: str
    template_body: str
    parameters: Mapping[str, str]
    administration_role: str | None = None
    execution_role: str | None = None
    auto_deploy: bool = False


@dataclass(frozen=True)
class Instance:
    """One stack of a rollout, or the place for one; ``owner`` is the account, or the unit that it was named by."""

    account: str
    region: str
    status: str
    owner: str
    stack_id: str = ""
    detail: str = ""
    reason: str = ""
    drift: str = ""

    @property
    def pair(self) -> Pair:
        """How a call names it."""
        return self.owner, self.region

    @property
    def cause(self) -> str:
        """Why it is as it is: ``Jobs (AWS::SQS::Queue): already exists``."""
        return cause_in(self.reason)


class Result(NamedTuple):
    """What an operation came to in one account and region."""

    account: str
    region: str
    status: str
    reason: str = ""

    @property
    def cause(self) -> str:
        """Its reason, in a reader's order."""
        return cause_in(self.reason)


def cause_in(reason: str) -> str:
    """StackSets' reason of a failed stack as ``LOGICAL_ID (TYPE): REASON``; other reasons as they are."""
    found = CAUSE.match(reason)
    return f"{found['id']} ({found['type']}): {found['why'].strip()}" if found else reason.strip()


@dataclass(frozen=True)
class Operation:
    """An operation that has ended, with its result in each account and region."""

    id: str
    action: str
    status: str
    results: tuple[Result, ...] = ()
    reason: str = ""

    @property
    def succeeded(self) -> bool:
        """True when no region had more failures than it bears; some may have failed all the same."""
        return self.status == SUCCEEDED

    @property
    def failures(self) -> tuple[Result, ...]:
        """Where it failed or was not tried any more."""
        return tuple(result for result in self.results if result.status in (FAILED, CANCELLED))


class DriftedResource(NamedTuple):
    """A resource of an instance that is not as the template says; ``differences`` in one sentence each."""

    account: str
    region: str
    logical_id: str
    type: str
    status: str
    differences: tuple[str, ...] = ()
