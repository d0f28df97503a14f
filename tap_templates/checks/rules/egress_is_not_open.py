"""W9306: a security group does not let everything out to everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tap_templates.checks.conditions import uncovered
from tap_templates.checks.ports import ALL_PROTOCOLS, Ports, in_words
from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.security_groups import EGRESS, GROUP, accesses, judged
from tap_templates.checks.view import MISSING, Resource, Scenario, View

DEFAULT = "without a rule AWS adds one that lets everything out"
HTTPS = {"Description": "AWS APIs", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}


def _web(**egress: Any) -> dict[str, Any]:
    return {"Resources": {"Web": {"Type": GROUP, "Properties": {"GroupDescription": "Web servers", **egress}}}}


class EgressIsNotOpen(Rule):
    """All protocols to every address, in a rule or by AWS's default for groups that have no outbound rule.

    Sources: template reference, AWS::EC2::SecurityGroup; a rule that is a resource of its own replaces the default too.
    """

    id = "W9306"
    shortdesc = "Not everything is let out to everywhere"
    description = "No security group lets all protocols out to 0.0.0.0/0 or ::/0, in a rule or by AWS's default."
    why = "It is how a program that was broken into fetches its tools and sends the data away."
    fix = "name the protocol and ports that it needs in SecurityGroupEgress, 443 for AWS's APIs"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html"
    example = Example(failing=_web(), passing=_web(SecurityGroupEgress=[HTTPS]))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each group's default, then each network and prefix list of its rules."""
        separate = _separate(view)
        for group in view.of(GROUP):
            yield self._default(view, group, separate.get(group.logical_id, []))
        for access in accesses(view, EGRESS):
            yield judged(access, _accepts, self._remedy)

    def _default(self, view: View, group: Resource, separate: list[Scenario]) -> Verdict:
        covers = [found.when for found in group.get(f"{EGRESS.property}.*") if not found.is_missing]
        written = group.properties.get(EGRESS.property, MISSING)
        path = group.at("Properties") if written is MISSING else (*group.at("Properties"), EGRESS.property)
        if uncovered(view, group.scenario, [*covers, *separate]) is None:
            return Verdict(HOLDS, path, written)
        return Verdict(FAILS, path, written, f"{DEFAULT}: {self.fix}")

    def _remedy(self, ports: Sequence[Ports]) -> str:
        return f"lets out {in_words(ports)} to every address: {self.fix}"


def _accepts(ports: Ports) -> bool:
    return ports.protocol not in ALL_PROTOCOLS


def _separate(view: View) -> dict[str, list[Scenario]]:
    """When each group has outbound rules that are resources of their own."""
    found: dict[str, list[Scenario]] = {}
    for rule in view.of(EGRESS.type):
        for group_id in rule.get("GroupId"):
            group = view.referred(group_id.value)
            if group is not None:
                found.setdefault(group.logical_id, []).append(group_id.when)
    return found
