"""Functions, permissions and rules."""

from __future__ import annotations

import io
import urllib.request
import zipfile
from collections.abc import Iterator
from typing import Any

from support.mutants.mutant import Deployed, Mutant, listed, of_tags, pairs, setting


def of_function(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Configuration, environment, code, concurrency and tags."""
    client, name = deployed.aws("lambda"), {"FunctionName": deployed.ids[title]}
    answer = client.get_function(**name)
    found = answer["Configuration"]

    def configure(some: Any) -> None:
        client.update_function_configuration(**name, **some)

    for word, value in {
        "DeadLetterConfig": {"TargetArn": ""},
        "Description": "other",
        "Handler": "index.other",
        "LoggingConfig": {"LogGroup": "/other"},
        "MemorySize": 128,
        "Role": "arn:aws:iam::111122223333:role/other",
        "Runtime": "python3.9",
        "Timeout": 3,
        "TracingConfig": {"Mode": "PassThrough"},
    }.items():
        yield setting(title, word, configure, {word: found[word]}, {word: value})
    variables = found["Environment"]["Variables"]
    for word in variables:
        less = {key: value for key, value in variables.items() if key != word}
        for what, changed in (("dropped", less), ("changed", {**variables, word: "other"})):
            original = {"Environment": {"Variables": variables}}
            yield setting(title, f"{word} {what}", configure, original, {"Environment": {"Variables": changed}})
    yield from _code(client, name, title, answer["Code"]["Location"])
    reserved = client.get_function_concurrency(**name).get("ReservedConcurrentExecutions")

    def reserve(number: int) -> None:
        client.put_function_concurrency(**name, ReservedConcurrentExecutions=number)

    yield setting(title, "concurrency", reserve, reserved, 7)
    yield Mutant(title, "no concurrency", lambda: client.delete_function_concurrency(**name), lambda: reserve(reserved))
    arn = {"Resource": found["FunctionArn"]}
    yield from of_tags(
        title,
        answer["Tags"],
        lambda some: client.tag_resource(**arn, Tags=some),
        lambda key: client.untag_resource(**arn, TagKeys=[key]),
    )


def _code(client: Any, name: dict[str, str], title: str, location: str) -> Iterator[Mutant]:
    with urllib.request.urlopen(location) as answer:
        original = answer.read()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return {}\n")
    yield setting(
        title,
        "code",
        lambda code: client.update_function_code(**name, ZipFile=code),
        original,
        packed.getvalue(),
    )


def of_permission(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """None at all, from anywhere, and one more."""
    client, sid = deployed.aws("lambda"), deployed.ids[title]
    name = {"FunctionName": deployed.first("AWS::Lambda::Function")}
    rule, account = deployed.first("AWS::Events::Rule"), "111122223333"
    source = deployed.aws("events").describe_rule(Name=rule)["Arn"]
    said = {"StatementId": sid, "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    closed = {**said, "SourceArn": source, "SourceAccount": account}

    def drop(statement: str) -> None:
        client.remove_permission(**name, StatementId=statement)

    def put(some: Any) -> None:
        drop(sid)
        client.add_permission(**name, **some)

    yield Mutant(title, "dropped", lambda: drop(sid), lambda: client.add_permission(**name, **closed))
    yield setting(title, "from any account", put, closed, {**said, "SourceArn": source})
    yield setting(title, "from any rule", put, closed, {**said, "SourceAccount": account})
    yield setting(title, "another principal", put, closed, {**closed, "Principal": "s3.amazonaws.com"})
    more = {"StatementId": "more", "Action": "lambda:InvokeFunction", "Principal": "444455556666"}
    yield Mutant(title, "one more", lambda: client.add_permission(**name, **more), lambda: drop("more"))


def of_rule(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Schedule, state, description, targets and tags."""
    events, name = deployed.aws("events"), deployed.ids[title]
    found = events.describe_rule(Name=name)
    said = {word: found[word] for word in ("Name", "Description", "ScheduleExpression", "State")}
    for word, value in (("Description", "other"), ("ScheduleExpression", "rate(9 days)"), ("State", "DISABLED")):
        yield setting(title, word, lambda some: events.put_rule(**some), said, {**said, word: value})
    targets = events.list_targets_by_rule(Rule=name)["Targets"]

    def aim(some: Any) -> None:
        there = [each["Id"] for each in events.list_targets_by_rule(Rule=name)["Targets"]]
        if there:
            events.remove_targets(Rule=name, Ids=there)
        if some:
            events.put_targets(Rule=name, Targets=some)

    yield setting(title, "no target", aim, targets, [])
    yield setting(title, "no dead letters", aim, targets, [{word: targets[0][word] for word in ("Id", "Arn")}])
    yield setting(title, "other target", aim, targets, [{**targets[0], "Arn": targets[0]["Arn"] + "x"}])
    yield setting(title, "one more target", aim, targets, [*targets, {**targets[0], "Id": "more"}])
    yield from of_tags(
        title,
        pairs(events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
        lambda some: events.tag_resource(ResourceARN=found["Arn"], Tags=listed(some)),
        lambda key: events.untag_resource(ResourceARN=found["Arn"], TagKeys=[key]),
    )
