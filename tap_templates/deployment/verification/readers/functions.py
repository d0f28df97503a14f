"""Lambda: functions, their code, and who may call them."""

from __future__ import annotations

import base64
import io
import json
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import GoneError, Subject, UnreadableError
from tap_templates.deployment.verification.values import Tags, Whole, tags_of
from tap_templates.stack.assets import digest_of

SAME_WORDS = ("Architectures", "DeadLetterConfig", "Description", "EphemeralStorage", "FunctionName", "Handler",
              "LoggingConfig", "MemorySize", "PackageType", "Role", "Runtime", "SnapStart", "Timeout", "TracingConfig",
              "VpcConfig")  # fmt: skip
DOWNLOAD_TIMEOUT_SECONDS = 20
INLINE = ("index.py", "index.js", "index.mjs", "index.cjs")
"""Names that CloudFormation gives the file of ``ZipFile``."""


def _function(function: Subject) -> dict[str, Any]:
    return function.ask("lambda", "get_function", FunctionName=function.id)


def _told(word: str) -> Callable[[Subject], Any]:
    return lambda function: _function(function)["Configuration"].get(word)


def _environment(function: Subject) -> Whole:
    return Whole(Variables=Whole((_told("Environment")(function) or {}).get("Variables", {})))


def _code(function: Subject) -> dict[str, Any]:
    """The source of an inlined function, unpacked from what Lambda runs; of an archive, whether its key is kept."""
    if "ZipFile" not in function.properties["Code"]:
        return _archive(function)
    location = str(_function(function)["Code"]["Location"])
    if not location.startswith(("https://", "http://")):
        raise UnreadableError(f"code at {location}")
    try:
        with urllib.request.urlopen(location, timeout=DOWNLOAD_TIMEOUT_SECONDS) as answer:  # noqa: S310
            packed = zipfile.ZipFile(io.BytesIO(answer.read()))
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableError(f"the code could not be fetched: {error}") from error
    names = [name for name in packed.namelist() if name in INLINE]
    return {"ZipFile": packed.read(names[0]).decode() if names else f"files {', '.join(packed.namelist())}"}


def _archive(function: Subject) -> dict[str, Any]:
    """Lambda tells no object, only a SHA-256, which the key promises; the bucket is then as good as any."""
    stated = function.properties["Code"]
    promised = digest_of(stated.get("S3Key"))
    if promised is None:
        raise UnreadableError("Lambda does not tell which object the code came from")
    found = base64.b64decode(_told("CodeSha256")(function)).hex()
    return {**stated, "S3Key": stated["S3Key"] if found == promised else f"code with SHA-256 {found}"}


def _concurrency(function: Subject) -> Any:
    answer = function.ask("lambda", "get_function_concurrency", FunctionName=function.id)
    return answer.get("ReservedConcurrentExecutions")


def _layers(function: Subject) -> list[str]:
    return [layer["Arn"] for layer in _told("Layers")(function) or []]


def _tags(function: Subject) -> Tags:
    return tags_of(_function(function).get("Tags"))


def _permission(subject: Subject) -> dict[str, Any]:
    """The statement of a function's policy that this permission is, in the template's words."""
    answer = subject.ask("lambda", "get_policy", FunctionName=str(subject.properties["FunctionName"]))
    for statement in json.loads(answer["Policy"])["Statement"]:
        if statement["Sid"] == subject.id:
            return _in_words(statement, str(subject.properties["FunctionName"]))
    raise GoneError(subject.id)


def _in_words(statement: dict[str, Any], named: str) -> dict[str, Any]:
    tests = {key.lower(): value for keys in statement.get("Condition", {}).values() for key, value in keys.items()}
    principal = statement["Principal"]
    arn = str(statement["Resource"])
    return {
        "Action": statement["Action"],
        "FunctionName": named if arn == named or arn.endswith(f":function:{named}") else arn,
        "Principal": next(iter(principal.values())) if isinstance(principal, dict) else principal,
        "PrincipalOrgID": tests.get("aws:principalorgid"),
        "SourceAccount": tests.get("aws:sourceaccount"),
        "SourceArn": tests.get("aws:sourcearn"),
    }


def _allowed(word: str) -> Callable[[Subject], Any]:
    return lambda subject: _permission(subject).get(word)


def _mapped(word: str) -> Callable[[Subject], Any]:
    return lambda mapping: mapping.ask("lambda", "get_event_source_mapping", UUID=mapping.id).get(word)


def _mapped_function(mapping: Subject) -> Any:
    named, arn = str(mapping.properties["FunctionName"]), str(_mapped("FunctionArn")(mapping))
    return named if arn.endswith(f":function:{named}") else arn


MAPPING = (
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "EventSourceArn",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ScalingConfig",
    "StartingPosition",
)


def _tags_of_mapping(mapping: Subject) -> Tags:
    arn = _mapped("EventSourceMappingArn")(mapping)
    return tags_of(mapping.ask("lambda", "list_tags", Resource=arn).get("Tags"))


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    "AWS::Lambda::EventSourceMapping": {
        **{word: _mapped(word) for word in MAPPING},
        "FunctionName": _mapped_function,
        "Tags": _tags_of_mapping,
    },
    "AWS::Lambda::Function": {
        **{word: _told(word) for word in SAME_WORDS},
        "Code": _code,
        "Environment": _environment,
        "KmsKeyArn": _told("KMSKeyArn"),
        "Layers": _layers,
        "ReservedConcurrentExecutions": _concurrency,
        "Tags": _tags,
    },
    "AWS::Lambda::Permission": {
        word: _allowed(word)
        for word in ("Action", "FunctionName", "Principal", "PrincipalOrgID", "SourceAccount", "SourceArn")
    },
}
