"""A suite of integration tests from what a template promises: plain tests with plain tables, owned by its user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tap_templates.errors import UsageError
from tap_templates.testing.generation import buckets, principals, services
from tap_templates.testing.generation.rendering import rendered
from tap_templates.testing.generation.symbolic import Symbolic, symbolic
from tap_templates.testing.templates import TemplateSource

TESTED = {
    *services.TAGGED,
    *principals.HOLDERS,
    "AWS::IAM::ManagedPolicy",
    "AWS::KMS::Alias",
    "AWS::Lambda::Permission",
    "AWS::Logs::MetricFilter",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}


@dataclass(frozen=True)
class GeneratedTests:
    """Texts of the files by name, and what of the template they do not test, with the reasons."""

    files: Mapping[str, str]
    untested: tuple[str, ...]


def integration_tests(
    template: TemplateSource, parameters: Mapping[str, Any] | None = None, *, name: str = "the template"
) -> GeneratedTests:
    """Tests of a stack that is deployed from this template with these parameters.

    Args:
        template: Path, text or data of a template, or a ``Stack``.
        parameters: Answers to its parameters, as the stack has them; the rest have their defaults.
        name: What the files call the template.

    Raises:
        UsageError: Not a template that CloudFormation takes; parameters that are missing or that it does not take.
    """
    stack = symbolic(template, parameters or {})
    try:
        tables = _tables(stack)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        found = f"properties of a shape that CloudFormation does not take ({type(error).__name__}: {error})"
        raise UsageError(name, found=found, remedy="see what `tap-templates check` says of it") from error
    files = {file: rendered(file, {"name": name, **tables}) for file, tables in tables.items()}
    unknown = [
        f"{title}: no tests for {stack.type_of(title)}"
        for title in stack.properties
        if stack.type_of(title) not in TESTED
    ]
    return GeneratedTests({file: text for file, text in files.items() if text}, (*stack.untested, *unknown))


def _tables(stack: Symbolic) -> dict[str, dict[str, Any]]:
    """What goes into each file."""
    return {
        "conftest.py": {"attributes": stack.attributes},
        "test_outputs.py": {"outputs": stack.outputs},
        "test_storage.py": buckets.tables(stack),
        "test_identity.py": principals.tables(stack),
        "test_monitoring.py": services.monitoring(stack),
        "test_messaging.py": services.messaging(stack),
        "test_functions.py": services.functions(stack),
        "test_tags.py": services.tags(stack),
    }
