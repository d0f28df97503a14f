"""Every template that is known to be good, with what was demanded of it: the gallery, examples, each component."""

from __future__ import annotations

import io
import json
import runpy
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from support.component_samples import asked, fixed
from support.database_samples import both
from support.gallery import gallery
from support.network_samples import WEB, with_everything

from tap_templates.blueprints import BLUEPRINTS, build
from tap_templates.checks.engine import configuration, read
from tap_templates.checks.rule import Rule
from tap_templates.components.access_keys import access_key_rotation
from tap_templates.components.alarms import alarm_topic, cis_monitoring
from tap_templates.components.audit import audit_trail
from tap_templates.components.dashboard import dashboard
from tap_templates.components.events import bus
from tap_templates.components.functions import function
from tap_templates.components.functions.triggers import every, follow, on_new_objects
from tap_templates.components.identity import people, permissions_boundary
from tap_templates.components.logs import log_group
from tap_templates.components.queues import queue
from tap_templates.components.secrets import generated_secret, parameter
from tap_templates.components.storage import access_log_bucket, data_bucket
from tap_templates.components.tables import table
from tap_templates.components.topics import Topic, topic
from tap_templates.requirements import Requirements
from tap_templates.settings import Settings
from tap_templates.settings.file import load
from tap_templates.stack import Stack

ROOT = Path(__file__).parents[2]
KEYS = ["logs", "queues", "secrets", "tables", "topics"]
SOURCE = "def handler(event, context): ..."


class Good(NamedTuple):
    """A template without findings, and the demands that it meets."""

    template: Mapping[str, Any]
    requirements: Requirements

    def configured(self, rule: Rule) -> Rule:
        """A rule with these demands."""
        made = type(rule)()
        made.configure(configuration(self.requirements).get(rule.id))
        return made


def _function(stack: Stack, alarms: Topic) -> None:
    made = function(stack, "Work", topic=alarms, source=SOURCE, description="Does nothing")
    every(made, "rate(1 day)", title="Daily", says="daily run")
    orders = table(stack, "Orders", topic=alarms, partition=("id", "string"), stream="NEW_IMAGE")
    follow(made, orders)
    on_new_objects(made, data_bucket(stack, "Files", access_logs=access_log_bucket(stack)), topic=alarms)


def _people(stack: Stack, alarms: Topic) -> None:
    everyone = people(stack, stack.settings.groups, stack.settings.users)
    access_key_rotation(stack, groups=list(everyone.groups.values()), topic=alarms)


def _bus(stack: Stack, alarms: Topic) -> None:
    orders = queue(stack, "Orders", topic=alarms, says="orders")
    bus(stack, "Shop", topic=alarms).route("Placed", {"source": ["shop"]}, orders, says="orders that were placed")


def _trail(stack: Stack, alarms: Topic) -> None:
    logs = access_log_bucket(stack)
    made = audit_trail(stack, access_logs=logs, watched=[data_bucket(stack, "Data", access_logs=logs)])
    cis_monitoring(alarms, made.log_group)


def _secrets(stack: Stack, alarms: Topic) -> None:
    password = generated_secret(stack, "Password", description="Password of the shop")
    password.rotate(function(stack, "Rotator", topic=alarms, source=SOURCE, description="Replaces the password"))
    parameter(stack, "Level", "1", description="How much is written to the log")


def _topic(stack: Stack, alarms: Topic) -> None:
    news = topic(stack, "News", says="topic for news")
    news.deliver(queue(stack, "Readers", topic=alarms, says="readers"))
    files = data_bucket(stack, "Files", access_logs=access_log_bucket(stack))
    news.accept("s3.amazonaws.com", source=files.arn, title="Files")


COMPONENTS: dict[str, Callable[[Stack, Topic], object]] = {
    "buckets": lambda stack, _: data_bucket(stack, "Data", access_logs=access_log_bucket(stack)),
    "bus": _bus,
    "dashboard": lambda stack, _: dashboard(stack),
    "function": _function,
    "log group": lambda stack, _: log_group(stack, "AppLog", says="log group of the application"),
    "people": _people,
    "secrets": _secrets,
    "table": lambda stack, alarms: table(stack, "Orders", topic=alarms, partition=("id", "string")),
    "topic": _topic,
    "trail": _trail,
}


def _built(stack: Stack) -> Good:
    return Good(json.loads(stack.to_json()), stack.requirements)


def _component(name: str, **settings: Any) -> Good:
    """A stack of one component, with the topic that its alarms tell."""
    stack = Stack(fixed(**settings), description=f"A stack with {name}")
    permissions_boundary(stack)
    COMPONENTS[name](stack, alarm_topic(stack))
    return _built(stack)


def _printed(program: Path) -> Good:
    """What an example program prints."""
    with redirect_stdout(io.StringIO()) as text:
        runpy.run_path(str(program))
    return Good(json.loads(text.getvalue()), Requirements())


def _written(file: Path) -> Good:
    """A template file, with the demands of the settings beside it."""
    settings = file.with_name("tap.yaml")
    return Good(read(str(file)).template, load(str(settings)).requirements if settings.exists() else Requirements())


@cache
def good_templates() -> Mapping[str, Good]:
    """By their names."""
    found = {piece.name: Good(piece.template, piece.requirements) for piece in gallery()}
    found |= {f"{name}.json": _written(ROOT / "templates" / f"{name}.json") for name in BLUEPRINTS}
    for path in sorted((ROOT / "examples").glob("*/stack.py")):
        found[f"{path.parent.name}/{path.name}"] = _printed(path)
    for path in sorted((ROOT / "examples" / "failures").glob("F*/after*.yaml")):
        found[f"{path.parent.name}/{path.name}"] = _written(path)
    for environment in ("dev", "prod"):
        settings = load(str(ROOT / "examples" / "payments" / "tap.yaml"), environment)
        found[f"payments {environment}"] = _built(build("secure-enterprise", settings))
    for bucket, trail in (("aws:kms", "aws:kms"), ("any", "aws:kms")):
        found[f"asked {bucket} {trail}"] = _built(build("secure-enterprise", asked(bucket=bucket, trail=trail)))
        found[f"fixed {bucket} {trail}"] = _built(build("secure-enterprise", fixed(bucket=bucket, trail=trail)))
    for name in COMPONENTS:
        found[name] = _component(name)
        found[f"{name} with keys"] = _component(name, bucket="aws:kms", requirements={"customer_managed_keys": KEYS})
    found["databases fixed"] = _built(both(fixed(), language="mysql")[0].stack)
    found["network"] = _built(with_everything(fixed(**WEB)).stack)
    found["network asked"] = _built(with_everything(Settings(**WEB), cidr=None).stack)
    return found
