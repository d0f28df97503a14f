"""Functions: one role each, a log group that is kept, dead letters, reserved concurrency, a trace, and alarms."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import awacs.aws as aws
import awacs.awslambda as lambda_actions
import awacs.xray as xray_actions
from troposphere import AWSHelperFn, Equals, GetAtt, If, NoValue, Ref, awslambda

from tap_templates.components.alarms import function_alarms
from tap_templates.components.functions.sources import source_of
from tap_templates.components.identity import Role, service_role
from tap_templates.components.logs import LogGroup, log_group
from tap_templates.components.queues import Queue, dead_letter_queue
from tap_templates.components.topics import Topic
from tap_templates.data.runtimes import is_known, newest, runtimes
from tap_templates.errors import PropertyError, did_you_mean
from tap_templates.policies import EVERYTHING, allow
from tap_templates.settings import SETTING
from tap_templates.stack import Stack

if TYPE_CHECKING:
    from tap_templates.components.functions.placement import SecurityGroups, Subnets

# Lambda developer guide, "Lambda quotas": what a function's configuration may be.
TIMEOUT_SECONDS = range(1, 901)
MEMORY_MIB = range(128, 10_241)
ARCHITECTURES = ("arm64", "x86_64")
LANGUAGE = "python"  # Of a function that names no runtime.
RESERVES_CONCURRENCY = "ReservesConcurrency"


class Function(NamedTuple):
    """A function, its role, its log group, and the queue of the events that it failed on for good."""

    stack: Stack
    resource: awslambda.Function
    role: Role
    log: LogGroup
    failures: Queue
    topic: Topic

    @property
    def title(self) -> str:
        """Logical id of the function."""
        return str(self.resource.title)

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the function."""
        return GetAtt(self.resource, "Arn")

    def invoke(self) -> list[aws.Statement]:
        """Invoke the function."""
        return [allow([lambda_actions.InvokeFunction], on=self.arn, sid=f"Invoke{self.title}")]

    def may(self, statements: Sequence[aws.Statement], *, title: str) -> None:
        """Grants the function more, in a managed policy of its own that is there before the function runs.

        Args:
            title: What is granted, for the policy's logical id: ``ReadOrders``.
        """
        said = f"What {self.title} may do besides: {title}"
        added = self.stack.managed_policy(
            f"{self.title}{title}", statements, description=said, roles=[self.role.resource]
        )
        self.resource.DependsOn = [*self.resource.DependsOn, *(str(policy.title) for policy in added)]

    def accept(self, principal: str, *, source: AWSHelperFn, title: str) -> awslambda.Permission:
        """Lets an AWS service invoke the function on behalf of one resource of this account.

        Args:
            principal: ``events.amazonaws.com``, ``s3.amazonaws.com``, ...
            source: ARN of that resource.
            title: Logical id of the permission.
        """
        return self.stack.add(
            awslambda.Permission(
                title,
                FunctionName=Ref(self.resource),
                Action="lambda:InvokeFunction",
                Principal=principal,
                SourceAccount=Ref("AWS::AccountId"),
                SourceArn=source,
            )
        )


def function(
    stack: Stack,
    title: str,
    *,
    topic: Topic,
    source: str | os.PathLike[str],
    description: str,
    says: str | None = None,
    statements: Sequence[aws.Statement] = (),
    variables: Mapping[str, Any] | None = None,
    runtime: str | None = None,
    handler: str = "index.handler",
    timeout_seconds: int = 30,
    memory_mib: int = 256,
    architecture: str = "arm64",
    concurrency: int | None = None,
    subnets: Subnets | None = None,
    security_groups: SecurityGroups = (),
    keep_failures: bool = True,
) -> Function:
    """Function that may do what ``statements`` say and write its own log.

    Events that it failed on for good go to its dead-letter queue. Errors, throttles, runs near the time-out and dead
    letters tell the topic.

    Args:
        source: Text of the handler's module, ``index`` in the function; or the ``Path`` of its file, which is that
            module too, or of a folder. A single file is in the template where it fits, and a folder is an archive for
            the assets bucket where it is more than that.
        description: What it does, a sentence without its full stop.
        says: Completes "Name of the …" in its outputs; by default from its title.
        variables: Environment of the handler.
        runtime: A runtime of ``data/runtimes.json``; the newest Python that Lambda has by default.
        concurrency: Executions reserved for it; by default the environment's ``reserved_concurrency``.
        subnets: Places it in a network: a tier of one, ids, subnets of the stack, or a list that is asked for. Its role
            gets what Lambda needs for that, and its code does not.
        security_groups: Of the function, where it is in a network.
        keep_failures: Whether dead letters are worth keeping when the stack goes.

    Raises:
        StackError: The title is taken.
        PropertyError: A value that Lambda does not take, or code that it could not run.

    Source: Security Hub controls Lambda.1, .2; Lambda developer guide, "Best practices for working with AWS Lambda
    functions".
    """
    runtime = runtime or newest(LANGUAGE)
    stack.check_free(title)
    _check(title, runtime, timeout_seconds, memory_mib, architecture)
    place, needed = _placed(stack, title, subnets, security_groups)
    given = source_of(stack, title, source, runtime=runtime, handler=handler)
    failures = dead_letter_queue(
        stack,
        f"{title}Failures",
        topic=topic,
        says=f"queue for events that {title} failed on",
        keep=keep_failures,
    )
    log = log_group(stack, f"{title}Log", says=f"log group of {title}")
    role = service_role(
        stack,
        f"{title}Role",
        service="lambda.amazonaws.com",
        # X-Ray takes segments for the account as a whole.
        statements=[
            *statements,
            *log.write(),
            *failures.send(),
            allow([xray_actions.PutTelemetryRecords, xray_actions.PutTraceSegments], on=EVERYTHING, sid="Trace"),
            *needed,
        ],
        description=description,
    )
    made = stack.add(
        awslambda.Function(
            title,
            FunctionName=stack.name(title, awslambda.Function),
            Description=description,
            Runtime=runtime,
            Architectures=[architecture],
            Handler=given.handler,
            Code=given.code,
            Role=role.arn,
            Timeout=timeout_seconds,
            MemorySize=memory_mib,
            **_reserved(stack, concurrency),
            DeadLetterConfig=awslambda.DeadLetterConfig(TargetArn=failures.arn),
            TracingConfig=awslambda.TracingConfig(Mode="Active"),
            LoggingConfig=awslambda.LoggingConfig(LogGroup=Ref(log.resource)),
            **place,
            **({"Environment": awslambda.Environment(Variables=dict(variables))} if variables else {}),
            DependsOn=list(role.policy_titles),
        ),
        says=says or f"function {title}",
    )
    function_alarms(topic, made, timeout_seconds=timeout_seconds)
    return Function(stack, made, role, log, failures, topic)


def _placed(
    stack: Stack, title: str, subnets: Subnets | None, groups: SecurityGroups
) -> tuple[dict[str, Any], list[aws.Statement]]:
    """Where the function is in a network, and what its role needs for that; nothing for a function in none."""
    if subnets is None and groups == ():
        return {}, []
    from tap_templates.components.functions import placement  # With EC2's classes, which most functions do without.

    place = placement.placed(title, subnets, groups)
    return {"VpcConfig": place}, placement.interfaces(stack, title, place)


def _reserved(stack: Stack, concurrency: int | None) -> dict[str, Any]:
    """Reserved concurrency, unless the setting or the form's answer says that the account has none to give."""
    amount = stack.per_environment("reserved_concurrency") if concurrency is None else concurrency
    wanted = stack.settings.get("reserve_concurrency")
    if wanted is None:
        asked = Equals(Ref(SETTING["reserve_concurrency"].parameter), "true")
        return {"ReservedConcurrentExecutions": If(stack.condition(RESERVES_CONCURRENCY, asked), amount, NoValue)}
    return {"ReservedConcurrentExecutions": amount} if wanted else {}


def _check(title: str, runtime: str, timeout_seconds: int, memory_mib: int, architecture: str) -> None:
    if not is_known(runtime):
        remedy = f"use a runtime that Lambda has{did_you_mean(runtime, runtimes())}"
        raise PropertyError(title, "Runtime", found=runtime, remedy=remedy)
    if architecture not in ARCHITECTURES:
        raise PropertyError(title, "Architectures", found=architecture, remedy=f"use {' or '.join(ARCHITECTURES)}")
    for path, found, allowed, unit in (
        ("Timeout", timeout_seconds, TIMEOUT_SECONDS, "seconds"),
        ("MemorySize", memory_mib, MEMORY_MIB, "MiB"),
    ):
        if found not in allowed:
            raise PropertyError(title, path, found=found, remedy=f"use {allowed[0]} to {allowed[-1]} {unit}")
