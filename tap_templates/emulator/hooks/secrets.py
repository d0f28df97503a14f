"""A version of a secret is written once: the same ClientRequestToken with another value is refused, as on AWS.

ministack overwrites it, so that a rotation function that is not idempotent would look as if it were. Source: API
reference, PutSecretValue, ClientRequestToken.
"""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Put the refusal in front of ministack's handler."""
    from ministack.core.responses import error_response_json
    from ministack.services import secretsmanager

    put = secretsmanager._put_secret_value

    def put_once(data: Any) -> Any:
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        version = (secret or {}).get("Versions", {}).get(data.get("ClientRequestToken"))
        if version is None:
            return put(data)
        if all(version.get(part) == data.get(part) for part in ("SecretString", "SecretBinary")):
            return put(data)
        return error_response_json(
            "ResourceExistsException",
            "You can't modify an existing version: another value was stored with this ClientRequestToken.",
            400,
        )

    secretsmanager._put_secret_value = put_once
