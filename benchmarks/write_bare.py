"""Writes ``bare.py``: a troposphere and awacs script, without this library, that builds the same resources.

One call a resource, as a person would write it down; the benchmark checks that what it builds is the same.

usage: python benchmarks/write_bare.py
"""

from __future__ import annotations

import pathlib
import sys
from typing import Any

import troposphere
from troposphere import AWSProperty, awslambda, cloudtrail, cloudwatch, events, iam, kms, logs, s3, sns, sqs

from tap_templates import build

MODULES = (awslambda, cloudtrail, cloudwatch, events, iam, kms, logs, s3, sns, sqs)
FUNCTIONS = {
    "Fn::Equals": "Equals",
    "Fn::FindInMap": "FindInMap",
    "Fn::If": "If",
    "Fn::Join": "Join",
    "Fn::Not": "Not",
    "Fn::Select": "Select",
    "Fn::Split": "Split",
}
TARGET = pathlib.Path(__file__).with_name("bare.py")
HEAD = '''"""The resources of secure-enterprise in bare troposphere and awacs; written by write_bare.py."""
# ruff: noqa

import awacs.aws as aws
from troposphere import (
    Equals, FindInMap, GetAtt, If, Join, NoValue, Not, Output, Parameter, Ref, Select, Split, Sub, Tags, Template,
    awslambda, cloudtrail, cloudwatch, events, iam, kms, logs, s3, sns, sqs,
)


def build():
    t = Template(Description={description!r}, Metadata={metadata!r})
    t.set_version("2010-09-09")
'''


def main() -> None:
    """Writes the script."""
    encoded = build("secure-enterprise").to_dict()
    lines = [HEAD.format(description=encoded["Description"], metadata=encoded["Metadata"])]
    lines += [f"    t.add_parameter(Parameter({k!r}, **{v!r}))\n" for k, v in encoded["Parameters"].items()]
    lines += [f"    t.add_mapping({k!r}, {v!r})\n" for k, v in encoded["Mappings"].items()]
    lines += [f"    t.add_condition({k!r}, {expression(v)})\n" for k, v in encoded["Conditions"].items()]
    for title, resource in encoded["Resources"].items():
        lines.append(
            f"    t.add_resource({call(resource_class(resource['Type']), resource['Properties'], title, resource)})\n"
        )
    for key, output in encoded["Outputs"].items():
        parts = "".join(f", {name}={expression(value)}" for name, value in output.items())
        lines.append(f"    t.add_output(Output({key!r}{parts}))\n")
    lines.append("    return t\n\n\ndef main():\n    print(build().to_json(indent=2, sort_keys=False))\n")
    TARGET.write_text("".join(lines), encoding="utf-8")
    print(f"wrote {TARGET.name}: {sum(line.count(chr(10)) for line in lines)} lines", file=sys.stderr)


def resource_class(name: str) -> Any:
    """The troposphere class of a resource type."""
    for module in MODULES:
        for candidate in vars(module).values():
            if getattr(candidate, "resource_type", None) == name and candidate.__module__ == module.__name__:
                return candidate
    raise SystemExit(f"no troposphere class for {name}: add its module to MODULES")


def call(
    cls: Any, properties: dict[str, Any], title: str | None = None, attributes: dict[str, Any] | None = None
) -> str:
    """The constructor call that makes ``properties``."""
    parts = [repr(title)] if title else []
    parts += [f"{name}={value_of(cls.props[name][0], value)}" for name, value in properties.items()]
    for name in ("Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"):
        if attributes and name in attributes:
            parts.append(f"{name}={attributes[name]!r}")
    return f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}({', '.join(parts)})"


def value_of(expected: Any, value: Any) -> str:
    """One property's value, as the class that troposphere expects."""
    if isinstance(value, dict) and "Statement" in value:
        statements = ", ".join(statement(each) for each in value["Statement"])
        return f"aws.PolicyDocument(Version={value['Version']!r}, Statement=[{statements}])"
    if expected is troposphere.Tags:
        pairs = ", ".join(f"{{{tag['Key']!r}: {expression(tag['Value'])}}}" for tag in value)
        return f"Tags({pairs})"
    if isinstance(expected, list) and isinstance(value, list):
        return f"[{', '.join(value_of(expected[0], item) for item in value)}]"
    if isinstance(expected, type) and issubclass(expected, AWSProperty) and not is_function(value):
        return call(expected, value)
    return expression(value)


def statement(value: dict[str, Any]) -> str:
    """One policy statement in awacs."""
    parts = []
    for name, part in value.items():
        if name in ("Action", "NotAction"):
            actions = part if isinstance(part, list) else [part]
            words = ", ".join(f"aws.Action({', '.join(map(repr, action.split(':')))})" for action in actions)
            parts.append(f"{name}=[{words}]")
        elif name == "Principal":
            [(kind, who)] = part.items()
            parts.append(f"Principal=aws.Principal({kind!r}, {expression(who)})")
        elif name == "Condition":
            tests = ", ".join(f"aws.{operator}({expression(keys)})" for operator, keys in part.items())
            parts.append(f"Condition=aws.Condition([{tests}])")
        else:
            parts.append(f"{name}={expression(part)}")
    return f"aws.Statement({', '.join(parts)})"


def is_function(value: Any) -> bool:
    """Whether an encoded value is an intrinsic."""
    return (
        isinstance(value, dict)
        and len(value) == 1
        and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))
    )


def expression(value: Any) -> str:
    """Python for an encoded value."""
    if isinstance(value, list):
        return f"[{', '.join(expression(item) for item in value)}]"
    if not isinstance(value, dict):
        return repr(value)
    if not is_function(value):
        return f"{{{', '.join(f'{key!r}: {expression(item)}' for key, item in value.items())}}}"
    [(name, argument)] = value.items()
    if name == "Ref":
        return "NoValue" if argument == "AWS::NoValue" else f"Ref({argument!r})"
    if name == "Fn::GetAtt":
        return f"GetAtt({argument[0]!r}, {argument[1]!r})"
    if name == "Fn::Sub":
        text, variables = argument if isinstance(argument, list) else (argument, {})
        extra = "".join(f", {key}={expression(item)}" for key, item in variables.items())
        return f"Sub({text!r}{extra})"
    return f"{FUNCTIONS[name]}({', '.join(expression(item) for item in argument)})"


if __name__ == "__main__":
    main()
