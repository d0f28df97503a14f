"""Loopback counts as TLS: a policy that denies plain HTTP would otherwise deny every request to the server.

A request that is to be plain says so: ``X-Forwarded-Proto: http``. Served over real TLS, clients inside deployed
functions would need to trust a certificate of the server's own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

PLAIN = (b"x-forwarded-proto", b"http")
_declared_plain: ContextVar[bool] = ContextVar("declared_plain", default=False)


def install() -> None:
    """Decide ``aws:SecureTransport`` by what the request declares."""
    from ministack import app

    serve, pin = app.app, app.pin_request_origin

    async def noting_transport(
        scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        _declared_plain.set(PLAIN in [(name.lower(), value) for name, value in scope.get("headers", [])])
        await serve(scope, receive, send)

    def pin_secure(address: str, secure: bool) -> None:
        pin(address, secure or not _declared_plain.get())

    app.app, app.pin_request_origin = noting_transport, pin_secure
