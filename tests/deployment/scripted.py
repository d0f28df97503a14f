"""A CloudFormation client that answers from a script, for what no embedded AWS does: busy, throttled, slow."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import ClientError

STACK = "AWS::CloudFormation::Stack"
MADE = [{"Id": "cs", "StackId": "id"}]
READY = {"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}
BEGUN = {"Status": "CREATE_COMPLETE", "ExecutionStatus": "EXECUTE_IN_PROGRESS"}
NO_EVENTS = [{"StackEvents": []}]


class Scripted:
    """Each method has a list of answers, the last one repeats; an exception among them is raised."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers
        self.calls: list[str] = []
        self.arguments: dict[str, dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls.append(name)
            self.arguments[name] = arguments
            answers = self.answers.get(name, [{}])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return call

    def get_paginator(self, name: str) -> Any:
        """One page: the method's answer."""
        client = self

        class Pages:
            def paginate(self, **arguments: Any) -> Any:
                return [getattr(client, name)(**arguments)]

        return Pages()


def stacks(*statuses: str) -> list[Any]:
    """Answers of DescribeStacks, one status each."""
    return [
        {"Stacks": [{"StackName": "s", "StackId": "id", "StackStatus": s, "StackStatusReason": "because"}]}
        for s in statuses
    ]


def client_error(code: str, message: str = "m") -> Exception:
    """An error as botocore raises it."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def event(number: int, status: str, reason: str = "", *, title: str = "", token: str = "") -> dict[str, Any]:
    """One event as CloudFormation says it: of the stack itself, unless a resource is named."""
    return {
        "EventId": str(number),
        "StackId": "id",
        "LogicalResourceId": title or "s",
        "PhysicalResourceId": "" if title else "id",
        "ResourceType": "AWS::SQS::Queue" if title else STACK,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "ClientRequestToken": token,
        "Timestamp": datetime(2026, 11, 26, 12, 0, number, tzinfo=timezone.utc),
    }
