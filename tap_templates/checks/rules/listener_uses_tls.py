"""E9212: every listener of a load balancer uses current TLS; plain HTTP only leads there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_dynamic
from tap_templates.checks.view import MISSING, Found, Resource, View
from tap_templates.data.tls_policies import default, recommended, versions

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
NEWEST = "1.3"
# ELB user guides, listeners: NLB passes these on as they are, so that TLS is the target's affair.
PASSED_ON = ("TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE")
REDIRECT = "redirect every request to HTTPS: Type redirect with RedirectConfig.Protocol HTTPS"


def _listener(policy: str) -> dict[str, Any]:
    balancer = {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Subnets": ["subnet-0123abcd", "subnet-4567cdef"]},
    }
    properties = {
        "LoadBalancerArn": {"Ref": "Balancer"},
        "Port": 443,
        "Protocol": "HTTPS",
        "Certificates": [{"CertificateArn": {"Fn::ImportValue": "example-certificate"}}],
        "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        "SslPolicy": policy,
    }
    return {"Resources": {"Balancer": balancer, "Listener": {"Type": LISTENER, "Properties": properties}}}


class ListenerUsesTls(Rule):
    """SslPolicy takes nothing older than tls_floor and offers TLS 1.3; what listens on HTTP only redirects to HTTPS.

    Not judged: protocols that a Network Load Balancer passes on as they are.
    """

    id = "E9212"
    shortdesc = "A listener uses TLS"
    description = "HTTPS and TLS listeners have a current SslPolicy; HTTP listeners and their rules redirect to HTTPS."
    why = "CloudFormation's default policy still takes TLS 1.0, and a plain listener takes no TLS at all."
    fix = "use HTTPS or TLS with a current SslPolicy"
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"
    demands = ("tls_floor",)
    example = Example(failing=_listener(default()), passing=_listener(recommended("1.2")))

    def judge(self, view: View) -> Iterator[Verdict]:
        """The protocol of each listener, and what it makes necessary."""
        plain = set()
        for listener in view.of(LISTENER):
            for protocol in listener.get("Protocol"):
                if protocol.value in ("HTTPS", "TLS"):
                    yield from self._policy(listener, protocol)
                elif protocol.value == "HTTP":
                    plain.add(listener.logical_id)
                    yield from _redirects(listener, "DefaultActions", protocol)
                elif protocol.value not in PASSED_ON and not _is_gateway(listener, protocol):
                    yield verdict(protocol, None if _is_open(protocol) else False, self.fix)
        for rule in view.of(LISTENER_RULE):
            for listener_arn in rule.get("ListenerArn"):
                target = view.referred(listener_arn.value)
                if target is not None and target.logical_id in plain:
                    yield from _redirects(rule, "Actions", listener_arn)

    def _policy(self, listener: Resource, protocol: Found) -> Iterator[Verdict]:
        floor = str(self.demand("tls_floor"))
        remedy = f"use {recommended(floor)} (requirement tls_floor: {floor})"
        for found in listener.get("SslPolicy", protocol.when):
            yield verdict(found, _is_current(found, floor), remedy)


def _is_current(found: Found, floor: str) -> bool | None:
    """None also for a policy that is newer than the table."""
    if found.is_missing:
        return False
    taken = None if found.is_unknown else versions(str(found.value))
    return None if taken is None else taken[0] >= floor and NEWEST in taken


def _redirects(resource: Resource, actions: str, when: Found) -> Iterator[Verdict]:
    for found in resource.get(f"{actions}.*", when.when):
        for kind in resource.view.walk(found.value, ("Type",), found.path, found.when):
            if kind.value != "redirect":
                yield verdict(kind, None if _is_open(kind) else False, REDIRECT)
                continue
            for to in resource.view.walk(found.value, ("RedirectConfig", "Protocol"), found.path, kind.when):
                yield verdict(to, None if _is_open(to) else to.value == "HTTPS", REDIRECT)


def _is_open(found: Found) -> bool:
    return found.is_unknown or is_dynamic(found.value)


def _is_gateway(listener: Resource, protocol: Found) -> bool:
    """Gateway Load Balancers have listeners without a protocol."""
    balancers = (listener.view.referred(found.value) for found in listener.get("LoadBalancerArn", protocol.when))
    return protocol.value is MISSING and any(
        balancer is not None and balancer.properties.get("Type") == "gateway" for balancer in balancers
    )
