"""How a resource type is made known to ministack's CloudFormation: whole, or as a repair of its own handler.

Handlers call the service's API with boto3, as root of the account and region of the stack, over HTTP. They
therefore run on a worker thread: on the event loop they would wait for themselves.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Properties = Mapping[str, Any]
Made = tuple[str, dict[str, str]]
"""Physical id (what Ref gives) and attributes (what GetAtt gives)."""

_clients: dict[tuple[str, str, str], Any] = {}
_clients_lock = threading.Lock()
_on_worker_thread: set[str] = set()


def aws(service: str) -> Any:
    """A boto3 client of this very server, as root of the account and region of the stack at work."""
    import boto3
    from botocore.config import Config
    from ministack.core.responses import get_account_id, get_region

    account, region = get_account_id(), get_region()
    with _clients_lock:  # creating clients is not thread-safe, using them is
        if (service, account, region) not in _clients:
            _clients[service, account, region] = boto3.client(
                service,
                endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
                region_name=region,
                aws_access_key_id=account,
                aws_secret_access_key="test",  # noqa: S106  ministack's fixed root secret
                config=Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=30),
            )
        return _clients[service, account, region]


def account_id() -> str:
    """The account of the stack at work."""
    from ministack.core.responses import get_account_id

    return str(get_account_id())


def region_name() -> str:
    """The region of the stack at work."""
    from ministack.core.responses import get_region

    return str(get_region())


def generated_name(stack_name: str, logical_id: str, *, maximum: int) -> str:
    """The name that CloudFormation gives when the template names none; the same for every update."""
    from ministack.services.cloudformation import provisioners

    return str(provisioners._physical_name(stack_name, logical_id, max_len=maximum))


@dataclass(frozen=True)
class Type:
    """A resource type that ministack lacks.

    ``replacing`` are the properties whose change needs a new resource, ``name`` the one that names it, ``tags``
    whether stack tags reach it (``list`` form).
    """

    name: str
    create: Callable[[str, Properties, str], Made]
    update: Callable[[str, Properties, Properties], dict[str, str]]
    delete: Callable[[str, Properties], None]
    replacing: tuple[str, ...] = ()
    named_by: str | None = None
    tags: bool = False


@dataclass(frozen=True)
class Repair:
    """Properties that ministack's handler of a type drops.

    ``apply(physical_id, old, new)`` runs after its create (``old`` is empty) and after its update in place;
    ``before_delete`` runs before its delete. Where ministack's Ref is not AWS's, ``ref`` makes AWS's from
    ministack's id and attributes, and ``own_id`` goes back. ``prepare`` makes what ministack's handler is given;
    ``attributes`` are what GetAtt gives besides, by the properties; ``attributes_of`` by the physical id.
    """

    name: str
    apply: Callable[[str, Properties, Properties], None] = lambda physical_id, old, new: None
    before_delete: Callable[[str, Properties], None] | None = None
    ref: Callable[[str, dict[str, str]], str] | None = None
    own_id: Callable[[str], str] = str
    prepare: Callable[[Properties], Properties] = dict
    attributes: Callable[[Properties], dict[str, str]] = lambda props: {}
    attributes_of: Callable[[str], dict[str, str]] = lambda physical_id: {}
    replacing: tuple[str, ...] | None = None
    tags: bool = False


def register(*entries: Type | Repair) -> None:
    """Make each entry known; a type that ministack has by now, or has no more, is an error at start."""
    from ministack.services.cloudformation import provisioners

    for entry in entries:
        handlers = provisioners._RESOURCE_HANDLERS
        if isinstance(entry, Type):
            if entry.name in handlers:
                raise SystemExit(f"{entry.name}: ministack handles this type itself; remove it from the launcher")
            handlers[entry.name] = _handler_of(entry)
            provisioners._REPLACING_PROPERTIES[entry.name] = entry.replacing
            if entry.named_by:
                provisioners._CUSTOM_NAME_REPLACEMENT[entry.name] = {"name": entry.named_by}
        else:
            handlers[entry.name] = _repaired(entry, handlers[entry.name])
            if entry.replacing is not None:
                provisioners._REPLACING_PROPERTIES.setdefault(entry.name, entry.replacing)
        if entry.tags:
            provisioners._STACK_TAG_PROPERTY.setdefault(entry.name, ("Tags", "list"))
        _on_worker_thread.add(entry.name)
    _run_on_worker_threads()


def _run_on_worker_threads() -> None:
    from ministack.services.cloudformation import stacks

    if getattr(stacks._runs_on_worker_thread, "ours", False):
        return
    original = stacks._runs_on_worker_thread

    def runs_on_worker_thread(resource_type: str) -> bool:
        return resource_type in _on_worker_thread or bool(original(resource_type))

    runs_on_worker_thread.ours = True  # type: ignore[attr-defined]
    stacks._runs_on_worker_thread = runs_on_worker_thread


def _handler_of(entry: Type) -> dict[str, Any]:
    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Made:
        return physical_id, entry.update(physical_id, old, new)

    return {"create": entry.create, "update": update, "delete": entry.delete}


def _repaired(repair: Repair, original: dict[str, Any]) -> dict[str, Any]:
    """ministack's handler with the repair behind it; what it made is removed when the repair fails."""

    def known_as(made: Made, props: Properties) -> Made:
        attributes = {**made[1], **repair.attributes(props), **repair.attributes_of(made[0])}
        return repair.ref(*made) if repair.ref else made[0], attributes

    def create(logical_id: str, props: Properties, stack_name: str) -> Made:
        made = original["create"](logical_id, repair.prepare(props), stack_name)
        try:
            repair.apply(made[0], {}, props)
        except Exception:
            original["delete"](made[0], props)
            raise
        return known_as(made, props)

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str = "") -> Made:
        own_id = repair.own_id(physical_id)
        with_id = (logical_id,) if original.get("update_with_logical_id") else ()
        made = original["update"](own_id, repair.prepare(old), repair.prepare(new), stack_name, *with_id)
        repair.apply(made[0], old if made[0] == own_id else {}, new)
        return known_as(made, new)

    def delete(physical_id: str, props: Properties, *logical_id: str) -> None:
        own_id = repair.own_id(physical_id)
        if repair.before_delete:
            repair.before_delete(own_id, props)
        original["delete"](own_id, props, *logical_id)

    return {**original, "create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def changed_tags(old: Properties, new: Properties) -> tuple[list[str], list[dict[str, str]]]:
    """Keys that the template dropped, and the tags to set."""
    wanted = [{"Key": str(tag["Key"]), "Value": str(tag["Value"])} for tag in new.get("Tags") or []]
    keys = {tag["Key"] for tag in wanted}
    return [str(tag["Key"]) for tag in old.get("Tags") or [] if tag["Key"] not in keys], wanted


def as_bool(value: object) -> bool:
    """A template's boolean, which may be the word."""
    return str(value).lower() == "true"
