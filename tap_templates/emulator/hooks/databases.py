"""What RDS tells of a database, and subscriptions to its events, as on AWS.

ministack renders no log exports, no key of Performance Insights and, of an instance, no secret of the owner; and it has
no event subscriptions. Source: RDS API reference, DBInstance, DBCluster, CreateEventSubscription.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

NO_EXPORTS = "<EnabledCloudwatchLogsExports/>"
CHANGEABLE = ("SnsTopicArn", "SourceType")


def install() -> None:
    """Put the answers in the place of ministack's, and the actions that it lacks beside them."""
    from ministack.services import rds

    instance_xml, cluster_xml, reset = rds._instance_xml, rds._cluster_xml, rds.reset
    subscriptions = type(rds._instances)()

    def whole_instance_xml(instance: Any) -> str:
        return str(instance_xml(instance)).replace(NO_EXPORTS, _exports(instance) + _secret(instance) + _key(instance))

    def whole_cluster_xml(cluster: Any) -> str:
        return str(cluster_xml(cluster)) + _exports(cluster)

    def reset_all() -> None:
        reset()
        subscriptions.clear()

    rds._instance_xml, rds._cluster_xml, rds.reset = whole_instance_xml, whole_cluster_xml, reset_all
    rds._ACTION_MAP.update(_Subscriptions(rds, subscriptions).actions())


class _Subscriptions:
    """Event subscriptions of every account and Region."""

    def __init__(self, rds: Any, kept: Any) -> None:
        self.rds, self.kept = rds, kept

    def actions(self) -> dict[str, Any]:
        """Handlers by the names of their actions."""
        return {
            "AddSourceIdentifierToSubscription": self.add_source,
            "CreateEventSubscription": self.create,
            "DeleteEventSubscription": self.delete,
            "DescribeEventSubscriptions": self.describe,
            "ModifyEventSubscription": self.modify,
            "RemoveSourceIdentifierFromSubscription": self.remove_source,
        }

    def create(self, params: Any) -> Any:
        """A new subscription; its tags lie with all tags of RDS."""
        name = self.rds._p(params, "SubscriptionName")
        if name in self.kept:
            return self.rds._error("SubscriptionAlreadyExist", f"Subscription {name} already exists.", 400)
        self.kept[name] = {"CustSubscriptionId": name, "Enabled": "true"}
        self._change(name, params)
        self.rds._tags[_arn(name)] = self.rds._parse_tags(params)
        return self._answer("CreateEventSubscription", name)

    def modify(self, params: Any) -> Any:
        """What is said is changed, and nothing else."""
        name = self.rds._p(params, "SubscriptionName")
        if name not in self.kept:
            return self._absent(name)
        self._change(name, params)
        return self._answer("ModifyEventSubscription", name)

    def describe(self, params: Any) -> Any:
        """One, or all."""
        name = self.rds._p(params, "SubscriptionName")
        if name and name not in self.kept:
            return self._absent(name)
        found = [self.kept[name]] if name else list(self.kept.values())
        listed = "".join(f"<EventSubscription>{_subscription(each)}</EventSubscription>" for each in found)
        inner = f"<EventSubscriptionsList>{listed}</EventSubscriptionsList>"
        result = f"<DescribeEventSubscriptionsResult>{inner}</DescribeEventSubscriptionsResult>"
        return self.rds._xml(200, "DescribeEventSubscriptionsResponse", result)

    def delete(self, params: Any) -> Any:
        """The subscription goes, with its tags."""
        name = self.rds._p(params, "SubscriptionName")
        if name not in self.kept:
            return self._absent(name)
        answer = self._answer("DeleteEventSubscription", name)
        self.kept.pop(name)
        self.rds._tags.pop(_arn(name), None)
        return answer

    def add_source(self, params: Any) -> Any:
        """One more database whose events are told."""
        return self._sources(params, "AddSourceIdentifierToSubscription", lambda known, one: [*known, one])

    def remove_source(self, params: Any) -> Any:
        """One database fewer."""
        action = "RemoveSourceIdentifierFromSubscription"
        return self._sources(params, action, lambda known, one: [each for each in known if each != one])

    def _sources(self, params: Any, action: str, changed: Callable[[list[str], str], list[str]]) -> Any:
        name = self.rds._p(params, "SubscriptionName")
        if name not in self.kept:
            return self._absent(name)
        record = self.kept[name]
        record["SourceIdsList"] = changed(record.get("SourceIdsList", []), self.rds._p(params, "SourceIdentifier"))
        return self._answer(action, name)

    def _change(self, name: str, params: Any) -> None:
        record = self.kept[name]
        record.update({key: self.rds._p(params, key) for key in CHANGEABLE if self.rds._p(params, key)})
        if self.rds._p(params, "Enabled"):
            record["Enabled"] = self.rds._p(params, "Enabled")
        for key, prefix in (("SourceIdsList", "SourceIds"), ("EventCategoriesList", "EventCategories")):
            said = self.rds._parse_member_list(params, prefix)
            if said:
                record[key] = said

    def _answer(self, action: str, name: str) -> Any:
        inner = f"<EventSubscription>{_subscription(self.kept[name])}</EventSubscription>"
        return self.rds._xml(200, f"{action}Response", f"<{action}Result>{inner}</{action}Result>")

    def _absent(self, name: str) -> Any:
        return self.rds._error("SubscriptionNotFound", f"Subscription {name} not found.", 404)


def _subscription(record: Any) -> str:
    plain = "".join(f"<{key}>{escape(record.get(key, ''))}</{key}>" for key in ("CustSubscriptionId", *CHANGEABLE))
    sources = _members("SourceId", record.get("SourceIdsList", []))
    categories = _members("EventCategory", record.get("EventCategoriesList", []))
    return (
        f"{plain}<Enabled>{record['Enabled']}</Enabled><Status>active</Status>"
        f"<EventSubscriptionArn>{_arn(record['CustSubscriptionId'])}</EventSubscriptionArn>"
        f"<SourceIdsList>{sources}</SourceIdsList><EventCategoriesList>{categories}</EventCategoriesList>"
    )


def _arn(name: str) -> str:
    from ministack.core.responses import get_account_id, get_region

    return f"arn:aws:rds:{get_region()}:{get_account_id()}:es:{name}"


def _exports(record: Any) -> str:
    listed = _members("member", record.get("EnabledCloudwatchLogsExports") or [])
    return f"<EnabledCloudwatchLogsExports>{listed}</EnabledCloudwatchLogsExports>"


def _secret(record: Any) -> str:
    secret = record.get("MasterUserSecret")
    if not secret:
        return ""
    parts = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in secret.items())
    return f"<MasterUserSecret>{parts}</MasterUserSecret>"


def _key(record: Any) -> str:
    key = record.get("PerformanceInsightsKMSKeyId")
    return f"<PerformanceInsightsKMSKeyId>{escape(key)}</PerformanceInsightsKMSKeyId>" if key else ""


def _members(word: str, values: Any) -> str:
    return "".join(f"<{word}>{escape(str(value))}</{word}>" for value in values)
