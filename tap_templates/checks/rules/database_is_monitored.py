"""E9704: every database has alarms on what it runs out of, every table on its throttled requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.alarms import Measure, Monitoring
from tap_templates.checks.databases import CLUSTER, INSTANCE
from tap_templates.checks.rule import Example, Rule, Verdict
from tap_templates.checks.values import as_text
from tap_templates.checks.view import Resource, View

LOAD = ("CPUUtilization", "DatabaseConnections")
SPACE = "FreeStorageSpace"  # Of an instance in a cluster, the cluster's volume grows by itself.
TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
THROTTLING = (("ReadThrottleEvents", "WriteThrottleEvents"), ("ThrottledRequests", "SystemErrors"))
TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    },
}


def _table(*metrics: str) -> dict[str, Any]:
    common = {
        "Namespace": "AWS/DynamoDB",
        "Dimensions": [{"Name": "TableName", "Value": {"Ref": "Orders"}}],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
    }
    alarms = {
        f"Orders{metric}": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": metric, **common}}
        for metric in metrics
    }
    return {"Resources": {"Orders": TABLE, **alarms}}


class DatabaseIsMonitored(Rule):
    """Instances: CPU, connections, and free storage unless they are in a cluster, whose own alarms count for them.

    Clusters without instances in the template: CPU and connections. Tables: reads and writes that were throttled, or
    throttled requests and errors of the service.
    """

    id = "E9704"
    shortdesc = "A database is monitored"
    description = "Each RDS instance or cluster and each DynamoDB table has alarms, in every case in which it exists."
    why = "A full disk or a used-up connection limit stops every client at once, and shows long before."
    fix = "add alarms on the database"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html"
    example = Example(failing=_table("ReadThrottleEvents"), passing=_table("ReadThrottleEvents", "WriteThrottleEvents"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each instance and each cluster for each metric, and each table."""
        monitoring = Monitoring(view)
        clusters = {instance.logical_id: _cluster(view, instance) for instance in view.of(INSTANCE)}
        for instance in view.of(INSTANCE):
            cluster = clusters[instance.logical_id]
            for name in LOAD if cluster else (*LOAD, SPACE):
                yield _instance(monitoring, instance, cluster, name)
        for alone in view.of(CLUSTER):
            if alone.logical_id not in clusters.values():
                for name in LOAD:
                    yield monitoring.verdict(alone, [[Measure("AWS/RDS", name, "DBClusterIdentifier")]])
        for table in view.of(*TABLES):
            options = [[Measure("AWS/DynamoDB", name, "TableName") for name in names] for names in THROTTLING]
            yield monitoring.verdict(table, options)


def _instance(monitoring: Monitoring, instance: Resource, cluster: str | None, name: str) -> Verdict:
    options = [[Measure("AWS/RDS", name, "DBInstanceIdentifier")]]
    if not cluster:
        return monitoring.verdict(instance, options)
    options.append([Measure("AWS/RDS", name, "DBClusterIdentifier")])
    return monitoring.verdict(instance, options, of=(instance.logical_id, cluster))


def _cluster(view: View, instance: Resource) -> str | None:
    """The cluster that an instance is in: its logical id, or the name of one that is not in the template."""
    for found in instance.get("DBClusterIdentifier"):
        if not found.is_missing:
            referred = view.referred(found.value)
            return referred.logical_id if referred else as_text(found.value)
    return None
