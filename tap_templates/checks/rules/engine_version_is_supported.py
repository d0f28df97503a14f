"""E9802: every database engine is in a version that AWS supports without extra charge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.databases import CLUSTER, INSTANCE
from tap_templates.checks.dated import DatedRule
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Verdict
from tap_templates.checks.values import is_dynamic
from tap_templates.checks.view import Found, Resource, View
from tap_templates.data.engine_versions import engines, newest_version, supported_until


def _database(version: str) -> dict[str, Any]:
    properties = {
        "Engine": "postgres",
        "EngineVersion": version,
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20",
        "ManageMasterUserPassword": True,
        "MasterUsername": "owner",
    }
    return {"Resources": {"Orders": {"Type": INSTANCE, "Properties": properties}}}


class EngineVersionIsSupported(DatedRule):
    """Major versions of RDS and Aurora by a dated table; an engine or version that it does not have cannot be told.

    Where no version is given AWS takes its default, which is supported.
    """

    id = "E9802"
    shortdesc = "An engine version is supported"
    description = "The major version of each RDS or Aurora engine is in standard support on the day of the check."
    why = "After standard support AWS enrols the database in a paid one, and in the end upgrades it by itself."
    fix = "use a major version in standard support"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html"
    example = Example(failing=_database("12.19"), passing=_database("17.6"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each version that can come with each engine."""
        for database in view.of(INSTANCE, CLUSTER):
            for engine in database.get("Engine"):
                yield from self._versions(database, engine)

    def _versions(self, database: Resource, engine: Found) -> Iterator[Verdict]:
        for version in database.get("EngineVersion", engine.when):
            path, value = version.path, version.value
            if version.is_missing:
                yield Verdict(HOLDS, path, value)
            elif version.is_unknown or is_dynamic(value):
                yield Verdict(CANNOT_TELL, path, value, self.fix)
            else:
                yield self._verdict(engine, version)

    def _verdict(self, engine: Found, version: Found) -> Verdict:
        path, value = version.path, version.value
        name = engine.value if isinstance(engine.value, str) else ""
        last = supported_until(name, str(value))
        if last is None:
            remedy = f"look up until when this version of {name or 'the engine'} is supported: the table has not got it"
            return Verdict(CANNOT_TELL, path, value, remedy)
        newest = f", {newest_version(name)} for instance" if name in engines() else ""
        return Verdict(HOLDS if self.on <= last else FAILS, path, value, f"supported until {last}: {self.fix}{newest}")
