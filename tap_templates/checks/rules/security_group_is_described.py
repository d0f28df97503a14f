"""W9302: every security group and every rule of one says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.security_groups import EGRESS, GROUP, INGRESS, group_rules
from tap_templates.checks.values import is_dynamic, is_given
from tap_templates.checks.view import Found, View


def _web(**description: str) -> dict[str, Any]:
    rule = {**description, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}
    properties = {"GroupDescription": "Web servers", "SecurityGroupIngress": [rule]}
    return {"Resources": {"Web": {"Type": GROUP, "Properties": properties}}}


class SecurityGroupIsDescribed(Rule):
    """GroupDescription of groups, Description of rules, inbound and outbound, inside groups and on their own."""

    id = "W9302"
    shortdesc = "A security group and its rules are described"
    description = "GroupDescription of each security group and Description of each of its rules are not empty."
    why = "A rule that no one can explain is a rule that no one dares to remove."
    fix = "say who calls, and what for"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
    example = Example(failing=_web(), passing=_web(Description="HTTPS from the load balancer"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each group, then each rule."""
        for group in view.of(GROUP):
            for found in group.get("GroupDescription"):
                yield verdict(found, _is_said(view, found), self.fix)
        for direction in (INGRESS, EGRESS):
            for rule in group_rules(view, direction):
                for found in view.walk(rule.value, ("Description",), rule.path, rule.when):
                    yield verdict(found, _is_said(view, found), self.fix)


def _is_said(view: View, found: Found) -> bool | None:
    if found.is_unknown:
        return is_given(view, found.value)
    return None if is_dynamic(found.value) else isinstance(found.value, str) and bool(found.value.strip())
