"""E9303: no port of administration or of a database is open to every address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tap_templates.checks.ports import Ports, in_words
from tap_templates.checks.rule import Example, Rule, Verdict
from tap_templates.checks.security_groups import GROUP, INGRESS, accesses, judged
from tap_templates.checks.view import View
from tap_templates.data.admin_ports import admin_ports

MOST_NAMES = 3


def _shell(source: str) -> dict[str, Any]:
    rule = {"Description": "SSH", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": source}
    properties = {"GroupDescription": "Jump hosts", "SecurityGroupIngress": [rule]}
    return {"Resources": {"Jump": {"Type": GROUP, "Properties": properties}}}


class AdminPortsAreNotOpen(Rule):
    """Whatever open_ingress_ports says: SSH, RDP, file shares, consoles, and what databases listen on."""

    id = "E9303"
    shortdesc = "Ports of administration and of databases are not open to every address"
    description = "No security group lets 0.0.0.0/0 or ::/0 in on a port of administration or of a database."
    why = "These are what intruders look for first, and what lies behind them is a machine or the data itself."
    fix = "use Session Manager, a VPN or a narrower network"
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19"
    example = Example(failing=_shell("0.0.0.0/0"), passing=_shell("10.0.0.0/16"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each network and prefix list that is let in."""
        for access in accesses(view, INGRESS):
            yield judged(access, _accepts, self._remedy)

    def _remedy(self, ports: Sequence[Ports]) -> str:
        names = list(dict.fromkeys(admin_ports()[port] for each in ports for port in _opened(each)))
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        what = f" ({', '.join(names[:MOST_NAMES])}{more})" if names else ""
        return f"not every address may reach {in_words(ports)}{what}: {self.fix}"


def _accepts(ports: Ports) -> bool:
    return not _opened(ports)


def _opened(ports: Ports) -> list[int]:
    numbers = ports.numbers or range(0)
    return [port for port in admin_ports() if port in numbers]
