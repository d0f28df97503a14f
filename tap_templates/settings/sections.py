"""What single blueprints want to know besides: sections of the settings whose structure is fixed at generation."""

from __future__ import annotations

from typing import Literal, NamedTuple

Source = Literal["bucket", "queue"]
BUCKET: Source = "bucket"
QUEUE: Source = "queue"


class PipelineSettings(NamedTuple):
    """Where the events of ``event-pipeline`` come from: new objects of a bucket, or the messages of a queue."""

    source: Source = BUCKET
    prefix: str = ""  # Of the objects' keys that are events; all of them without one.


class TableSettings(NamedTuple):
    """A table of ``data-store``; its keys are attributes, with their kind where it is no string: ``placed:number``."""

    name: str
    partition: str = "id"
    sort: str | None = None
    expires: str | None = None
    stream: bool = False


class SecretSettings(NamedTuple):
    """A secret of ``data-store``: a generated password, beside a user name where there is one."""

    name: str
    username: str | None = None


class StoreSettings(NamedTuple):
    """All that ``data-store`` keeps."""

    tables: tuple[TableSettings, ...] = ()
    buckets: tuple[str, ...] = ()
    secrets: tuple[SecretSettings, ...] = ()


# Of settings that do not say.
DEFAULT_PIPELINE = PipelineSettings()
DEFAULT_STORE = StoreSettings((TableSettings("records"),), ("documents",), (SecretSettings("credentials"),))
