"""E9603: every database keeps backups as long as required."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.databases import CLUSTERS, of_its_own
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_at_least
from tap_templates.checks.view import View


def _cluster(**properties: Any) -> dict[str, Any]:
    login = {"Engine": "aurora-postgresql", "ManageMasterUserPassword": True, "MasterUsername": "owner"}
    return {"Resources": {"Orders": {"Type": "AWS::RDS::DBCluster", "Properties": {**login, **properties}}}}


class DatabaseKeepsBackups(Rule):
    """BackupRetentionPeriod is at least what is required. Replicas and instances of clusters are not judged."""

    id = "E9603"
    shortdesc = "A database keeps backups"
    description = "BackupRetentionPeriod of each database is at least requirements.backup_retention_days."
    why = "CloudFormation keeps backups for one day where nothing is said: a loss on Friday is final on Monday."
    fix = "set BackupRetentionPeriod"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"
    demands = ("backup_retention_days",)
    example = Example(failing=_cluster(), passing=_cluster(BackupRetentionPeriod=7))

    def judge(self, view: View) -> Iterator[Verdict]:
        """The days of each database."""
        days = self.demand("backup_retention_days")
        if not days:
            return
        remedy = f"set BackupRetentionPeriod to {days} or more days (requirement backup_retention_days: {days})"
        for database, when in of_its_own(view, *CLUSTERS):
            for found in database.get("BackupRetentionPeriod", when):
                yield verdict(found, is_at_least(view, found.value, days), remedy)
