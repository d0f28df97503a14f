"""A template as CloudFormation sees it in one account and Region: answers filled in, intrinsics resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
REGION = "eu-central-1"
SUFFIX = "ab12cd34"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/baseline/{SUFFIX}-1111-2222-3333-444455556666"
NOTHING = object()

NAME_PROPERTIES = {
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
}


def template_resources(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Properties of all resources of a type, by logical id."""
    return {
        title: resource.get("Properties", {})
        for title, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


class Resolved:
    """One template with answers; what its conditions leave out is gone."""

    def __init__(self, template: Mapping[str, Any], answers: Mapping[str, Any] | None = None, **pseudo: str) -> None:
        self.template = template
        parameters = template.get("Parameters", {})
        self.known: dict[str, Any] = {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": NOTHING,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackId": STACK_ID,
            "AWS::StackName": "baseline",
            "AWS::URLSuffix": "amazonaws.com",
            **{name: row["Default"] for name, row in parameters.items() if "Default" in row},
            **{name.replace("__", "::"): value for name, value in pseudo.items()},
            **(answers or {}),
        }
        missing = [name for name in parameters if name not in self.known]
        assert not missing, f"no answer for {missing}"
        self.conditions = {name: self.value(body) for name, body in template.get("Conditions", {}).items()}
        self.resources = {
            title: resource
            for title, resource in template["Resources"].items()
            if self.conditions.get(resource.get("Condition", ""), True)
        }

    def properties(self, title: str) -> Any:
        """Properties of one resource."""
        return self.value(self.resources[title].get("Properties", {}))

    def outputs(self) -> dict[str, Any]:
        """Values of the outputs."""
        return {
            key: self.value(output["Value"])
            for key, output in self.template["Outputs"].items()
            if self.conditions.get(output.get("Condition", ""), True)
        }

    def arn(self, title: str) -> str:
        """ARN of one resource."""
        kind, properties = self.resources[title]["Type"], self.resources[title].get("Properties", {})
        partition, region, account = (self.known[f"AWS::{word}"] for word in ("Partition", "Region", "AccountId"))
        name = self.value(properties.get(NAME_PROPERTIES.get(kind, ""), title))
        path = self.value(properties.get("Path", "/"))
        here = f"{region}:{account}"
        rest = {
            "AWS::CloudTrail::Trail": f"cloudtrail:{here}:trail/{name}",
            "AWS::CloudWatch::Alarm": f"cloudwatch:{here}:alarm:{name}",
            "AWS::Events::Rule": f"events:{here}:rule/{name}",
            "AWS::IAM::Group": f"iam::{account}:group{path}{name}",
            "AWS::IAM::ManagedPolicy": f"iam::{account}:policy{path}{title}",
            "AWS::IAM::Role": f"iam::{account}:role{path}{name}",
            "AWS::IAM::User": f"iam::{account}:user{path}{name}",
            "AWS::KMS::Key": f"kms:{here}:key/{title.lower()}",
            "AWS::Lambda::Function": f"lambda:{here}:function:{name}",
            "AWS::Logs::LogGroup": f"logs:{here}:log-group:{name}:*",
            "AWS::S3::Bucket": f"s3:::{name}",
            "AWS::SNS::Topic": f"sns:{here}:{title}",
            "AWS::SQS::Queue": f"sqs:{here}:{title}",
        }
        return f"arn:{partition}:{rest[kind]}"

    def value(self, encoded: Any) -> Any:
        """A value without intrinsics."""
        if isinstance(encoded, list):
            return [item for item in map(self.value, encoded) if item is not NOTHING]
        if not isinstance(encoded, dict):
            return encoded
        if len(encoded) == 1:
            [(key, body)] = encoded.items()
            intrinsic = getattr(self, f"_{key.removeprefix('Fn::').lower()}", None)
            if intrinsic and (key.startswith("Fn::") or key in ("Ref", "Condition")):
                return intrinsic(body)
        pairs = {key: self.value(item) for key, item in encoded.items()}
        return {key: item for key, item in pairs.items() if item is not NOTHING}

    def _ref(self, name: str) -> Any:
        if name in self.known:
            return self.known[name]
        kind = self.resources[name]["Type"]
        if kind in NAME_PROPERTIES:
            return self.value(self.resources[name]["Properties"].get(NAME_PROPERTIES[kind], name))
        return self.arn(name) if kind in ("AWS::IAM::ManagedPolicy", "AWS::SNS::Topic") else name

    def _getatt(self, body: Any) -> Any:
        title, attribute = body if isinstance(body, list) else body.split(".")
        return self.arn(title) if attribute == "Arn" else f"{title}.{attribute}"

    def _sub(self, body: Any) -> str:
        text, variables = body if isinstance(body, list) else (body, {})

        def filled(match: re.Match[str]) -> str:
            name = match.group(1)
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in variables:
                return str(self.value(variables[name]))
            return str(self._getatt(name) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", filled, text)

    def _join(self, body: Any) -> str:
        return str(body[0]).join(map(str, self.value(body[1])))

    def _select(self, body: Any) -> Any:
        return self.value(body[1])[int(body[0])]

    def _split(self, body: Any) -> list[str]:
        return str(self.value(body[1])).split(body[0])

    def _findinmap(self, body: Any) -> Any:
        name, first, second = (self.value(part) for part in body)
        return self.template["Mappings"][name][first][second]

    def _if(self, body: Any) -> Any:
        return self.value(body[1] if self.conditions[body[0]] else body[2])

    def _equals(self, body: Any) -> bool:
        left, right = (str(self.value(part)) for part in body)
        return left == right

    def _not(self, body: Any) -> bool:
        return not self.value(body[0])

    def _condition(self, name: str) -> bool:
        return bool(self.conditions[name])
