"""Archives of code that a template refers to: found beside it, proven by their keys, uploaded before it is deployed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from typing import Any

from tap_templates.deployment.clients import Clients
from tap_templates.deployment.stacks import describe
from tap_templates.deployment.uploads import put
from tap_templates.errors import UsageError
from tap_templates.stack.assets import PARAMETER, digest_of

FUNCTION = "AWS::Lambda::Function"


def asset_keys(template: Mapping[str, Any]) -> list[str]:
    """Keys of the archives that a template wants from its assets bucket, each once."""
    if PARAMETER not in template.get("Parameters", {}):
        return []
    codes = [
        resource.get("Properties", {}).get("Code")
        for resource in template["Resources"].values()
        if resource.get("Type") == FUNCTION
    ]
    keys = [str(code.get("S3Key")) for code in codes if isinstance(code, Mapping)]
    return list(dict.fromkeys(key for key in keys if digest_of(key)))


def read_assets(template: Mapping[str, Any], folder: str) -> dict[str, bytes]:
    """The archives of a template by their keys, from the folder that it lies in.

    Raises:
        UsageError: One is not there, or is not the one that the template was generated with.
    """
    found = {}
    for key in asset_keys(template):
        path = os.path.join(folder, *key.split("/"))
        try:
            with open(path, "rb") as file:
                found[key] = file.read()
        except OSError as error:
            remedy = "generate the template again, which writes its archives beside it"
            raise UsageError(path, found=(error.strerror or str(error)).lower(), remedy=remedy) from error
        if hashlib.sha256(found[key]).hexdigest() != digest_of(key):
            remedy = "generate the template again: the archive's name is the SHA-256 of what must be in it"
            raise UsageError(path, found="other content than its name says", remedy=remedy)
    return found


def chosen_bucket(clients: Clients, stack_name: str, given: Mapping[str, str], bucket: str | None) -> str | None:
    """The bucket for archives: of the parameter, of the command line, that the stack has; None for the usual one."""
    if PARAMETER in given:
        return given[PARAMETER] or None
    if bucket:
        return bucket
    stack = describe(clients("cloudformation"), stack_name) or {}
    has = {each["ParameterKey"]: each.get("ParameterValue", "") for each in stack.get("Parameters", [])}
    return has.get(PARAMETER) or None


def upload_assets(
    clients: Clients,
    assets: Mapping[str, bytes],
    bucket: str | None = None,
    *,
    on_upload: Callable[[str], None] = lambda url: None,
) -> dict[str, str]:
    """Uploads archives and returns the parameter that names their bucket, empty for ``tap-templates-ACCOUNT-REGION``.

    ``on_upload`` is told the URL of each.

    Raises:
        DeploymentError: AWS refused the upload.
    """
    for key, data in assets.items():
        on_upload(put(clients, key, data, bucket=bucket, what=f"the archive {key}"))
    return {PARAMETER: bucket or ""} if assets else {}
