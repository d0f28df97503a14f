"""Whether an endpoint is an embedded AWS, so that its known gaps are expected there and nowhere else."""

from __future__ import annotations

import json
import urllib.request
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANSWER_TIMEOUT_SECONDS = 2.0


def is_embedded_aws(endpoint_url: str | None) -> bool:
    """True when a server of this machine answers at ``endpoint_url`` as the embedded AWS does."""
    if endpoint_url is None or urlsplit(endpoint_url).hostname not in LOOPBACK:
        return False
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint_url.rstrip('/')}/_ministack/health", timeout=ANSWER_TIMEOUT_SECONDS) as answer:
            return "services" in json.loads(answer.read())
    except (OSError, ValueError):
        return False
