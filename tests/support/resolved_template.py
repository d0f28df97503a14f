"""A template as CloudFormation sees it in one account and Region: answers filled in, intrinsics resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.resolve import NO_VALUE, resolve

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
REGION = "eu-central-1"
SUFFIX = "ab12cd34"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/baseline/{SUFFIX}-1111-2222-3333-444455556666"

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
            "AWS::NoValue": NO_VALUE,
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
        self.conditions = {name: bool(self.value(body)) for name, body in template.get("Conditions", {}).items()}
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
        return resolve(self.template, encoded, self.known, self._refer)

    def _refer(self, title: str, attribute: str | None) -> Any:
        if attribute == "CidrBlock":
            return self.properties(title)["CidrBlock"]
        if attribute:
            return self.arn(title) if attribute == "Arn" else f"{title}.{attribute}"
        kind = self.resources[title]["Type"]
        if kind in NAME_PROPERTIES:
            return self.value(self.resources[title]["Properties"].get(NAME_PROPERTIES[kind], title))
        return self.arn(title) if kind in ("AWS::IAM::ManagedPolicy", "AWS::SNS::Topic") else title
