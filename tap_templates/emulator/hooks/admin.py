"""Admin routes beside ministack's own: make an access key older, save the state, say which process this is."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from tap_templates.emulator.hooks.access_keys import DATE_FORMAT, LAST_USED

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
PREFIX = "/_tap_templates/"


def install() -> None:
    """Answer the routes in front of ministack's application."""
    from ministack import app

    serve = app.app

    async def with_admin(scope: Scope, receive: Receive, send: Send) -> None:
        route = scope["path"].removeprefix(PREFIX) if scope["type"] == "http" else ""
        if route in ROUTES and scope["path"].startswith(PREFIX):
            status, text = ROUTES[route](json.loads(await _body(receive) or b"{}"))
            await send({"type": "http.response.start", "status": status, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body", "body": text.encode()})
        else:
            await serve(scope, receive, send)

    app.app = with_admin


def age_access_key(request: dict[str, Any]) -> tuple[int, str]:
    """Set the key's CreateDate to ``days`` ago, and its last use back by as much; HTTP status and text."""
    from ministack.services import iam

    key = iam._access_keys.get_scoped(request["account"], None, request["key_id"])
    if key is None or key["UserName"] != request["user"]:
        return 404, f"user {request['user']} has no such key"
    age = timedelta(days=request["days"])
    created = datetime.now(timezone.utc) - age
    key["CreateDate"] = created.strftime(DATE_FORMAT)
    if LAST_USED in key:
        when, *where = key[LAST_USED]
        key[LAST_USED] = ((datetime.strptime(when, DATE_FORMAT) - age).strftime(DATE_FORMAT), *where)
    return 200, "aged"


def save(request: dict[str, Any]) -> tuple[int, str]:
    """Write the state to the state folder, as at the end; nothing when there is none."""
    from ministack import app
    from ministack.core import persistence

    persistence.save_all(app._build_persistence_save_dict())
    return 200, "saved"


def server(request: dict[str, Any]) -> tuple[int, str]:
    """The process, so that whoever finds an old record of it can tell whether this is it."""
    return 200, json.dumps({"pid": os.getpid()})


ROUTES: dict[str, Callable[[dict[str, Any]], tuple[int, str]]] = {
    "age-access-key": age_access_key,
    "save": save,
    "server": server,
}


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body
