"""The sections ``pipeline`` and ``data_store`` of the settings: what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pydantic

from tap_templates.settings.named import Locate, alike, names
from tap_templates.settings.sections import (
    BUCKET,
    DEFAULT_PIPELINE,
    QUEUE,
    PipelineSettings,
    SecretSettings,
    Source,
    StoreSettings,
    TableSettings,
)

STRICT = pydantic.ConfigDict(strict=True, extra="forbid")
# The longest name of a bucket has room for these between the longest project and its own ending.
StoredName = Annotated[str, pydantic.StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=12)]
# DynamoDB developer guide, naming rules: attribute names of keys take up to 255 characters; these need no escape.
ATTRIBUTE = r"[A-Za-z_][A-Za-z0-9_]{0,254}"
Attribute = Annotated[str, pydantic.StringConstraints(pattern=f"^{ATTRIBUTE}$")]
KeyAttribute = Annotated[str, pydantic.StringConstraints(pattern=f"^{ATTRIBUTE}(:(string|number|binary))?$")]
# Amazon S3 user guide, "Naming Amazon S3 objects": the safe characters, and = of partitions; * would be a wildcard.
Prefix = Annotated[str, pydantic.StringConstraints(pattern=r"^[A-Za-z0-9!_.'()/=-]*$", max_length=512)]
Username = Annotated[str, pydantic.StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.@-]*$", max_length=64)]


class PipelineModel(pydantic.BaseModel):
    """Where the events of ``event-pipeline`` come from."""

    model_config = STRICT
    source: Source = pydantic.Field(
        DEFAULT_PIPELINE.source, description="New objects of a bucket, or the messages of a queue."
    )
    prefix: Prefix = pydantic.Field(
        DEFAULT_PIPELINE.prefix, description="Of the keys of the objects that are events; all of them without one."
    )


class TableModel(pydantic.BaseModel):
    """A table, its keys, and what it does besides."""

    model_config = STRICT
    name: StoredName
    partition: KeyAttribute = pydantic.Field("id", description="Attribute of the partition key: id, or id:number.")
    sort: KeyAttribute | None = pydantic.Field(None, description="Attribute of the sort key: placed:number.")
    expires: Attribute | None = pydantic.Field(None, description="Attribute with the second an item may go after.")
    stream: bool = pydantic.Field(False, description="Whether its changes can be followed.")


class SecretModel(pydantic.BaseModel):
    """A generated password."""

    model_config = STRICT
    name: StoredName
    username: Username | None = pydantic.Field(None, description="Makes it a JSON object with username and password.")


class StoreModel(pydantic.BaseModel):
    """All that ``data-store`` keeps; what is left out is not there."""

    model_config = STRICT
    tables: list[TableModel] = pydantic.Field([], description="Tables of DynamoDB.")
    buckets: list[StoredName] = pydantic.Field([], description="Names of buckets.")
    secrets: list[SecretModel] = pydantic.Field([], description="Secrets that AWS makes up.")


def sections(model: Mapping[str, Any]) -> dict[str, Any]:
    """The sections that there are, of settings that the models accepted."""
    accepted: dict[str, Any] = {}
    if "pipeline" in model:
        accepted["pipeline"] = PipelineSettings(**model["pipeline"])
    if "data_store" in model:
        store = model["data_store"]
        accepted["data_store"] = StoreSettings(
            tuple(TableSettings(**table) for table in store["tables"]),
            tuple(store["buckets"]),
            tuple(SecretSettings(**secret) for secret in store["secrets"]),
        )
    return accepted


def contradictions(model: Mapping[str, Any]) -> list[tuple[list[str | int], object, str]]:
    """What has the right shape and makes no sense: its path, what was found, and what to do."""
    found: list[tuple[list[str | int], object, str]] = []
    pipeline = model.get("pipeline", {})
    if pipeline.get("prefix") and pipeline.get("source") == QUEUE:
        remedy = f"leave it out: messages have no key; or use source: {BUCKET}"
        found.append((["pipeline", "prefix"], pipeline["prefix"], remedy))
    store = model.get("data_store")
    if store is not None and not any(store.values()):
        remedy = "name at least one of tables, buckets, secrets; leave the section out for one of each"
        found.append((["data_store"], "nothing to store", remedy))
    for index, table in enumerate((store or {}).get("tables", [])):
        partition = table["partition"].partition(":")[0]
        if table.get("sort", "").partition(":")[0] == partition:
            remedy = "use another attribute than that of the partition key"
            found.append((["data_store", "tables", index, "sort"], table["sort"], remedy))
    return found


def alike_in_store(data: Mapping[str, Any], locate: Locate) -> list[str]:
    """Names of what is stored that come twice or cannot be told apart."""
    store = data.get("data_store")
    if not isinstance(store, dict):
        return []
    problems = []
    for kind in ("tables", "secrets"):
        problems += alike([(["data_store", kind, index, "name"], name) for index, name in names(store, kind)], locate)
    buckets = store.get("buckets")
    listed = enumerate(buckets if isinstance(buckets, list) else [])
    named: list[tuple[list[str | int], str]] = [
        (["data_store", "buckets", index], name) for index, name in listed if isinstance(name, str)
    ]
    return problems + alike(named, locate)
