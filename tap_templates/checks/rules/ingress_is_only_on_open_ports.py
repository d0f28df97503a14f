"""E9301: every address gets in on the required open ports alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tap_templates.checks.ports import Ports, in_words
from tap_templates.checks.rule import Example, Rule, Verdict
from tap_templates.checks.security_groups import GROUP, INGRESS, accesses, judged
from tap_templates.checks.view import View


def _web(source: str) -> dict[str, Any]:
    rule = {"Description": "HTTPS", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": source}
    properties = {"GroupDescription": "Web servers", "SecurityGroupIngress": [rule]}
    return {"Resources": {"Web": {"Type": GROUP, "Properties": properties}}}


class IngressIsOnlyOnOpenPorts(Rule):
    """Rules of 0.0.0.0/0 and ::/0, inside groups and as resources of their own, and of prefix lists of the template.

    ICMP has no ports, and is let through.
    """

    id = "E9301"
    shortdesc = "Every address gets in on the open ports alone"
    description = "A security group lets 0.0.0.0/0 and ::/0 in on requirements.open_ingress_ports and no other port."
    why = "Whatever listens there is found by scanners within minutes, and tried for as long as it is open."
    fix = "name a narrower network, or the security group that calls"
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18"
    demands = ("open_ingress_ports",)
    example = Example(failing=_web("0.0.0.0/0"), passing=_web("10.0.0.0/16"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each network and prefix list that is let in."""
        for access in accesses(view, INGRESS):
            yield judged(access, self._accepts, self._remedy)

    def _accepts(self, ports: Ports) -> bool:
        numbers = ports.numbers or range(0)
        opened = self.demand("open_ingress_ports")
        return len(numbers) <= len(opened) and all(number in opened for number in numbers)

    def _remedy(self, ports: Sequence[Ports]) -> str:
        opened = ", ".join(str(port) for port in self.demand("open_ingress_ports")) or "none"
        return f"not every address may reach {in_words(ports)}: {self.fix} (requirement open_ingress_ports: {opened})"
