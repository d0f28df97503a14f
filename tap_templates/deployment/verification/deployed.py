"""A stack as CloudFormation knows it: its template, physical ids and parameters, and what references give."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from tap_templates.data.attribute_forms import attribute_of
from tap_templates.deployment.clients import Clients, aws_errors
from tap_templates.deployment.outputs import READABLE
from tap_templates.deployment.stacks import describe
from tap_templates.deployment.verification.resolution import Resolver, Zones
from tap_templates.deployment.verification.values import Unknown
from tap_templates.errors import DeploymentError, UsageError

HIDDEN = "****"
"""What CloudFormation shows of a NoEcho parameter."""


class Resource(NamedTuple):
    """A resource of the template; ``id`` is None when the stack does not have it."""

    logical_id: str
    type: str
    id: str | None


@dataclass(frozen=True)
class DeployedTemplate:
    """The template of a stack with everything that its intrinsics refer to."""

    name: str
    template: Mapping[str, Any]
    ids: Mapping[str, str]
    outputs: Mapping[str, str]
    bindings: Mapping[str, Any]
    zones: Zones

    def resources(self) -> list[Resource]:
        """What the template makes with these parameters, in its order."""
        return [
            Resource(title, body["Type"], self.ids.get(title))
            for title, body in self.template["Resources"].items()
            if "Condition" not in body or self._resolver.holds(body["Condition"]) is not False
        ]

    def properties(self, title: str) -> dict[str, Any]:
        """The properties of a resource with their intrinsics resolved; ``Unknown`` where that cannot be done."""
        found = self._resolver.value(self.template["Resources"][title].get("Properties", {}))
        return dict(found) if isinstance(found, Mapping) else {"Properties": found}

    @property
    def _resolver(self) -> Resolver:
        return Resolver(self.template, self.bindings, self._refer, self.zones)

    def _refer(self, title: str, attribute: str | None) -> Any:
        body = self.template["Resources"].get(title)
        if body is None:
            return Unknown(f"{title} is neither a parameter nor a resource")
        if title not in self.ids:
            return Unknown(f"{title} is not in the stack")
        return self.ids[title] if attribute is None else self._attribute(title, attribute)

    def _attribute(self, title: str, attribute: str) -> Any:
        """As an output tells it, or as it follows from the physical id."""
        for key, output in self.template.get("Outputs", {}).items():
            if output["Value"] in ({"Fn::GetAtt": [title, attribute]}, {"Fn::GetAtt": f"{title}.{attribute}"}):
                told = self.outputs.get(key)
                if told is not None:
                    return told
        body = self.template["Resources"][title]
        path = self._resolver.value(body.get("Properties", {}).get("Path", "/"))
        words = {word: str(self.bindings[f"AWS::{word.title()}"]) for word in ("partition", "region")}
        account = str(self.bindings["AWS::AccountId"])
        formed = attribute_of(body["Type"], attribute, id=self.ids[title], path=str(path), account=account, **words)
        return formed or Unknown(f"{title}.{attribute} is not known outside AWS")


def deployed_template(clients: Clients, stack_name: str) -> DeployedTemplate:
    """The stack with the template that CloudFormation made it from.

    Raises:
        UsageError: No such stack.
        DeploymentError: It is at work, or never came into being.
    """
    client, where = clients("cloudformation"), f"stack {stack_name}"
    stack = describe(client, stack_name)
    if stack is None:
        remedy = "deploy it first, or correct name and region"
        raise UsageError(where, found="no such stack in this account and region", remedy=remedy)
    status = str(stack["StackStatus"])
    if status not in READABLE:
        busy = status.endswith("_IN_PROGRESS")
        raise DeploymentError(where, found=status, remedy="wait until it ends" if busy else "deploy it first")
    with aws_errors(where):
        body = client.get_template(StackName=stack["StackId"], TemplateStage="Processed")["TemplateBody"]
        listed = client.get_paginator("list_stack_resources").paginate(StackName=stack["StackId"])
        summaries = listed.build_full_result()["StackResourceSummaries"]
    ids = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in summaries
        if each.get("PhysicalResourceId") and not each["ResourceStatus"].startswith("DELETE_COMPLETE")
    }
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    template = _parsed(body, where)
    bindings = {**_pseudo(stack), **_parameters(template, stack)}
    return DeployedTemplate(stack_name, template, ids, outputs, bindings, cache(lambda: _zones(clients)))


def _parsed(body: Any, where: str) -> dict[str, Any]:
    if isinstance(body, Mapping):
        return dict(body)
    try:
        found = json.loads(body if str(body).lstrip().startswith("{") else _json_of_yaml(str(body)))
        return {**found, "Resources": found["Resources"]}
    except Exception as error:
        found = " ".join(str(error).split())
        raise DeploymentError(where, found=f"a template that cannot be read: {found}", remedy="use JSON") from error


def _json_of_yaml(text: str) -> str:
    """A dependency of troposphere knows CloudFormation's short forms."""
    return str(importlib.import_module("cfn_flip").to_json(text))


def _pseudo(stack: Mapping[str, Any]) -> dict[str, Any]:
    """Pseudo parameters, from the ARN that is the stack's id."""
    arn = str(stack["StackId"]).split(":")
    partition, region, account = arn[1], arn[3], arn[4]
    return {
        "AWS::AccountId": account,
        "AWS::NotificationARNs": stack.get("NotificationARNs", []),
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::StackId": stack["StackId"],
        "AWS::StackName": stack["StackName"],
        "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
    }


def _zones(clients: Clients) -> list[str] | Unknown:
    """Zones as ``Fn::GetAZs`` lists them: those with a default subnet, or all where none has one.

    Source: CloudFormation template reference, Fn::GetAZs.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    client = clients("ec2")
    try:
        subnets = client.get_paginator("describe_subnets").paginate().build_full_result()["Subnets"]
        with_default = {subnet["AvailabilityZone"] for subnet in subnets if subnet.get("DefaultForAz")}
        every = client.describe_availability_zones()["AvailabilityZones"]
    except (BotoCoreError, ClientError) as error:
        return Unknown(f"Fn::GetAZs: {error}")
    return sorted(with_default or {zone["ZoneName"] for zone in every})


def _parameters(template: Mapping[str, Any], stack: Mapping[str, Any]) -> dict[str, Any]:
    declared = template.get("Parameters", {})
    values: dict[str, Any] = {}
    for each in stack.get("Parameters", []):
        name, text = each["ParameterKey"], each.get("ResolvedValue", each.get("ParameterValue", ""))
        kind = str(declared.get(name, {}).get("Type", "String"))
        listed = "List" in kind
        values[name] = [item.strip() for item in text.split(",")] if listed else text
        if text == HIDDEN:
            values[name] = Unknown(f"parameter {name} is hidden (NoEcho)")
    return values
