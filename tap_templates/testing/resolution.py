"""The concrete template that CloudFormation makes of a template and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_templates.testing import observation
from tap_templates.testing.bindings import DEFAULT_ACCOUNT, DEFAULT_REGION, DEFAULT_STACK_NAME, Bindings, bindings_of
from tap_templates.testing.intrinsics import NO_VALUE, Resolver
from tap_templates.testing.templates import TemplateSource, template_of

SETTLED = ("Parameters", "Mappings", "Conditions", "Rules")
"""Sections that have done their work once the parameters are known."""


def resolve(
    template: TemplateSource,
    parameters: Mapping[str, Any] | None = None,
    *,
    region: str = DEFAULT_REGION,
    account: str = DEFAULT_ACCOUNT,
    stack_name: str = DEFAULT_STACK_NAME,
) -> dict[str, Any]:
    """The template with parameters, conditions, mappings and pseudo parameters settled.

    What only AWS knows stays as it is: ``Ref`` and ``Fn::GetAtt`` of resources, ``Fn::ImportValue``, ``Fn::GetAZs``,
    dynamic references; a ``Fn::Sub`` or ``Fn::Join`` around them keeps just these. Resources, outputs and properties
    that the conditions leave out are gone. Parameters of type Number are numbers, lists are lists.

    Args:
        parameters: ``{"Environment": "dev", "LogRetentionDays": 365}``; the rest have their defaults.

    Raises:
        UsageError: Parameters that CloudFormation would refuse, all of them at once; no such region.
        ResolutionError: A template that CloudFormation would refuse with these parameters.
    """
    source = template_of(template)
    bindings = bindings_of(source, parameters or {}, region=region, account=account, stack_name=stack_name)
    resolver = _observed(source, bindings)
    return {section: _section(resolver, section, body) for section, body in source.items() if section not in SETTLED}


def conditions(
    template: TemplateSource,
    parameters: Mapping[str, Any] | None = None,
    *,
    region: str = DEFAULT_REGION,
    account: str = DEFAULT_ACCOUNT,
    stack_name: str = DEFAULT_STACK_NAME,
) -> dict[str, bool]:
    """Each Condition of the template with what it is for these parameters; raises as ``resolve`` does."""
    source = template_of(template)
    bindings = bindings_of(source, parameters or {}, region=region, account=account, stack_name=stack_name)
    return _observed(source, bindings).conditions()


def _observed(template: Mapping[str, Any], bindings: Bindings) -> Resolver:
    """A resolver for the template; whoever counts conditions is told."""
    resolver = Resolver(template, bindings)
    observation.tell(template, resolver.conditions(), bindings.texts)
    return resolver


def _section(resolver: Resolver, section: str, body: Any) -> Any:
    if section not in ("Resources", "Outputs"):
        return body
    there = {title: item for title, item in body.items() if resolver.is_there(item, f"{section}.{title}")}
    return {title: _item(resolver, item, f"{section}.{title}") for title, item in there.items()}


def _item(resolver: Resolver, item: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A resource or an output without its own Condition, and without waiting for resources that are not there."""
    settled = {
        key: resolver.value(value, f"{where}.{key}")
        for key, value in item.items()
        if key not in ("Condition", "DependsOn")
    }
    if "DependsOn" in item:
        before = item["DependsOn"] if isinstance(item["DependsOn"], list) else [item["DependsOn"]]
        kept = [title for title in before if resolver.depends_on(title, f"{where}.DependsOn")]
        if kept:
            settled["DependsOn"] = kept if isinstance(item["DependsOn"], list) else kept[0]
    return {key: settled[key] for key in item if settled.get(key, NO_VALUE) is not NO_VALUE}
