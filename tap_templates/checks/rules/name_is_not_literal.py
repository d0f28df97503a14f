"""E9512: a physical name has something in it that no other stack has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.names import Name, is_unique, names
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.view import View

UNIQUE = {
    "Fn::Sub": [
        "secure-users-${Suffix}",
        {
            "Suffix": {
                "Fn::Select": [
                    0,
                    {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]},
                ]
            }
        },
    ]
}


def _group(name: Any) -> dict[str, Any]:
    return {"Resources": {"SecureUsers": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": name}}}}


class NameIsNotLiteral(Rule):
    """A name that AWS keeps unique contains part of AWS::StackId or AWS::StackName, or is left to CloudFormation.

    Names that need not be unique (of REST APIs, user pools, …) are not judged, nor those that must be unique only
    in a resource of the same template, such as a filter in its log group.
    """

    id = "E9512"
    shortdesc = "A physical name is unique for each stack"
    description = "Every physical name contains something from AWS::StackId or AWS::StackName, or is left out."
    why = (
        "A second stack with the same name fails, or takes over what it does not own: a Parameter's answer can repeat."
    )
    fix = "add part of AWS::StackId to the name, or leave the name to CloudFormation"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html"
    example = Example(failing=_group("SecureUsers"), passing=_group(UNIQUE))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each name that is given."""
        for name in names(view):
            if name.rule.unique:
                yield verdict(name.found, is_unique(name.parts) or self._stands_alone(view, name), self.fix)

    @staticmethod
    def _stands_alone(view: View, name: Name) -> bool | None:
        """Whether it need be unique only within what the template itself makes."""
        if name.rule.within:
            holders = list(name.resource.get(name.rule.within, name.found.when))
            if holders and all(view.referred(holder.value) is not None for holder in holders):
                return True
        return is_unique(name.parts)
