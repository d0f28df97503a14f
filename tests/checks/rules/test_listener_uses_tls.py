"""Listeners of load balancers."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, results, said

from tap_templates.checks.rules.listener_uses_tls import ListenerUsesTls

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
REDIRECT = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
FORWARD = {"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}


def listening(kind: str = "application", **properties: Any) -> dict[str, Any]:
    """A listener and its load balancer."""
    balancer = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Type": kind}}
    given = {"LoadBalancerArn": {"Ref": "Balancer"}, **properties}
    return {"It": {"Type": LISTENER, "Properties": given}, "Balancer": balancer}


@pytest.mark.parametrize(
    ("floor", "policy", "result"),
    [
        ("1.2", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "holds"),
        ("1.2", "ELBSecurityPolicy-TLS13-1-2-2021-06", "holds"),
        ("1.2", "ELBSecurityPolicy-TLS13-1-3-2021-06", "holds"),
        ("1.2", "ELBSecurityPolicy-TLS13-1-0-PQ-2025-09", "fails"),
        ("1.2", "ELBSecurityPolicy-TLS-1-2-2017-01", "fails"),
        ("1.2", "ELBSecurityPolicy-2016-08", "fails"),
        ("1.2", NO_VALUE, "fails"),
        ("1.2", {"Ref": "Policy"}, "cannot tell"),
        ("1.2", "ELBSecurityPolicy-TLS14-2030-01", "cannot tell"),
        ("1.3", "ELBSecurityPolicy-TLS13-1-2-2021-06", "fails"),
        ("1.3", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", "holds"),
    ],
)
@pytest.mark.parametrize("protocol", ["HTTPS", "TLS"])
def test_policy_takes_nothing_older_than_the_floor_and_offers_the_newest(
    protocol: str, floor: str, policy: Any, result: str
) -> None:
    """A policy that the table does not know yet is undecided; none at all is CloudFormation's old default."""
    resources = listening(Protocol=protocol, SslPolicy=policy)

    assert results(ListenerUsesTls, resources, demands={"tls_floor": floor}) == [result]


def test_message_names_the_policy_to_use() -> None:
    """The remedy can be pasted."""
    found = said(ListenerUsesTls, listening(Protocol="HTTPS", SslPolicy="ELBSecurityPolicy-2016-08"))

    message = (
        "It.SslPolicy: found 'ELBSecurityPolicy-2016-08'; "
        "use ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 (requirement tls_floor: 1.2)"
    )
    assert found == [("fails", "Resources/It/Properties/SslPolicy", message)]


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([REDIRECT], ["holds"]),
        ([REDIRECT, FORWARD], ["holds", "fails"]),
        ([FORWARD], ["fails"]),
        ([{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}], ["fails"]),
        ([{"Type": "redirect", "RedirectConfig": {"Protocol": "#{protocol}"}}], ["fails"]),
        ([{"Type": "redirect", "RedirectConfig": {"Protocol": {"Ref": "To"}}}], ["cannot tell"]),
        ([{"Type": {"Ref": "Kind"}}], ["cannot tell"]),
        ([either("HasTls", REDIRECT, FORWARD)], ["holds", "fails"]),
        ([], ["fails"]),
        (NO_VALUE, ["fails"]),
    ],
)
def test_plain_listener_only_redirects(actions: Any, expected: list[str]) -> None:
    """Anything but a redirect to HTTPS answers in the clear."""
    assert results(ListenerUsesTls, listening(Protocol="HTTP", DefaultActions=actions)) == expected


def test_rules_of_a_plain_listener_only_redirect_too() -> None:
    """A rule that forwards undoes the redirect of its listener; rules of others are not judged."""
    rule_type = "AWS::ElasticLoadBalancingV2::ListenerRule"
    resources = {
        **listening(Protocol="HTTP", DefaultActions=[REDIRECT]),
        "Rule": {"Type": rule_type, "Properties": {"ListenerArn": {"Ref": "It"}, "Actions": [FORWARD]}},
        "Other": {"Type": rule_type, "Properties": {"ListenerArn": "arn:aws:elsewhere", "Actions": [FORWARD]}},
    }

    message = (
        "Rule.Actions.0.Type: found 'forward'; "
        "redirect every request to HTTPS: Type redirect with RedirectConfig.Protocol HTTPS"
    )
    path = "Resources/Rule/Properties/Actions/0/Type"
    assert said(ListenerUsesTls, resources) == [("fails", path, message)]


@pytest.mark.parametrize(
    ("kind", "protocol", "expected"),
    [
        ("network", "TCP", []),
        ("network", "UDP", []),
        ("gateway", NO_VALUE, []),
        ("application", NO_VALUE, ["fails"]),
        ("application", "FTP", ["fails"]),
        ("application", {"Ref": "Protocol"}, ["cannot tell"]),
    ],
)
def test_protocol_decides_whether_a_listener_is_judged(kind: str, protocol: Any, expected: list[str]) -> None:
    """What is passed on as it is has its TLS elsewhere."""
    assert results(ListenerUsesTls, listening(kind, Protocol=protocol)) == expected


def test_protocol_and_policy_are_read_together() -> None:
    """The policy counts on the side that is HTTPS, the actions on the other."""
    resources = listening(
        Protocol=either("HasTls", "HTTPS", "HTTP"),
        SslPolicy=either("HasTls", "ELBSecurityPolicy-TLS13-1-2-2021-06", NO_VALUE),
        DefaultActions=[either("HasTls", FORWARD, REDIRECT)],
    )

    assert results(ListenerUsesTls, resources) == ["holds", "holds"]
