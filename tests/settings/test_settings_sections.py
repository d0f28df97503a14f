"""The sections of single blueprints: what they say by default, and what each fault in them is told as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tap_templates.errors import SettingsError
from tap_templates.settings import Settings
from tap_templates.settings.file import load
from tap_templates.settings.sections import PipelineSettings, SecretSettings, StoreSettings, TableSettings

ALIKE = "use names that differ in more than hyphens"
KEYS = r"use text that matches ^[A-Za-z_][A-Za-z0-9_]{0,254}(:(string|number|binary))?$"


def test_defaults() -> None:
    """Objects of a bucket are the events; the store keeps one of each."""
    settings = Settings()

    assert settings.pipeline == PipelineSettings("bucket", "")
    assert settings.data_store == StoreSettings(
        (TableSettings("records"),), ("documents",), (SecretSettings("credentials"),)
    )


def test_section_of_the_store_says_all_there_is() -> None:
    """What it leaves out is not there, and the defaults do not join it."""
    settings = Settings(data_store={"tables": [{"name": "orders", "sort": "placed:number", "stream": True}]})

    assert settings.data_store == StoreSettings((TableSettings("orders", "id", "placed:number", None, True),), (), ())
    assert Settings(data_store=settings.data_store).data_store == settings.data_store


def test_sections_of_a_file(write_settings: Callable[[str], str]) -> None:
    """An environment is laid over them key by key."""
    path = write_settings(
        """
        version: 1
        pipeline: {source: queue}
        data_store:
          buckets: [invoices]
          secrets: [{name: database, username: app}]
        environments:
          dev: {}
          prod:
            data_store: {buckets: [invoices, reports]}
        """
    )

    assert load(path, "dev").pipeline == PipelineSettings("queue")
    assert load(path, "dev").data_store == StoreSettings((), ("invoices",), (SecretSettings("database", "app"),))
    assert load(path, "prod").data_store.buckets == ("invoices", "reports")
    assert load(path, "prod").data_store.secrets == (SecretSettings("database", "app"),)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pipeline": {"source": "topic"}}, "pipeline.source: found 'topic'; use bucket or queue"),
        ({"pipeline": {"source": "quene"}}, "found 'quene'; use bucket or queue (did you mean queue?)"),
        ({"pipeline": {"prefix": "a*/"}}, "pipeline.prefix: found 'a*/'; use text that matches"),
        (
            {"pipeline": {"source": "queue", "prefix": "in/"}},
            "pipeline.prefix: found 'in/'; leave it out: messages have no key; or use source: bucket",
        ),
        ({"pipeline": {"sauce": "queue"}}, "found an unknown key 'sauce'; use one of source, prefix"),
        ({"pipeline": "queue"}, "pipeline: found 'queue'; use a mapping of keys to values"),
        ({"data_store": {}}, "data_store: found 'nothing to store'; name at least one of tables, buckets, secrets"),
        ({"data_store": {"buckets": "invoices"}}, "data_store.buckets: found 'invoices'; use a list"),
        ({"data_store": {"buckets": ["Invoices"]}}, "data_store.buckets.0: found 'Invoices'; use text that matches"),
        ({"data_store": {"buckets": ["a", "b", "a"]}}, f"data_store.buckets.2: found 'a' twice; {ALIKE}"),
        ({"data_store": {"buckets": ["thirteen-long"]}}, "found 'thirteen-long'; use at most 12 characters"),
        ({"data_store": {"tables": [{"partition": "id"}]}}, "data_store.tables.0.name: found nothing; say it"),
        ({"data_store": {"tables": [{"name": "a", "sort": "b:num"}]}}, f"tables.0.sort: found 'b:num'; {KEYS}"),
        (
            {"data_store": {"tables": [{"name": "a", "partition": "k", "sort": "k:number"}]}},
            "data_store.tables.0.sort: found 'k:number'; use another attribute than that of the partition key",
        ),
        (
            {"data_store": {"tables": [{"name": "a-1"}, {"name": "a1"}]}},
            f"data_store.tables.1.name: found 'a1' beside 'a-1'; {ALIKE}",
        ),
        (
            {"data_store": {"secrets": [{"name": "db-r2"}]}},
            "data_store.secrets.0.name: found 'db-r2'; use a name without an ending such as -r2",
        ),
    ],
)
def test_fault_is_told_with_its_place_and_remedy(given: dict[str, Any], said: str) -> None:
    """Each as a person can mend it."""
    with pytest.raises(SettingsError) as caught:
        Settings(**given)

    assert said in str(caught.value)


def test_faults_of_both_sections_come_in_one_run(write_settings: Callable[[str], str]) -> None:
    """With the lines of the file."""
    path = write_settings(
        """
        version: 1
        pipeline:
          source: queue
          prefix: in/
        data_store:
          buckets: [a, a]
          tables: 3
        """
    )

    with pytest.raises(SettingsError) as caught:
        load(path)

    lines = [problem.removeprefix(f"{path}:").partition(": found")[0] for problem in caught.value.problems]
    assert lines == ["5: pipeline.prefix", "7: data_store.buckets.1", "8: data_store.tables"]
