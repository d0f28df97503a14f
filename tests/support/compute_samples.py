"""Groups of instances that the tests of the component share."""

from __future__ import annotations

from typing import Any

from support.network_samples import a_stack

from tap_templates.components.balancing import LoadBalancer, TargetGroup, load_balancer
from tap_templates.components.compute import AutoScalingGroup, auto_scaling_group
from tap_templates.components.network import Network, network
from tap_templates.components.storage import access_log_bucket
from tap_templates.components.topics import Topic
from tap_templates.settings import Settings
from tap_templates.stack import Stack

CERTIFICATE = "0a1b2c3d-0000-4000-8000-0123456789ab"
NGINX: dict[str, Any] = {
    "packages": ["nginx"],
    "start": "systemctl enable --now nginx",
    "log_files": ["/var/log/nginx/error.log"],
}


def a_place(settings: Settings | None = None, **given: Any) -> tuple[Stack, Topic, Network]:
    """A stack with a network, and the topic of its alarms."""
    stack, topic = a_stack(settings)
    return stack, topic, network(stack, topic=topic, **given)


def a_balancer(stack: Stack, topic: Topic, net: Network) -> LoadBalancer:
    """A load balancer without anything behind it."""
    return load_balancer(stack, "Web", network=net, topic=topic, logs=access_log_bucket(stack), certificate=CERTIFICATE)


def a_site(stack: Stack, topic: Topic, net: Network, **given: Any) -> TargetGroup:
    """Targets behind a load balancer of their own."""
    servers = net.group("Servers", "servers of the site")
    return a_balancer(stack, topic, net).forward("Site", **{"to": servers, "port": 8080, **given})


def workers(settings: Settings | None = None, **given: Any) -> AutoScalingGroup:
    """Instances with nothing in front of them."""
    stack, topic, net = a_place(settings)
    return auto_scaling_group(stack, "App", network=net, topic=topic, **given)


def servers(settings: Settings | None = None, **given: Any) -> AutoScalingGroup:
    """Instances behind a load balancer."""
    stack, topic, net = a_place(settings)
    site = a_site(stack, topic, net)
    return auto_scaling_group(stack, "App", network=net, topic=topic, behind=site, **{**NGINX, **given})
