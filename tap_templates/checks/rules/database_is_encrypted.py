"""E9107: every database is encrypted at rest."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.databases import CLUSTERS, INSTANCE, inherits, standing_alone
from tap_templates.checks.keys import CustomerKeyRule
from tap_templates.checks.rule import HOLDS, Example, Verdict, verdict
from tap_templates.checks.values import is_on
from tap_templates.checks.view import Found, Resource, View

INSTANCE_SOURCES = ("DBSnapshotIdentifier", "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier")
CLUSTER_SOURCES = ("SnapshotIdentifier", "SourceDBClusterIdentifier")
SOURCE = "what it is made from decides; restore from an encrypted source, and set StorageEncrypted to true"


class DatabaseIsEncrypted(CustomerKeyRule):
    """StorageEncrypted of instances and clusters; instances of a cluster are encrypted as their cluster is.

    What is made from a snapshot or another database takes over its encryption, which only AWS knows, unless the
    source stands in the same template.

    Source: CloudFormation template reference, AWS::RDS::DBInstance and AWS::RDS::DBCluster, StorageEncrypted.
    """

    id = "E9107"
    shortdesc = "A database is encrypted"
    description = "StorageEncrypted is true; KmsKeyId is a customer managed key where the requirement lists databases."
    why = "RDS does not encrypt by itself, and an unencrypted database can only be replaced, not encrypted later."
    fix = "set StorageEncrypted to true"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html"
    service = "databases"
    example = Example(
        failing={
            "Resources": {
                "Orders": {
                    "Type": "AWS::RDS::DBCluster",
                    "Properties": {
                        "Engine": "aurora-postgresql",
                        "ManageMasterUserPassword": True,
                        "MasterUsername": "o",
                    },
                }
            }
        },
        passing={
            "Resources": {
                "Orders": {
                    "Type": "AWS::RDS::DBCluster",
                    "Properties": {
                        "Engine": "aurora-postgresql",
                        "ManageMasterUserPassword": True,
                        "MasterUsername": "o",
                        "StorageEncrypted": True,
                    },
                }
            }
        },
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Whether each database is encrypted, and with which key."""
        for instance in view.of(INSTANCE):
            for alone in standing_alone(instance):
                yield from self._judge(instance, alone, INSTANCE_SOURCES)
        for cluster in view.of(*CLUSTERS):
            yield from self._judge(cluster, Found(cluster.at(), None, cluster.scenario), CLUSTER_SOURCES)

    def _judge(self, database: Resource, alone: Found, sources: tuple[str, ...]) -> Iterator[Verdict]:
        for found in database.get("StorageEncrypted", alone.when):
            source = inherits(database, sources, found.when)
            if source is None:
                accepted = None if found.is_unknown else is_on(found.value)
                yield verdict(found, accepted, self.fix)
                if accepted and self.needs_customer_key:
                    yield from (self.judge_key(database, key) for key in database.get("KmsKeyId", found.when))
            elif database.view.referred(source.value) is None:
                yield verdict(source, None, SOURCE)
            else:
                yield Verdict(HOLDS, source.path, source.value, "as its source, which is judged by itself")
