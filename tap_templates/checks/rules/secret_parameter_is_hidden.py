"""E9804: a parameter that asks for a secret shows it nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.checks.environment import variables
from tap_templates.checks.rule import Example, Rule, Verdict, is_true, verdict
from tap_templates.checks.secrets import MASK, is_secret_name
from tap_templates.checks.view import MISSING, Found, View
from tap_templates.data.secret_properties import secret_properties

PLAIN_TYPES = ("String", "CommaDelimitedList")  # Others hold numbers, identifiers, or the name of a stored parameter.


def _database(**attributes: Any) -> dict[str, Any]:
    properties = {
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20",
        "MasterUsername": "owner",
        "MasterUserPassword": {"Ref": "Entry"},
    }
    return {
        "Parameters": {"Entry": {"Type": "String", "MinLength": 16, **attributes}},
        "Resources": {"Orders": {"Type": "AWS::RDS::DBInstance", "Properties": properties}},
    }


class SecretParameterIsHidden(Rule):
    """By the parameter's name, or because a property or variable that holds a secret takes its answer."""

    id = "E9804"
    shortdesc = "A secret parameter is hidden"
    description = "A parameter for a secret has NoEcho: true and no Default."
    why = "Without NoEcho the console and every describe-stacks call show the answer; a Default stands in the template."
    fix = "set NoEcho to true"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html"
    example = Example(failing=_database(), passing=_database(NoEcho=True))

    def judge(self, view: View) -> Iterator[Verdict]:
        """NoEcho of each such parameter, and its Default where it has one."""
        used = set(_used(view))
        for name, parameter in view.section("Parameters").items():
            if not isinstance(parameter, Mapping) or parameter.get("Type") not in PLAIN_TYPES:
                continue
            if name in used or is_secret_name(str(name)):
                path = ("Parameters", str(name))
                hidden = parameter.get("NoEcho", MISSING)
                place = path if hidden is MISSING else (*path, "NoEcho")
                yield verdict(Found(place, hidden, {}), hidden is not MISSING and is_true(hidden), self.fix)
                if parameter.get("Default"):
                    yield verdict(
                        Found((*path, "Default"), MASK, {}), False, "leave the Default out, so that it is asked"
                    )


def _used(view: View) -> Iterator[str]:
    """Parameters whose answer becomes a secret."""
    values = [
        found.value
        for type_name, properties in secret_properties().items()
        for resource in view.of(type_name)
        for path in properties
        for found in resource.get(path)
    ]
    values += [variable.found.value for variable in variables(view) if is_secret_name(variable.name)]
    for value in values:
        if isinstance(value, Mapping) and isinstance(value.get("Ref"), str):
            yield value["Ref"]
