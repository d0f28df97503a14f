"""E9307: every VPC has a flow log of what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.conditions import uncovered
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.values import is_dynamic
from tap_templates.checks.view import Found, Scenario, View

VPC, FLOW_LOG = "AWS::EC2::VPC", "AWS::EC2::FlowLog"
TRAFFIC = ("ALL", "REJECT")
NETWORK = {"Type": VPC, "Properties": {"CidrBlock": "10.0.0.0/16"}}


def _network(traffic: str) -> dict[str, Any]:
    properties = {
        "ResourceId": {"Ref": "Network"},
        "ResourceType": "VPC",
        "TrafficType": traffic,
        "LogDestinationType": "s3",
        "LogDestination": {"Fn::ImportValue": "flow-logs-bucket-arn"},
    }
    return {"Resources": {"Network": NETWORK, "Flows": {"Type": FLOW_LOG, "Properties": properties}}}


class VpcHasFlowLog(Rule):
    """A flow log of type VPC that names it, on every side of conditions, with TrafficType ALL or REJECT."""

    id = "E9307"
    shortdesc = "A VPC has a flow log"
    description = "Each AWS::EC2::VPC is the ResourceId of an AWS::EC2::FlowLog with TrafficType ALL or REJECT."
    why = "Who tried to get in, and who got out, is written nowhere else."
    fix = "add an AWS::EC2::FlowLog with the VPC as its ResourceId, ResourceType VPC and TrafficType ALL"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"
    example = Example(failing=_network("ACCEPT"), passing=_network("ALL"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """The traffic of each flow log of a VPC, then each VPC."""
        covers: dict[str, list[Scenario]] = {}
        unclear: dict[str, list[Scenario]] = {}
        for network, traffic in _flow_logs(view):
            answer = None if traffic.is_unknown or is_dynamic(traffic.value) else traffic.value in TRAFFIC
            result = CANNOT_TELL if answer is None else HOLDS if answer else FAILS
            yield Verdict(result, traffic.path, traffic.value, "use ALL or REJECT")
            if answer is not False:
                (unclear if answer is None else covers).setdefault(network, []).append(traffic.when)
        for vpc in view.of(VPC):
            sure = covers.get(vpc.logical_id, [])
            if uncovered(view, vpc.scenario, sure) is None:
                yield Verdict(HOLDS, vpc.path, vpc.type)
            elif uncovered(view, vpc.scenario, [*sure, *unclear.get(vpc.logical_id, [])]) is None:
                yield Verdict(CANNOT_TELL, vpc.path, vpc.type, self.fix)
            else:
                yield Verdict(FAILS, vpc.path, vpc.type, self.fix)


def _flow_logs(view: View) -> Iterator[tuple[str, Found]]:
    """VPCs that flow logs name, each with the traffic that is logged."""
    for log in view.of(FLOW_LOG):
        for kind in log.get("ResourceType"):
            if kind.value == "VPC":
                for named in log.get("ResourceId", kind.when):
                    vpc = view.referred(named.value)
                    if vpc is not None and vpc.type == VPC:
                        for traffic in log.get("TrafficType", named.when):
                            yield vpc.logical_id, traffic
