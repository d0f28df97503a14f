"""Load balancers: who reaches them and how, what they forward, and that what goes wrong is heard of."""

from __future__ import annotations

from typing import Any

import pytest
from support.clean import REGIONS, findings
from support.component_samples import ANSWERS, asked, fixed
from support.deployment import deployed
from support.network_samples import a_stack, of_type
from support.resolved_template import Resolved
from troposphere import ImportValue, encode_to_dict

from tap_templates.components.balancing import LoadBalancer, load_balancer, requested_certificate
from tap_templates.components.network import network
from tap_templates.components.storage import access_log_bucket, data_bucket
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack

CERTIFICATE = "0a1b2c3d-0000-4000-8000-0123456789ab"
ARN = f"arn:aws:acm:eu-central-1:111122223333:certificate/{CERTIFICATE}"
OPEN = {"open_ingress_ports": [80, 443]}
HTTPS_ONLY = {"open_ingress_ports": [443]}


def balanced(
    settings: Settings | None = None, *, zones: int = 2, tiers: Any = ("public", "private"), **given: Any
) -> LoadBalancer:
    """A load balancer in a network of its own; it has a certificate unless told."""
    stack, topic = a_stack(settings)
    net = network(stack, topic=topic, zones=zones, tiers=tiers, endpoints=())
    return load_balancer(
        stack,
        "Web",
        network=net,
        topic=topic,
        **{"logs": access_log_bucket(stack), "certificate": CERTIFICATE, **given},
    )


def forwarding(balancer: LoadBalancer, title: str = "Site", **given: Any) -> Any:
    """A target group of servers."""
    group = balancer.network.group(f"{title}Servers", "servers of the site")
    return balancer.forward(title, **{"to": group, "port": 8080, **given})


def seen(stack: Stack, kind: str, **answers: str) -> dict[str, Any]:
    """Properties of the resources of a type, as AWS sees them."""
    return of_type(Resolved(stack.to_dict(), answers), f"ElasticLoadBalancingV2::{kind}")


def attributes(balancer: LoadBalancer) -> dict[str, Any]:
    """Attributes of a load balancer."""
    rows = seen(balancer.stack, "LoadBalancer")["Web"]["LoadBalancerAttributes"]
    return {row["Key"]: row["Value"] for row in rows}


@pytest.mark.parametrize(
    ("demands", "scheme", "tier", "listeners", "ingress"),
    [
        ({}, "internal", "Private", {"WebHttps": 443}, {}),
        (HTTPS_ONLY, "internet-facing", "Public", {"WebHttps": 443}, {"WebGroupFromAnywhereOn443": 443}),
        (
            OPEN,
            "internet-facing",
            "Public",
            {"WebHttps": 443, "WebHttp": 80},
            {"WebGroupFromAnywhereOn443": 443, "WebGroupFromAnywhereOn80": 80},
        ),
    ],
)
def test_the_open_ports_decide_who_reaches_it(
    demands: dict[str, Any], scheme: str, tier: str, listeners: dict[str, int], ingress: dict[str, int]
) -> None:
    """Internal, unless every address may reach port 443; plain HTTP only where port 80 is open too."""
    stack = balanced(fixed(requirements=demands)).stack
    [made] = seen(stack, "LoadBalancer").values()
    rules = of_type(Resolved(stack.to_dict(), {}), "EC2::SecurityGroupIngress")

    assert made["Scheme"] == scheme
    assert encode_to_dict(stack.template.resources["Web"].Subnets) == [{"Ref": f"Network{tier}{n}"} for n in (1, 2)]
    assert {title: each["Port"] for title, each in seen(stack, "Listener").items()} == listeners
    assert {title: rule["FromPort"] for title, rule in rules.items()} == ingress


def test_listeners() -> None:
    """HTTPS by the policy of the TLS floor, answering 404 by itself; HTTP only leads there."""
    found = seen(balanced(fixed(requirements=OPEN)).stack, "Listener")

    assert {name: found["WebHttps"][name] for name in ("Protocol", "SslPolicy", "Certificates", "DefaultActions")} == {
        "Protocol": "HTTPS",
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "Certificates": [{"CertificateArn": ARN}],
        "DefaultActions": [
            {
                "Type": "fixed-response",
                "FixedResponseConfig": {
                    "StatusCode": "404",
                    "ContentType": "text/plain",
                    "MessageBody": "Not found",
                },
            }
        ],
    }
    [redirect] = found["WebHttp"]["DefaultActions"]
    assert redirect["RedirectConfig"] == {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}


def test_attributes() -> None:
    """Access is logged under its own prefix, bad headers are dropped, and it cannot be deleted by mistake."""
    assert attributes(balanced(idle_seconds=120)) == {
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": "payments-prod-access-logs-ab12cd34",
        "access_logs.s3.prefix": "Web",
        "deletion_protection.enabled": "true",
        "idle_timeout.timeout_seconds": "120",
        "routing.http.desync_mitigation_mode": "strictest",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }


def test_protection_is_as_required() -> None:
    """Where nothing is protected from deletion, it is not either."""
    unprotected = {"deletion_protection": False}
    assert attributes(balanced(fixed(requirements=unprotected)))["deletion_protection.enabled"] == "false"


def test_logs_are_delivered_by_elb_alone() -> None:
    """ELB of this account may write under the prefix of the balancer, before the balancer is there."""
    stack = balanced().stack
    resources = stack.to_dict()["Resources"]
    statements = resources["AccessLogsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    [delivery] = [each for each in statements if each["Sid"] == "AccessLogsOfWeb"]

    assert resources["Web"]["DependsOn"] == ["AccessLogsPolicy"]
    assert delivery == {
        "Sid": "AccessLogsOfWeb",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": ["s3:PutObject"],
        "Resource": [{"Fn::Sub": "${AccessLogs.Arn}/Web/AWSLogs/${AWS::AccountId}/*"}],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnLike": {
                "aws:SourceArn": {
                    "Fn::Sub": "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}"
                    ":loadbalancer/*"
                }
            },
        },
    }


def test_certificate_is_asked_for() -> None:
    """Where none is given, the form asks for the ARN of one in ACM."""
    stack = balanced(certificate=None).stack
    parameter = stack.to_dict()["Parameters"]["WebCertificateArn"]
    [shown] = seen(stack, "Listener", WebCertificateArn=ARN)["WebHttps"]["Certificates"]

    assert shown == {"CertificateArn": ARN}
    assert "Default" not in parameter


def test_certificate_of_another_stack() -> None:
    """An expression of its ARN is taken as it is."""
    stack = balanced(certificate=ImportValue("shared-certificate")).stack
    listener = stack.to_dict()["Resources"]["WebHttps"]["Properties"]

    assert listener["Certificates"] == [{"CertificateArn": {"Fn::ImportValue": "shared-certificate"}}]


def test_requested_certificate() -> None:
    """ACM proves the domain by a record in the zone, and renews it."""
    stack = balanced().stack
    arn = requested_certificate(stack, "SiteCertificate", domain="www.example.com", zone_id="Z0123456789ABCDEFGHIJ")
    properties = Resolved(stack.to_dict(), {}).properties("SiteCertificate")

    assert encode_to_dict(arn) == {"Ref": "SiteCertificate"}
    assert {name: value for name, value in properties.items() if name != "Tags"} == {
        "DomainName": "www.example.com",
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [{"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}],
        "KeyAlgorithm": "EC_prime256v1",
    }


def test_forward() -> None:
    """Targets are asked for their health, drained when they leave, and accept the balancer on their port."""
    balancer = balanced()
    target = forwarding(balancer, health_path="/ready", drain_seconds=10)
    resources = Resolved(balancer.stack.to_dict(), {})
    properties = resources.properties("Site")
    rule = resources.properties("SiteRule")

    assert {name: properties[name] for name in ("Port", "Protocol", "HealthCheckPath", "Matcher", "TargetType")} == {
        "Port": 8080,
        "Protocol": "HTTP",
        "HealthCheckPath": "/ready",
        "Matcher": {"HttpCode": "200"},
        "TargetType": "instance",
    }
    assert {row["Key"]: row["Value"] for row in properties["TargetGroupAttributes"]} == {
        "deregistration_delay.timeout_seconds": "10",
        "load_balancing.algorithm.type": "least_outstanding_requests",
    }
    assert rule["Conditions"] == [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]
    assert encode_to_dict(target.rule.Actions) == [{"Type": "forward", "TargetGroupArn": {"Ref": "Site"}}]
    assert resources.properties("SiteServersFromWebGroupOn8080")["FromPort"] == 8080
    assert resources.properties("WebGroupToSiteServersOn8080")["ToPort"] == 8080


def test_handle_of_targets() -> None:
    """What a group of servers is attached by, and what its scaling follows."""
    target = forwarding(balanced())

    assert encode_to_dict(target.arn) == {"Ref": "Site"}
    assert encode_to_dict(target.request_label) == {
        "Fn::Sub": "${Web.LoadBalancerFullName}/${Site.TargetGroupFullName}"
    }


def test_rules_are_tried_in_the_order_of_their_making() -> None:
    """By host, by path, by both; a priority that is given is kept, and the next one comes after it."""
    balancer = balanced()
    forwarding(balancer, "Api", paths=["/api/*"], priority=10)
    forwarding(balancer, "Shop", hosts=["shop.example.com"], paths=["/cart", "/pay"])
    forwarding(balancer, "Docs", hosts=["docs.example.com"])
    rules = seen(balancer.stack, "ListenerRule")

    assert {title: rule["Priority"] for title, rule in rules.items()} == {"ApiRule": 10, "ShopRule": 11, "DocsRule": 12}
    assert [condition["Field"] for condition in rules["ShopRule"]["Conditions"]] == ["host-header", "path-pattern"]
    assert rules["DocsRule"]["Conditions"] == [
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["docs.example.com"]}}
    ]


def test_alarms() -> None:
    """On what the balancer answers by itself, and on errors, delay and health of the targets."""
    balancer = balanced()
    forwarding(balancer, slow_seconds=0.5)
    found = of_type(Resolved(balancer.stack.to_dict(), {}), "CloudWatch::Alarm")
    of_balancer = {title: row for title, row in found.items() if row["Namespace"] == "AWS/ApplicationELB"}

    assert {
        title: (row["MetricName"], row.get("Statistic"), row.get("ExtendedStatistic"), row["Threshold"])
        for title, row in of_balancer.items()
    } == {
        "WebErrors": ("HTTPCode_ELB_5XX_Count", "Sum", None, 10),
        "SiteErrors": ("HTTPCode_Target_5XX_Count", "Sum", None, 10),
        "SiteSlow": ("TargetResponseTime", None, "p95", 0.5),
        "SiteUnhealthy": ("UnHealthyHostCount", "Maximum", None, 1),
    }
    assert [row["Name"] for row in of_balancer["SiteSlow"]["Dimensions"]] == ["LoadBalancer", "TargetGroup"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"certificate": ARN},
            f"Web.Certificates: found '{ARN}'; use the id of a certificate in ACM, the last part of its ARN, "
            "or leave it out to be asked for the ARN",
        ),
        ({"zones": 1}, "Web.Subnets: found '1 zone'; give the network 2 zones or more"),
        ({"idle_seconds": 0}, "Web.idle_timeout.timeout_seconds: found 0; use 1 to 4000 seconds"),
        ({"tiers": ("isolated",)}, "Network.tiers: found 'private'; use isolated, or add the tier to the network"),
        (
            {"internet_facing": True},
            "WebGroup.SecurityGroupIngress: found 443; list it in requirements.open_ingress_ports (there: none), "
            "or accept it from a group",
        ),
    ],
)
def test_what_cannot_be_balanced(given: dict[str, Any], message: str) -> None:
    """It is said when the balancer is built, with place, value and remedy."""
    with pytest.raises(PropertyError) as caught:
        balanced(**given)
    assert str(caught.value) == message


def test_logs_go_to_no_bucket_with_a_key() -> None:
    """ELB cannot write there."""
    stack, topic = a_stack(fixed(requirements={"bucket_encryption": "aws:kms", "trail_encryption": "aws:kms"}))
    logs = data_bucket(stack, "Data", access_logs=access_log_bucket(stack))
    net = network(stack, topic=topic, endpoints=())

    with pytest.raises(PropertyError, match=r"Web\.access_logs\.s3\.bucket: found 'Data with a KMS key'"):
        load_balancer(stack, "Web", network=net, topic=topic, logs=logs)


def test_domain_that_is_none() -> None:
    """It is said when the certificate is built."""
    with pytest.raises(PropertyError, match=r"Site\.DomainName: found 'https://example\.com'; use a name such as www"):
        requested_certificate(a_stack()[0], "Site", domain="https://example.com", zone_id="Z1")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"target_type": "lambda"}, "Site.TargetType: found 'lambda'; use instance or ip"),
        ({"health_path": "ready"}, "Site.HealthCheckPath: found 'ready'; use /ready"),
        ({"paths": ["api/*"]}, "SiteRule.Conditions: found 'api/*'; use /api/*"),
        (
            {"paths": ["/a", "/b", "/c"], "hosts": ["a.b", "b.c", "c.d"]},
            "SiteRule.Conditions: found '3 paths and 3 hosts'; use at most 5 in all, or forward twice",
        ),
        ({"priority": 0}, "SiteRule.Priority: found 0; use 1 to 50000"),
        ({"priority": 7}, "SiteRule.Priority: found 7; use another: ApiRule has it"),
        ({"port": 70_000}, "SiteServers.FromPort: found 70000; use 1 to 65535"),
    ],
)
def test_what_cannot_be_forwarded(given: dict[str, Any], message: str) -> None:
    """It is said when the target group is built, with place, value and remedy."""
    balancer = balanced()
    forwarding(balancer, "Api", paths=["/api/*"], priority=7)
    with pytest.raises(PropertyError) as caught:
        forwarding(balancer, **given)
    assert str(caught.value) == message


@pytest.mark.parametrize("demands", [{}, OPEN])
@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(make: Any, demands: dict[str, Any]) -> None:
    """In both bindings, internal and internet-facing, in six Regions."""
    balancer = balanced(Settings(requirements=demands) if make is asked else fixed(requirements=demands))
    requested_certificate(balancer.stack, "Certificate", domain="www.example.com", zone_id="Z0123456789ABCDEFGHIJ")
    forwarding(balancer)

    assert findings(balancer.stack, regions=REGIONS) == []


def test_deployed_and_read_back(component_clients: Clients) -> None:
    """The balancer has its attributes, its listeners and its rule."""
    demands = {"data_retention": "any", "deletion_protection": False, **OPEN}
    balancer = balanced(Settings(requirements=demands), certificate=None)
    forwarding(balancer)
    with deployed(balancer.stack, component_clients, {**ANSWERS, "WebCertificateArn": ARN}) as sample:
        assert not sample.read_back().failures()
        client = component_clients("elbv2")
        [listener] = [
            each
            for each in client.describe_listeners(LoadBalancerArn=sample.ids["Web"])["Listeners"]
            if each["Port"] == 443
        ]
        assert listener["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
