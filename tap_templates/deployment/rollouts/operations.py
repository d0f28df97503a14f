"""Operations of CloudFormation StackSets: begun when the set is free, followed to their end, told on the way."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from tap_templates.data.aws_errors import kind_of_error
from tap_templates.data.stack_sets import remedy_of
from tap_templates.deployment.clients import explained, said_by, sdk_errors
from tap_templates.deployment.rollouts.distributor import Watch
from tap_templates.deployment.rollouts.model import CANCELLED, FAILED, STOPPED, SUCCEEDED, Operation, Result
from tap_templates.errors import DeploymentError

ENDED = (SUCCEEDED, FAILED, STOPPED)
SETTLED = (SUCCEEDED, FAILED, CANCELLED)
LATE_READS = 3  # ListStackSetOperationResults is eventually consistent
BUSY, BEGUN_BEFORE = "OperationInProgressException", "OperationIdAlreadyExistsException"
Answer = TypeVar("Answer")


@contextmanager
def set_errors(name: str) -> Iterator[None]:
    """Turn what AWS refuses in the block into errors that say what to do with a stack set."""
    try:
        yield
    except sdk_errors() as error:
        remedy = remedy_of(f"{code_of(error)}: {error}")
        if remedy is None:
            raise explained(f"stack set {name}", error) from error
        raise DeploymentError(f"stack set {name}", found=said_by(error), remedy=remedy) from error


class Operations:
    """The operations of one set; ``common`` are the arguments that every call has."""

    def __init__(self, client: Any, common: Mapping[str, str], watch: Watch) -> None:
        self._client, self._common, self._watch = client, dict(common), watch
        self._name = self._common["StackSetName"]
        self._told: set[tuple[str, str, str]] = set()

    def run(self, method: str, arguments: Mapping[str, Any]) -> Operation:
        """Begin an operation as soon as no other is at work, and wait for its end.

        Raises:
            DeploymentError: AWS refused it, or the time is up.
        """
        return self.follow(self._begun(method, arguments))

    def _begun(self, method: str, arguments: Mapping[str, Any]) -> str:
        from botocore.exceptions import ClientError

        operation, waiting = f"tap-templates-{uuid.uuid4()}", False
        while True:
            try:
                with set_errors(self._name):
                    answer = getattr(self._client, method)(**self._common, **arguments, OperationId=operation)
                return str(answer["OperationId"])
            except DeploymentError as error:
                code = code_of(error.__cause__) if isinstance(error.__cause__, ClientError) else ""
                if code == BEGUN_BEFORE:
                    return operation  # the answer to an earlier attempt was lost on its way
                if code != BUSY:
                    raise
            if not self._watch.seconds_left:
                remedy = f"the time is up: see `rollout status {self._name} --wait`, or allow more time"
                raise DeploymentError(f"stack set {self._name}", found="another operation at work", remedy=remedy)
            if not waiting:
                self._watch.on_note(f"another operation is at work on stack set {self._name}: waiting for its end")
                waiting = True
            time.sleep(self._watch.poll_seconds)

    def follow(self, operation: str) -> Operation:
        """The operation once it has ended; each result is told once. Throttled and lost reads are tried again.

        Raises:
            DeploymentError: The time is up; AWS goes on.
        """
        try:
            late = 0
            while True:
                found = self._patiently(lambda: self.seen(operation))
                if found is not None and found.status in ENDED:
                    settled = all(result.status in SETTLED for result in found.results)
                    if settled or late >= LATE_READS:
                        return found
                    late += 1
                elif not self._watch.seconds_left:
                    raise self._time_is_up(operation, found)
                time.sleep(self._watch.poll_seconds)
        except KeyboardInterrupt:
            self._watch.on_note(f"operation {operation} goes on in AWS: {self._pick_up(operation)}")
            raise

    def seen(self, operation: str, *, told: bool = True) -> Operation:
        """The operation as it is now; results that are new are told, unless ``told`` is False."""
        said = self._client.describe_stack_set_operation(**self._common, OperationId=operation)["StackSetOperation"]
        results = tuple(self._results(operation))
        for result in results:
            key = (operation, result.account, result.region)
            if told and result.status in SETTLED and key not in self._told:
                self._told.add(key)
                self._watch.on_result(result)
        return Operation(operation, said["Action"], said["Status"], results, said.get("StatusReason", ""))

    def newest(self) -> tuple[str, str] | None:
        """Id and status of the operation that was begun last; None when there was none."""
        with set_errors(self._name):
            pages = self._client.get_paginator("list_stack_set_operations").paginate(**self._common)
            found = [said for page in pages for said in page["Summaries"]]
        last = max(found, key=lambda said: said["CreationTimestamp"], default=None)
        return (last["OperationId"], last["Status"]) if last else None

    def _results(self, operation: str) -> Iterator[Result]:
        pages = self._client.get_paginator("list_stack_set_operation_results").paginate(
            **self._common, OperationId=operation
        )
        for page in pages:
            for said in page["Summaries"]:
                gate = said.get("AccountGateResult", {})
                refused = gate.get("StatusReason", "") if gate.get("Status") == FAILED else ""
                reason = said.get("StatusReason") or refused
                yield Result(said["Account"], said["Region"], said["Status"], reason)

    def _patiently(self, ask: Callable[[], Answer]) -> Answer | None:
        """The answer, or None when AWS could not be asked just now and there is time to ask again."""
        try:
            with set_errors(self._name):
                return ask()
        except DeploymentError as error:
            cause = error.__cause__
            if cause is None or not is_passing(cause) or not self._watch.seconds_left:
                raise
            self._watch.on_note(f"AWS could not be asked just now ({said_by(cause)}): trying again")
            return None

    def _time_is_up(self, operation: str, found: Operation | None) -> DeploymentError:
        done = len([result for result in found.results if result.status in SETTLED]) if found else 0
        status = found.status if found else "not known"
        remedy = f"the time is up and AWS goes on: {self._pick_up(operation)}"
        return DeploymentError(f"stack set {self._name}", found=f"{status}, {done} results so far", remedy=remedy)

    def _pick_up(self, operation: str) -> str:
        stop = f"aws cloudformation stop-stack-set-operation --stack-set-name {self._name} --operation-id {operation}"
        return f"`tap-templates rollout status {self._name} --wait` picks it up again; to stop it: `{stop}`"


def is_passing(error: BaseException) -> bool:
    """True for what goes by itself: throttling, a time-out, an unreachable or failing service."""
    kind = kind_of_error(error)
    return kind is not None and kind.verdict == "infrastructure"


def code_of(error: BaseException | None) -> str:
    """The code that AWS answered with, or the empty text."""
    answer = getattr(error, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))
