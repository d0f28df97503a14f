"""Asking services: each question once, and three kinds of failure told apart."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tap_templates.deployment.clients import Clients, about_credentials, explained, sdk_errors

GONE = {
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "ListenerNotFound",
    "LoadBalancerNotFound",
    "NoSuchBucket",
    "NoSuchEntity",
    "NotFound",
    "NotFoundException",
    "QueueDoesNotExist",
    "ResourceNotFound",
    "ResourceNotFoundException",
    "RuleNotFound",
    "TargetGroupNotFound",
    "TrailNotFoundException",
}


class GoneError(LookupError):
    """There is no such resource."""


class UnreadableError(Exception):
    """The service does not answer the question: denied, or no such operation there."""


@dataclass
class Calls:
    """Clients that remember: one question is asked once, for whichever resource."""

    clients: Clients
    _answers: dict[str, Any] = field(default_factory=dict)

    def ask(self, service: str, operation: str, arguments: Mapping[str, Any], *, pages: str | None = None) -> Any:
        """The answer of an operation; with ``pages`` the whole list of that name.

        Raises:
            ClientError: As the service said, each time anew.
            ParamValidationError: A question that cannot be put, such as one about an empty name.
            TapTemplatesError: No credentials, or no way to the service: nothing else can be read either.
        """
        from botocore.exceptions import ClientError, ParamValidationError

        question = json.dumps([service, operation, arguments, pages], sort_keys=True)
        if question not in self._answers:
            client = self.clients(service)
            try:
                if pages and client.can_paginate(operation):
                    answer = client.get_paginator(operation).paginate(**arguments).build_full_result().get(pages, [])
                else:
                    answer = getattr(client, operation)(**arguments)
                    answer = answer.get(pages, []) if pages else answer
                self._answers[question] = answer
            except ClientError as error:
                if about_credentials(error):
                    raise explained(service, error) from error
                self._answers[question] = error
            except ParamValidationError as error:
                self._answers[question] = error
            except sdk_errors() as error:
                raise explained(service, error) from error
        found = self._answers[question]
        if isinstance(found, Exception):
            raise found
        return found


@dataclass(frozen=True)
class Subject:
    """One deployed resource: what it is, its physical id, and its properties with their intrinsics resolved."""

    calls: Calls
    logical_id: str
    type: str
    id: str
    properties: Mapping[str, Any]

    def ask(self, service: str, operation: str, *, absent: Collection[str] = (), **arguments: Any) -> dict[str, Any]:
        """The answer of an operation; empty when the service says with a code of ``absent`` that nothing is set.

        Raises:
            GoneError: No such resource.
            UnreadableError: Denied, or an operation that is not there.
        """
        return dict(self._asked(service, operation, absent, arguments) or {})

    def every(
        self, service: str, operation: str, key: str, *, absent: Collection[str] = (), **arguments: Any
    ) -> list[Any]:
        """The whole list ``key`` of an operation, over all its pages."""
        return list(self._asked(service, operation, absent, arguments, pages=key) or [])

    def _asked(
        self,
        service: str,
        operation: str,
        absent: Collection[str],
        arguments: Mapping[str, Any],
        pages: str | None = None,
    ) -> Any:
        from botocore.exceptions import ClientError, ParamValidationError

        try:
            return self.calls.ask(service, operation, arguments, pages=pages)
        except ParamValidationError as error:
            raise UnreadableError(f"{operation}: {' '.join(str(error).split())}") from error
        except ClientError as error:
            code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
            if code in absent:
                return None
            if code in GONE:
                raise GoneError(f"{code}: {message}") from error
            raise UnreadableError(f"{operation}: {code}: {message}") from error
