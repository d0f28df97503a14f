"""Distribution by CloudFormation's own engine: stack sets, their instances and operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tap_templates.data.stack_sets import fact
from tap_templates.deployment.clients import Clients
from tap_templates.deployment.parameters import change_set_parameters
from tap_templates.deployment.rollouts.distributor import Watch
from tap_templates.deployment.rollouts.drifts import drifted_resource
from tap_templates.deployment.rollouts.model import DriftedResource, Instance, Operation, Request, StackSet
from tap_templates.deployment.rollouts.operations import ENDED, Operations, code_of, set_errors
from tap_templates.deployment.rollouts.preferences import FOR_READING, Preferences
from tap_templates.deployment.rollouts.targets import SELF_MANAGED, SERVICE_MANAGED, Block
from tap_templates.deployment.templates import needed_capabilities
from tap_templates.deployment.uploads import Upload, template_argument, uploader


class StackSets:
    """The stack sets of one account and region.

    A template that is too long for a request goes through ``upload``, by default to a bucket of the account's own.
    ``delegated_admin`` says that this account administers for its organization's management account.

    Source: CloudFormation API reference, the actions named here.
    """

    def __init__(
        self, clients: Clients, watch: Watch, *, upload: Upload | None = None, delegated_admin: bool = False
    ) -> None:
        self._clients, self._watch, self._upload = clients, watch, upload or uploader(clients)
        self._acting = {"CallAs": "DELEGATED_ADMIN"} if delegated_admin else {}

    @property
    def _client(self) -> Any:
        return self._clients("cloudformation")

    def find(self, name: str) -> StackSet | None:
        """The set, or None."""
        from botocore.exceptions import ClientError

        with set_errors(name):
            try:
                found = self._client.describe_stack_set(**self._common(name))["StackSet"]
            except ClientError as error:
                if code_of(error) == "StackSetNotFoundException":
                    return None
                raise
        if found.get("Status") == "DELETED":
            return None
        return StackSet(
            name=name,
            permission_model=found.get("PermissionModel", SELF_MANAGED),
            template_body=found.get("TemplateBody", ""),
            parameters={said["ParameterKey"]: said.get("ParameterValue", "") for said in found.get("Parameters", [])},
            administration_role=found.get("AdministrationRoleARN"),
            execution_role=found.get("ExecutionRoleName"),
            auto_deploy=bool(found.get("AutoDeployment", {}).get("Enabled")),
        )

    def instances(self, name: str) -> tuple[Instance, ...]:
        """Every instance of the set, by account and region."""
        with set_errors(name):
            pages = self._client.get_paginator("list_stack_instances").paginate(**self._common(name))
            found = [_instance(said) for page in pages for said in page["Summaries"]]
        return tuple(sorted(found, key=lambda instance: (instance.account, instance.region)))

    def create_set(self, request: Request, template: Mapping[str, Any]) -> None:
        """CreateStackSet. Stacks of accounts that leave a unit stay, when accounts that join it get one."""
        service_managed = request.targets.permission_model == SERVICE_MANAGED
        auto = {"Enabled": True, "RetainStacksOnAccountRemoval": True} if request.auto_deploy else {"Enabled": False}
        carried = template_argument(request.body, self._upload)
        with set_errors(request.name):
            self._client.create_stack_set(
                **self._common(request.name),
                **carried,
                PermissionModel=request.targets.permission_model,
                Parameters=change_set_parameters(template, request.parameters),
                Capabilities=needed_capabilities(template),
                **({"AutoDeployment": auto} if service_managed else {}),
                **_roles(request.administration_role, request.execution_role),
            )

    def update_set(
        self, request: Request, template: Mapping[str, Any], found: StackSet, block: Block | None
    ) -> Operation:
        """UpdateStackSet: a role that is not given stays, a parameter that is not given keeps the set's value."""
        preferences = request.preferences.as_argument(block.regions if block else request.targets.regions)
        roles = _roles(
            request.administration_role or _unless_default(found.administration_role, "administration_role"),
            request.execution_role or _unless_default(found.execution_role, "execution_role"),
        )
        arguments = {
            **template_argument(request.body, self._upload),
            "Parameters": change_set_parameters(template, request.parameters, kept=found.parameters),
            "Capabilities": needed_capabilities(template),
            "OperationPreferences": preferences,
            **(roles if found.permission_model == SELF_MANAGED else {}),
            **(_places(found.permission_model, block) if block else {}),
        }
        return self._operations(request.name).run("update_stack_set", arguments)

    def create_instances(self, name: str, model: str, block: Block, preferences: Preferences) -> Operation:
        """CreateStackInstances: those that are there already are tried again only if they are out of date."""
        return self._at(name, "create_stack_instances", model, block, preferences)

    def update_instances(self, name: str, model: str, block: Block, preferences: Preferences) -> Operation:
        """UpdateStackInstances, which keeps the parameters that were overridden for an instance."""
        return self._at(name, "update_stack_instances", model, block, preferences)

    def delete_instances(
        self, name: str, model: str, block: Block, preferences: Preferences, *, retain: bool
    ) -> Operation:
        """DeleteStackInstances."""
        return self._at(name, "delete_stack_instances", model, block, preferences, RetainStacks=retain)

    def delete_set(self, name: str) -> None:
        """DeleteStackSet."""
        with set_errors(name):
            self._client.delete_stack_set(**self._common(name))

    def last_operation(self, name: str, *, wait: bool) -> Operation | None:
        """The newest operation; with ``wait``, when it has ended."""
        operations = self._operations(name)
        newest = operations.newest()
        if newest is None:
            return None
        operation, status = newest
        if wait and status not in ENDED:
            return operations.follow(operation)
        with set_errors(name):
            return operations.seen(operation, told=False)

    def detect_drift(self, name: str) -> tuple[Operation, Sequence[DriftedResource]]:
        """DetectStackSetDrift, then the resources of each drifted instance."""
        argument = {"OperationPreferences": FOR_READING.as_argument(())}
        operation = self._operations(name).run("detect_stack_set_drift", argument)
        drifted = [instance for instance in self.instances(name) if instance.drift == "DRIFTED"]
        with set_errors(name):
            return operation, tuple(
                resource for instance in drifted for resource in self._drifted(name, instance, operation.id)
            )

    def _drifted(self, name: str, instance: Instance, operation: str) -> Iterator[DriftedResource]:
        more: dict[str, str] = {}
        while True:
            page = self._client.list_stack_instance_resource_drifts(
                **self._common(name),
                StackInstanceAccount=instance.account,
                StackInstanceRegion=instance.region,
                StackInstanceResourceDriftStatuses=["MODIFIED", "DELETED"],
                OperationId=operation,
                **more,
            )
            for said in page["Summaries"]:
                yield drifted_resource(instance.account, instance.region, said)
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def _at(self, name: str, method: str, model: str, block: Block, preferences: Preferences, **more: Any) -> Operation:
        arguments = {
            **_places(model, block),
            "OperationPreferences": preferences.as_argument(block.regions),
            **more,
        }
        return self._operations(name).run(method, arguments)

    def _operations(self, name: str) -> Operations:
        return Operations(self._client, self._common(name), self._watch)

    def _common(self, name: str) -> dict[str, str]:
        return {"StackSetName": name, **self._acting}


def _instance(said: Mapping[str, Any]) -> Instance:
    return Instance(
        account=said["Account"],
        region=said["Region"],
        status=said["Status"],
        owner=said.get("OrganizationalUnitId") or said["Account"],
        stack_id=said.get("StackId", ""),
        detail=said.get("StackInstanceStatus", {}).get("DetailedStatus", ""),
        reason=said.get("StatusReason", ""),
        drift=said.get("DriftStatus", ""),
    )


def _places(model: str, block: Block) -> dict[str, Any]:
    owners = list(block.owners)
    named = (
        {"DeploymentTargets": {"OrganizationalUnitIds": owners}} if model == SERVICE_MANAGED else {"Accounts": owners}
    )
    return {**named, "Regions": list(block.regions)}


def _roles(administration: str | None, execution: str | None) -> dict[str, str]:
    given = {"AdministrationRoleARN": administration, "ExecutionRoleName": execution}
    return {name: value for name, value in given.items() if value}


def _unless_default(role: str | None, name: str) -> str | None:
    """A custom role has to be named again at each update, the default one needs no permission to pass it."""
    return None if role is None or role.rpartition("/")[2] == fact(name) else role
