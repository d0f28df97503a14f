"""Systems Manager: parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import Subject
from tap_templates.deployment.verification.values import Tags, tags_of


def _value(word: str) -> Callable[[Subject], Any]:
    return lambda parameter: parameter.ask("ssm", "get_parameter", Name=parameter.id)["Parameter"].get(word)


def _description(parameter: Subject) -> Any:
    only = [{"Key": "Name", "Option": "Equals", "Values": [parameter.id]}]
    [found] = parameter.every("ssm", "describe_parameters", "Parameters", ParameterFilters=only)
    return found.get("Description")


def _tags(parameter: Subject) -> Tags:
    found = parameter.ask("ssm", "list_tags_for_resource", ResourceType="Parameter", ResourceId=parameter.id)
    return tags_of(found.get("TagList"))


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    "AWS::SSM::Parameter": {
        **{word: _value(word) for word in ("Name", "Type", "Value")},
        "Description": _description,
        "Tags": _tags,
    }
}
