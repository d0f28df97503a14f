"""Load balancers: HTTPS by a current policy, their access logged, and their failures heard of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import awacs.s3 as s3_actions
from troposphere import AWSHelperFn, GetAtt, Parameter, Ref, Sub, certificatemanager
from troposphere import elasticloadbalancingv2 as elb

from tap_templates.components.alarms import alarm
from tap_templates.components.network import PRIVATE, PUBLIC, Network, SecurityGroup
from tap_templates.components.storage import Bucket
from tap_templates.components.topics import Topic
from tap_templates.data.tls_policies import recommended
from tap_templates.errors import PropertyError
from tap_templates.policies import allow, from_source, service
from tap_templates.stack import Stack

HTTP, HTTPS = 80, 443
LEAST_ZONES = 2  # ELB user guide, Application Load Balancers: subnets of at least two Availability Zones.
IDLE_SECONDS = range(1, 4001)  # ELB API reference, LoadBalancerAttribute, idle_timeout.timeout_seconds.
PRIORITIES = range(1, 50_001)  # ELB API reference, CreateRule.
CONDITION_VALUES = 5  # ELB user guide, quotas: condition values of a rule.
LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
BALANCERS = Sub("arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:loadbalancer/*")
CERTIFICATE = r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[a-f0-9-]{36}"  # ACM API reference, CertificateArn.
CERTIFICATE_ID = re.compile(r"[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}")
DOMAIN = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
# What is too much: of requests in five minutes that end in an error, and of seconds that most of them take.
ERRORS = 10
SLOW_SECONDS = 1.0
SLOW_STATISTIC = "p95"


class LoadBalancer(NamedTuple):
    """An Application Load Balancer, its group, its HTTPS listener, and the topic that its alarms tell."""

    stack: Stack
    resource: elb.LoadBalancer
    group: SecurityGroup
    https: elb.Listener
    network: Network
    topic: Topic

    @property
    def title(self) -> str:
        """Logical id of the load balancer."""
        return str(self.resource.title)

    @property
    def full_name(self) -> AWSHelperFn:
        """What CloudWatch knows it by: ``app/name/50dc6c495c0c9188``."""
        return GetAtt(self.resource, "LoadBalancerFullName")

    def forward(
        self,
        title: str,
        *,
        to: SecurityGroup,
        port: int,
        paths: Sequence[str] = (),
        hosts: Sequence[str] = (),
        priority: int | None = None,
        health_path: str = "/health",
        target_type: str = "instance",
        drain_seconds: int = 30,
        slow_seconds: float = SLOW_SECONDS,
    ) -> TargetGroup:
        """Target group behind the HTTPS listener, for the requests that match, with alarms on errors, delay and health.

        Args:
            to: Group of the targets; it accepts the balancer on ``port``.
            paths: ``/api/*``, of which one matches; every path by default.
            hosts: ``*.example.com``, of which one matches; every host by default.
            priority: Place among the listener's rules, the smallest first; after those that are there by default.
            health_path: Where a target answers 200 while it can take requests.
            target_type: ``instance`` or ``ip``.
            drain_seconds: How long a target that leaves may finish its requests.
            slow_seconds: What 95 of 100 requests should be answered in.

        Raises:
            PropertyError: What ELB does not take.
            StackError: ``to`` is in another network.

        Source: ELB user guide, target groups, listener rules, CloudWatch metrics.
        """
        conditions = _conditions(title, paths, hosts)
        if target_type not in ("instance", "ip"):
            raise PropertyError(title, "TargetType", found=target_type, remedy="use instance or ip")
        if not health_path.startswith("/"):
            raise PropertyError(title, "HealthCheckPath", found=health_path, remedy=f"use /{health_path}")
        priority = self._priority(title, priority)
        to.accepts(self.group, port=port)
        resource = self.stack.add(
            elb.TargetGroup(
                title,
                Name=self.stack.name(title, elb.TargetGroup),
                VpcId=self.network.vpc,
                TargetType=target_type,
                Protocol="HTTP",
                Port=port,
                HealthCheckProtocol="HTTP",
                HealthCheckPath=health_path,
                HealthCheckIntervalSeconds=15,
                HealthCheckTimeoutSeconds=5,
                HealthyThresholdCount=2,
                UnhealthyThresholdCount=3,
                Matcher=elb.Matcher(HttpCode="200"),
                TargetGroupAttributes=[
                    elb.TargetGroupAttribute(Key="deregistration_delay.timeout_seconds", Value=str(drain_seconds)),
                    elb.TargetGroupAttribute(Key="load_balancing.algorithm.type", Value="least_outstanding_requests"),
                ],
            ),
            says=f"target group {title}",
        )
        self.stack.output(
            f"{title}FullName", GetAtt(resource, "TargetGroupFullName"), f"Name of {title} in its metrics"
        )
        rule = self.stack.add(
            elb.ListenerRule(
                f"{title}Rule",
                ListenerArn=Ref(self.https),
                Priority=priority,
                Conditions=conditions,
                Actions=[elb.ListenerRuleAction(Type="forward", TargetGroupArn=Ref(resource))],
            ),
            says=f"listener rule of {title}",
        )
        made = TargetGroup(self.stack, resource, rule, self, to)
        _target_alarms(self.topic, made, slow_seconds=slow_seconds)
        return made

    def _priority(self, title: str, priority: int | None) -> int:
        own = {"Ref": self.https.title}
        taken = {
            resource.Priority: str(resource.title)
            for resource in self.stack.template.resources.values()
            if isinstance(resource, elb.ListenerRule) and resource.ListenerArn.data == own
        }
        if priority is None:
            return max(taken, default=0) + 1
        if priority not in PRIORITIES:
            remedy = f"use {PRIORITIES[0]} to {PRIORITIES[-1]}"
            raise PropertyError(f"{title}Rule", "Priority", found=priority, remedy=remedy)
        if priority in taken:
            remedy = f"use another: {taken[priority]} has it"
            raise PropertyError(f"{title}Rule", "Priority", found=priority, remedy=remedy)
        return priority


class TargetGroup(NamedTuple):
    """Targets of a load balancer, the rule that sends them requests, and the group that they are in."""

    stack: Stack
    resource: elb.TargetGroup
    rule: elb.ListenerRule
    balancer: LoadBalancer
    group: SecurityGroup

    @property
    def title(self) -> str:
        """Logical id of the target group."""
        return str(self.resource.title)

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the target group."""
        return Ref(self.resource)

    @property
    def request_label(self) -> AWSHelperFn:
        """What target tracking of ``ALBRequestCountPerTarget`` knows it by.

        Source: Application Auto Scaling API reference, PredefinedMetricSpecification.ResourceLabel.
        """
        balancer = f"${{{self.balancer.title}.LoadBalancerFullName}}"
        return Sub(f"{balancer}/${{{self.title}.TargetGroupFullName}}")


def load_balancer(
    stack: Stack,
    title: str,
    *,
    network: Network,
    topic: Topic,
    logs: Bucket,
    certificate: str | AWSHelperFn | None = None,
    internet_facing: bool | None = None,
    idle_seconds: int = 60,
) -> LoadBalancer:
    """Application Load Balancer with an HTTPS listener, which answers 404 until something is forwarded.

    It faces the internet, from the public tier, where ``open_ingress_ports`` of the requirements lists 443; with 80
    there too, plain HTTP is redirected to HTTPS. Otherwise it is internal, in the private tier, and takes requests from
    what ``balancer.group.accepts``. Where the requirements protect from deletion, it is protected.

    Args:
        network: With at least two zones.
        logs: An ``access_log_bucket``: ELB delivers its access logs to SSE-S3 alone.
        certificate: Id of one that ACM has in the account and Region of the stack, the last part of its ARN; an
            expression of the whole ARN, such as ``requested_certificate(...)``; or None, which asks for the ARN in the
            console's form.
        internet_facing: Said here, it must fit ``open_ingress_ports``.
        idle_seconds: How long a connection may say nothing.

    Raises:
        PropertyError: What ELB does not take, a network with one zone or without the tier, or a bucket with a key.

    Source: Security Hub controls ELB.1, ELB.4, ELB.5, ELB.6, ELB.12, ELB.13, ELB.17; ELB user guide, access logs.
    """
    if internet_facing is None:
        internet_facing = HTTPS in stack.requirements.open_ingress_ports
    subnets = network.tier(PUBLIC if internet_facing else PRIVATE).subnets
    _check(title, zones=len(subnets), idle_seconds=idle_seconds, logs=logs)
    group = network.group(f"{title}Group", f"load balancer {title}")
    resource = stack.add(
        elb.LoadBalancer(
            title,
            Name=stack.name(title, elb.LoadBalancer),
            Type="application",
            Scheme="internet-facing" if internet_facing else "internal",
            IpAddressType="ipv4",
            Subnets=subnets,
            SecurityGroups=[group.id],
            LoadBalancerAttributes=_attributes(stack, title, logs, idle_seconds),
            DependsOn=[_admit_logs(title, logs)],
        ),
        says=f"load balancer {title}",
    )
    for attribute, says in (
        ("DNSName", "DNS name"),
        ("CanonicalHostedZoneID", "Hosted zone id, for an alias record,"),
        ("LoadBalancerFullName", "Name, as in its metrics,"),
    ):
        stack.output(f"{title}{attribute}", GetAtt(resource, attribute), f"{says} of the load balancer {title}")
    listener = _https(stack, resource, _certificate(stack, title, certificate))
    if internet_facing:
        group.accepts_from_anywhere(port=HTTPS, says="Requests from everywhere over HTTPS")
        if HTTP in stack.requirements.open_ingress_ports:
            group.accepts_from_anywhere(port=HTTP, says="Requests from everywhere that are redirected to HTTPS")
            _redirect(stack, resource)
    made = LoadBalancer(stack, resource, group, listener, network, topic)
    alarm(
        topic,
        f"{title}Errors",
        says=f"{title} answers for its targets with errors",
        namespace="AWS/ApplicationELB",
        metric="HTTPCode_ELB_5XX_Count",
        dimensions={"LoadBalancer": made.full_name},
        threshold=ERRORS,
    )
    return made


def requested_certificate(stack: Stack, title: str, *, domain: str, zone_id: str | AWSHelperFn) -> AWSHelperFn:
    """ARN of a certificate that ACM issues and renews; its proof is a record in a hosted zone of this account.

    CloudFormation waits until it is issued, and writes the record.

    Args:
        domain: ``www.example.com``, or ``*.example.com``.
        zone_id: Id of the hosted zone that has it, ``Z0123456789ABCDEFGHIJ``.

    Raises:
        PropertyError: A domain that is none.

    Source: CloudFormation template reference, AWS::CertificateManager::Certificate; Security Hub control ACM.2.
    """
    if not DOMAIN.fullmatch(domain):
        raise PropertyError(title, "DomainName", found=domain, remedy="use a name such as www.example.com")
    option = certificatemanager.DomainValidationOption(DomainName=domain, HostedZoneId=zone_id)
    made = stack.add(
        certificatemanager.Certificate(
            title,
            DomainName=domain,
            ValidationMethod="DNS",
            DomainValidationOptions=[option],
            KeyAlgorithm="EC_prime256v1",
        ),
        says=f"certificate of {domain}",
    )
    return Ref(made)


def _certificate(stack: Stack, title: str, certificate: str | AWSHelperFn | None) -> str | AWSHelperFn:
    if certificate is None:
        return stack.parameter(
            Parameter(
                f"{title}CertificateArn",
                Type="String",
                AllowedPattern=CERTIFICATE,
                ConstraintDescription="the ARN of a certificate in ACM, arn:aws:acm:REGION:ACCOUNT:certificate/ID",
                Description=f"Certificate that {title} shows; ACM has it in the Region of the stack.",
            ),
            group="Load balancing",
            label="ARN of the certificate",
        )
    if not isinstance(certificate, str):
        return certificate
    if not CERTIFICATE_ID.fullmatch(certificate):
        remedy = "use the id of a certificate in ACM, the last part of its ARN, or leave it out to be asked for the ARN"
        raise PropertyError(title, "Certificates", found=certificate, remedy=remedy)
    return Sub(f"arn:${{AWS::Partition}}:acm:${{AWS::Region}}:${{AWS::AccountId}}:certificate/{certificate}")


def _https(stack: Stack, balancer: elb.LoadBalancer, certificate: str | AWSHelperFn) -> elb.Listener:
    nothing = elb.FixedResponseConfig(StatusCode="404", ContentType="text/plain", MessageBody="Not found")
    return stack.add(
        elb.Listener(
            f"{balancer.title}Https",
            LoadBalancerArn=Ref(balancer),
            Protocol="HTTPS",
            Port=HTTPS,
            SslPolicy=recommended(stack.requirements.tls_floor),
            Certificates=[elb.Certificate(CertificateArn=certificate)],
            DefaultActions=[elb.Action(Type="fixed-response", FixedResponseConfig=nothing)],
        ),
        says=f"HTTPS listener of {balancer.title}",
    )


def _redirect(stack: Stack, balancer: elb.LoadBalancer) -> None:
    to_https = elb.RedirectConfig(Protocol="HTTPS", Port=str(HTTPS), StatusCode="HTTP_301")
    stack.add(
        elb.Listener(
            f"{balancer.title}Http",
            LoadBalancerArn=Ref(balancer),
            Protocol="HTTP",
            Port=HTTP,
            DefaultActions=[elb.Action(Type="redirect", RedirectConfig=to_https)],
        ),
        says=f"listener of {balancer.title} that redirects to HTTPS",
    )


def _attributes(stack: Stack, title: str, logs: Bucket, idle_seconds: int) -> list[elb.LoadBalancerAttributes]:
    """Source: ELB API reference, LoadBalancerAttribute."""
    values = {
        "access_logs.s3.enabled": True,
        "access_logs.s3.bucket": Ref(logs.resource),
        "access_logs.s3.prefix": title,
        "deletion_protection.enabled": stack.requirements.deletion_protection,
        "idle_timeout.timeout_seconds": idle_seconds,
        "routing.http.desync_mitigation_mode": "strictest",
        "routing.http.drop_invalid_header_fields.enabled": True,
    }
    return [elb.LoadBalancerAttributes(Key=key, Value=_text(value)) for key, value in values.items()]


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


def _admit_logs(title: str, logs: Bucket) -> str:
    """Lets ELB write under the balancer's prefix; returns what the balancer waits for, as ELB tries it at once.

    Source: ELB user guide, "Enable access logs for your Application Load Balancer".
    """
    files: AWSHelperFn = Sub(f"${{{logs.title}.Arn}}/{title}/AWSLogs/${{AWS::AccountId}}/*")
    logs.admit(
        allow(
            [s3_actions.PutObject],
            on=files,
            to=service(LOG_DELIVERY),
            when=from_source(BALANCERS),
            sid=f"AccessLogsOf{title}",
        )
    )
    return f"{logs.title}Policy"


def _conditions(title: str, paths: Sequence[str], hosts: Sequence[str]) -> list[elb.Condition]:
    if len(paths) + len(hosts) > CONDITION_VALUES:
        found = f"{len(paths)} paths and {len(hosts)} hosts"
        remedy = f"use at most {CONDITION_VALUES} in all, or forward twice"
        raise PropertyError(f"{title}Rule", "Conditions", found=found, remedy=remedy)
    for path in paths:
        if not path.startswith("/"):
            raise PropertyError(f"{title}Rule", "Conditions", found=path, remedy=f"use /{path}")
    made = []
    if hosts:
        made.append(elb.Condition(Field="host-header", HostHeaderConfig=elb.HostHeaderConfig(Values=list(hosts))))
    if paths or not hosts:
        values = list(paths) or ["/*"]
        made.append(elb.Condition(Field="path-pattern", PathPatternConfig=elb.PathPatternConfig(Values=values)))
    return made


def _target_alarms(topic: Topic, target: TargetGroup, *, slow_seconds: float) -> None:
    dimensions = {
        "LoadBalancer": target.balancer.full_name,
        "TargetGroup": GetAtt(target.resource, "TargetGroupFullName"),
    }
    for ending, metric, statistic, threshold, says in (
        ("Errors", "HTTPCode_Target_5XX_Count", "Sum", ERRORS, "answers with errors"),
        ("Slow", "TargetResponseTime", SLOW_STATISTIC, slow_seconds, f"takes {slow_seconds:g} seconds to answer"),
        ("Unhealthy", "UnHealthyHostCount", "Maximum", 1, "has a target that takes no requests"),
    ):
        alarm(
            topic,
            f"{target.title}{ending}",
            says=f"{target.title} {says}",
            namespace="AWS/ApplicationELB",
            metric=metric,
            dimensions=dimensions,
            statistic=statistic,
            threshold=threshold,
        )


def _check(title: str, *, zones: int, idle_seconds: int, logs: Bucket) -> None:
    if zones < LEAST_ZONES:
        remedy = f"give the network {LEAST_ZONES} zones or more"
        raise PropertyError(title, "Subnets", found=f"{zones} zone", remedy=remedy)
    if idle_seconds not in IDLE_SECONDS:
        remedy = f"use {IDLE_SECONDS[0]} to {IDLE_SECONDS[-1]} seconds"
        raise PropertyError(title, "idle_timeout.timeout_seconds", found=idle_seconds, remedy=remedy)
    if logs.key:
        remedy = "use an access_log_bucket: ELB delivers to SSE-S3 alone"
        raise PropertyError(title, "access_logs.s3.bucket", found=f"{logs.title} with a KMS key", remedy=remedy)
