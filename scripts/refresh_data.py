"""Regenerates the tables of ``tap_templates/data`` that come from the installed cfn-lint, troposphere and awacs.

Run it after upgrading one of them::

    python scripts/refresh_data.py          # write
    python scripts/refresh_data.py --check  # list stale files, exit 1 if there are any

The same versions give the same bytes: everything is sorted, and the date is that of cfn-lint's schemas.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "tap_templates", "data")
COMMAND = "python scripts/refresh_data.py"

PARTITIONS = (  # Source: AWS Fault Isolation Boundaries, partitions; the prefix of a Region's name says which it is in.
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
    ("", "aws"),
)

# What Ref returns, where the schema's primaryIdentifier says otherwise or has several parts.
# Source: CloudFormation template reference, "Return values" of each type.
REF = {
    "AWS::ApiGateway::Authorizer": "Id",
    "AWS::ApiGateway::Deployment": "Id",
    "AWS::ApiGateway::Model": "Name",
    "AWS::ApiGateway::RequestValidator": "Id",
    "AWS::ApiGateway::Resource": "Id",
    "AWS::ApiGateway::Stage": "Name",
    "AWS::ApiGatewayV2::Authorizer": "Id",
    "AWS::ApiGatewayV2::Deployment": "Id",
    "AWS::ApiGatewayV2::Integration": "Id",
    "AWS::ApiGatewayV2::Route": "Id",
    "AWS::Budgets::Budget": "Name",
    "AWS::CodeBuild::Project": "Name",
    "AWS::Cognito::UserPoolClient": "Id",
    "AWS::Cognito::UserPoolGroup": "Name",
    "AWS::DMS::ReplicationInstance": "Arn",
    "AWS::EC2::EIP": "PublicIp",
    "AWS::ECS::Service": "Arn",
    "AWS::Elasticsearch::Domain": "Name",
    "AWS::Events::Rule": "Name",  # On a bus of one's own: "bus|rule".
    "AWS::Route53::RecordSet": "Name",
    "AWS::S3::BucketPolicy": "Name",
    "AWS::SecretsManager::ResourcePolicy": "Arn",
    "AWS::SecretsManager::RotationSchedule": "Arn",
    "AWS::SecretsManager::Secret": "Arn",
    "AWS::SecretsManager::SecretTargetAttachment": "Arn",
}
ENGINES = ("aurora-mysql", "aurora-postgresql", "mysql", "postgres")  # Those that the library builds.
NO_ARN = {"AWS::ApiGatewayV2::Api"}  # ExecuteApiArn is what callers are granted, not the API.
SUFFIXES = {"arn": "Arn", "name": "Name", "url": "Url", "id": "Id", "identifier": "Id"}


def main(arguments: list[str] | None = None) -> int:
    """Writes the tables, or with ``--check`` names those that differ; 1 when there are any."""
    parser = argparse.ArgumentParser(description="Regenerate the tables of tap_templates/data.")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 when a table is stale")
    check = parser.parse_args(arguments).check
    stale = {name: text for name, text in tables().items() if text != _read(os.path.join(DATA, name))}
    for name, text in stale.items():
        if not check:
            with open(os.path.join(DATA, name), "w", encoding="utf-8") as file:
                file.write(text)
        print(f"tap_templates/data/{name}: {'stale; run ' + COMMAND if check else 'written'}")
    return 1 if check and stale else 0


def tables() -> dict[str, str]:
    """Each generated file with the text that the installed libraries give."""
    cfn_lint = f"cfn-lint {version('cfn-lint')}"
    awacs, troposphere = f"awacs {version('awacs')}", f"troposphere {version('troposphere')}"
    return {
        "actions.json": _lines(f"{cfn_lint} (Policies.json), spelled as in {awacs}", "services", _actions()),
        "engine_releases.json": _whole(
            f"{cfn_lint} (schemas/extensions: aws_rds_dbinstance, aws_rds_dbcluster)", "engines", _engine_releases()
        ),
        "instance_classes.json": _lines(
            f"{cfn_lint} (schemas/extensions: aws_ec2_instance, aws_rds_dbinstance)", "sellers", _instance_classes()
        ),
        "regions.json": _whole(f"{cfn_lint} (schemas/providers)", "partitions", _partitions()),
        "resource_types.json": _lines(f"{cfn_lint} (schemas/resources), {troposphere}", "types", _resource_types()),
        "runtimes.json": _whole(f"{cfn_lint} (LmbdRuntimeLifecycle.json)", "runtimes", _runtimes()),
    }


def _actions() -> dict[str, Any]:
    """Service prefix: resource types, separated by spaces: actions, separated by spaces."""
    spelled = _spelled_actions()
    services: dict[str, dict[str, list[str]]] = {}
    for prefix, service in _cfn_lint("AdditionalSpecs", "Policies.json").items():
        by_types = services[prefix] = {}
        for action, facts in service["Actions"].items():
            types = " ".join(sorted(facts.get("Resources", [])))
            by_types.setdefault(types, []).append(spelled.get(f"{prefix}:{action}", action))
    return {
        prefix: {types: " ".join(sorted(names)) for types, names in sorted(by_types.items())}
        for prefix, by_types in sorted(services.items())
    }


def _spelled_actions() -> dict[str, str]:
    """``{"s3:getobject": "GetObject", ...}``; cfn-lint has actions in lower case only."""
    package = importlib.import_module("awacs")
    modules = [importlib.import_module(f"awacs.{found.name}") for found in pkgutil.iter_modules(package.__path__)]
    action_class = importlib.import_module("awacs.aws").Action
    actions = [value for module in modules for value in vars(module).values() if isinstance(value, action_class)]
    return {f"{action.prefix}:{action.action}".lower(): action.action for action in actions if action.action}


def _instance_classes() -> dict[str, dict[str, str]]:
    """EC2 or an engine: family: sizes that any Region has, separated by spaces."""
    sold = {"ec2": set[str](), **{engine: set[str]() for engine in ENGINES}}
    for region in _cfn_lint("schemas", "extensions", "aws_ec2_instance", "instancetype_enum.json").values():
        sold["ec2"].update(region["enum"] if isinstance(region, dict) and "enum" in region else [])
    for region in _cfn_lint("schemas", "extensions", "aws_rds_dbinstance", "dbinstanceclass_enum.json").values():
        for row in region["allOf"] if isinstance(region, dict) else []:
            engine = row["if"]["properties"]["Engine"]["const"]
            if engine in sold:
                sold[engine].update(row["then"]["properties"]["DBInstanceClass"]["enum"])
    return {seller: _by_family(names) for seller, names in sorted(sold.items())}


def _engine_releases() -> dict[str, str]:
    """Engine: versions that RDS takes, separated by spaces; without those of single-purpose variants."""
    releases = {}
    for engine in ENGINES:
        folder = "aws_rds_dbcluster" if engine.startswith("aurora-") else "aws_rds_dbinstance"
        for row in _cfn_lint("schemas", "extensions", folder, "engine_version.json")["allOf"]:
            if row["if"]["properties"]["Engine"].get("const") == engine:
                every = row["then"]["properties"]["EngineVersion"]["enum"]
                releases[engine] = " ".join(sorted((one for one in every if "-" not in one), key=_by_number))
    return releases


def _by_number(release: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in release.split(".")]


def _by_family(names: set[str]) -> dict[str, str]:
    families: dict[str, list[str]] = {}
    for name in sorted(names):
        family, _, size = name.rpartition(".")
        families.setdefault(family, []).append(size)
    return {family: " ".join(sizes) for family, sizes in sorted(families.items())}


def _partitions() -> dict[str, list[str]]:
    partitions: dict[str, list[str]] = {}
    for region in _regions():
        name = next(name for prefix, name in PARTITIONS if region.startswith(prefix))
        partitions.setdefault(name, []).append(region)
    return dict(sorted(partitions.items()))


def _runtimes() -> dict[str, Any]:
    runtimes = sorted(_cfn_lint("AdditionalSpecs", "LmbdRuntimeLifecycle.json").items())
    return {name: {key.replace("-", "_"): value for key, value in sorted(facts.items())} for name, facts in runtimes}


def _resource_types() -> dict[str, Any]:
    """Type: tag property, shape of the tags, paths of tag specifications, what Ref returns, attribute with the ARN."""
    types = {name: _resource_type(name, schema) for name, schema in schemas()}
    for name, properties in _troposphere_types().items():
        tag_shape = _troposphere_tag_shape(properties.get("Tags"))
        if tag_shape and name not in types:
            types[name] = ["Tags", tag_shape, [], None, None]
    return dict(sorted(types.items()))


def _resource_type(name: str, schema: dict[str, Any]) -> list[Any]:
    tag_property, tag_shape = _tags(schema)
    specifications = sorted(set(_tag_specifications(schema, schema, (), frozenset())))
    return [tag_property, tag_shape, specifications, _ref(name, schema), _arn_attribute(name, schema)]


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each type with its schema in us-east-1, or in the first other Region that has it."""
    seen: set[str] = set()
    for region in ("us-east-1", *_regions()):
        for name, digest in _cfn_lint("schemas", "providers", f"{region}.json").items():
            if name not in seen:
                seen.add(name)
                yield name, _cfn_lint("schemas", "resources", f"{digest}.json")


def _tags(schema: dict[str, Any]) -> tuple[str | None, str | None]:
    """The property that the schema names as that of the tags, else ``Tags``, with its shape."""
    named = schema.get("tagging", {}).get("tagProperty", "").removeprefix("/properties/")
    for name in (named, "Tags"):
        shape = _tag_shape(schema, schema["properties"].get(name, {}))
        if shape and f"/properties/{name}" not in schema.get("readOnlyProperties", []):
            return name, shape
    return None, None


def _tag_shape(schema: dict[str, Any], node: dict[str, Any]) -> str | None:
    node = _resolved(schema, node)
    if "items" in node:
        item = _resolved(schema, node["items"])
        forms = [set(_resolved(schema, form).get("properties", {})) for form in item.get("oneOf", [item])]
        if {"Key", "Value"} in forms:
            return "list"
        return "propagate_at_launch" if {"Key", "Value", "PropagateAtLaunch"} in forms else None
    if "properties" in node:
        return "items" if _tag_shape(schema, node["properties"].get("Items", {})) == "list" else None
    return "map" if "object" in node.get("type", ()) else None


def _tag_specifications(
    schema: dict[str, Any], node: dict[str, Any], path: tuple[str, ...], seen: frozenset[str]
) -> Iterator[str]:
    """Dotted paths of properties named TagSpecifications; ``*`` is any item of a list."""
    if "$ref" in node:
        if node["$ref"] not in seen:
            yield from _tag_specifications(schema, _resolved(schema, node), path, seen | {node["$ref"]})
        return
    for name, child in node.get("properties", {}).items():
        if name == "TagSpecifications":
            yield ".".join((*path, name))
        else:
            yield from _tag_specifications(schema, child, (*path, name), seen)
    if isinstance(node.get("items"), dict):
        yield from _tag_specifications(schema, node["items"], (*path, "*"), seen)


def _ref(name: str, schema: dict[str, Any]) -> str | None:
    """The last word of the primary identifier; None when several are joined, unless the type is in ``REF``."""
    identifiers = [pointer.rpartition("/")[2] for pointer in schema.get("primaryIdentifier", [])]
    if name in REF or len(identifiers) != 1:
        return REF.get(name)
    lower = identifiers[0].lower()
    return next((word for suffix, word in SUFFIXES.items() if lower.endswith(suffix)), str(identifiers[0]))


def _arn_attribute(name: str, schema: dict[str, Any]) -> str | None:
    """The attribute that is the ARN of the resource itself, not of one that it uses."""
    pointers = [pointer.split("/") for pointer in schema.get("readOnlyProperties", []) if name not in NO_ARN]
    found: list[str] = sorted(path[2] for path in pointers if len(path) == 3 and path[2].lower().endswith("arn"))
    identifiers = [pointer.rpartition("/")[2] for pointer in schema.get("primaryIdentifier", [])]
    kind = name.rpartition("::")[2].lower()
    own = [attribute for attribute in found if _ends_alike(attribute[:-3].lower(), kind)]
    for chosen in (
        [attribute for attribute in found if attribute.lower() == "arn"],
        [attribute for attribute in found if [attribute] == identifiers],
        sorted(own, key=lambda attribute: (attribute[:-3].lower() == kind, len(attribute)), reverse=True),
        found if [attribute.lower() for attribute in found] == ["resourcearn"] else [],
    ):
        if chosen:
            return chosen[0]
    return None


def _ends_alike(one: str, other: str) -> bool:
    return one.endswith(other) or other.endswith(one)


def _troposphere_types() -> dict[str, dict[str, Any]]:
    """Type: troposphere's properties of it."""
    package = importlib.import_module("troposphere")
    names = [found.name for found in pkgutil.iter_modules(package.__path__) if not found.ispkg]
    modules = [importlib.import_module(f"troposphere.{name}") for name in names]
    members: list[Any] = [member for module in modules for member in vars(module).values() if inspect.isclass(member)]
    resources = [each for each in members if issubclass(each, package.AWSObject) and hasattr(each, "resource_type")]
    return {each.resource_type: each.props for each in resources if str(each.resource_type).startswith("AWS::")}


def _troposphere_tag_shape(definition: Any) -> str | None:
    if definition is None:
        return None
    return "map" if definition[0] is dict else "list"


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = schema
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _regions() -> list[str]:
    names = os.listdir(os.path.join(_cfn_lint_data(), "schemas", "providers"))
    return sorted(name.removesuffix(".json") for name in names if re.fullmatch(r"[a-z-]+-[0-9]+\.json", name))


def _cfn_lint(*path: str) -> Any:
    with open(os.path.join(_cfn_lint_data(), *path), encoding="utf-8") as file:
        return json.load(file)


def _cfn_lint_data() -> str:
    spec = find_spec("cfnlint")  # Importing cfn-lint itself takes half a second.
    if spec is None or spec.origin is None:
        sys.exit("cfn-lint is not installed; run: pip install 'tap_templates[check]'")
    return os.path.join(os.path.dirname(spec.origin), "data")


def _date() -> str:
    return str(_cfn_lint("schemas", "version.json")["schema_date"])[:10]


def _lines(source: str, key: str, table: dict[str, Any]) -> str:
    """JSON with one entry of the table per line, at the first column, as ``tap_templates.data.entry`` wants it."""
    entries = ",\n".join(f"{json.dumps(name)}:{json.dumps(row, separators=(',', ':'))}" for name, row in table.items())
    return f'{{\n "source": {json.dumps(source)},\n "date": "{_date()}",\n "{key}": {{\n{entries}\n }}\n}}\n'


def _whole(source: str, key: str, table: dict[str, Any]) -> str:
    return json.dumps({"source": source, "date": _date(), key: table}, indent=1) + "\n"


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main())
