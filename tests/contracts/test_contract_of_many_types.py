"""Ids and attributes as an AWS that is not ours makes them are of the forms that contracts promise."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from tap_templates.contracts import contract
from tap_templates.deployment import Clients, deploy
from tap_templates.emulator import EmbeddedAws

STATES = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
ROLE = "arn:aws:iam::111122223333:role/states"
IN_VPC = {"VpcId": {"Ref": "Vpc"}}
VISIBILITY = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "requests"}
TABLE = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def zone(index: int) -> dict[str, Any]:
    """The name of a zone of the region."""
    return {"Fn::Select": [index, {"Fn::GetAZs": ""}]}


def subnet(index: int) -> dict[str, Any]:
    """Properties of a subnet in a zone."""
    return {**IN_VPC, "CidrBlock": f"10.0.{index}.0/24", "AvailabilityZone": zone(index)}


RESOURCES: dict[str, tuple[str, dict[str, Any]]] = {
    "Vpc": ("EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
    "Subnet": ("EC2::Subnet", subnet(0)),
    "Second": ("EC2::Subnet", subnet(1)),
    "Group": ("EC2::SecurityGroup", {**IN_VPC, "GroupDescription": "of a test"}),
    "Gateway": ("EC2::InternetGateway", {}),
    "Routes": ("EC2::RouteTable", IN_VPC),
    "Address": ("EC2::EIP", {"Domain": "vpc"}),
    "Nat": (
        "EC2::NatGateway",
        {"SubnetId": {"Ref": "Subnet"}, "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]}},
    ),
    "Endpoint": ("EC2::VPCEndpoint", {**IN_VPC, "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}}),
    "Launch": ("EC2::LaunchTemplate", {"LaunchTemplateData": {"InstanceType": "t3.micro"}}),
    "Balancer": ("ElasticLoadBalancingV2::LoadBalancer", {"Subnets": [{"Ref": "Subnet"}, {"Ref": "Second"}]}),
    "Targets": ("ElasticLoadBalancingV2::TargetGroup", {**IN_VPC, "Port": 80, "Protocol": "HTTP"}),
    "Listener": (
        "ElasticLoadBalancingV2::Listener",
        {
            "LoadBalancerArn": {"Ref": "Balancer"},
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
        },
    ),
    "Database": (
        "RDS::DBInstance",
        {"DBInstanceClass": "db.t3.micro", "Engine": "postgres", "AllocatedStorage": "20", "MasterUsername": "owner"},
    ),
    "Firewall": (
        "WAFv2::WebACL",
        {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBILITY},
    ),
    "Secret": ("SecretsManager::Secret", {"GenerateSecretString": {}}),
    "Key": ("KMS::Key", {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}}),
    "Topic": ("SNS::Topic", {}),
    "Queue": ("SQS::Queue", {}),
    "Bucket": ("S3::Bucket", {}),
    "Table": ("DynamoDB::Table", TABLE),
    "Api": ("ApiGatewayV2::Api", {"Name": "orders", "ProtocolType": "HTTP"}),
    "Machine": ("StepFunctions::StateMachine", {"RoleArn": ROLE, "DefinitionString": json.dumps(STATES)}),
    "Pool": ("Cognito::UserPool", {}),
    "Cluster": ("ECS::Cluster", {}),
    "Files": ("EFS::FileSystem", {}),
    "Stream": ("Kinesis::Stream", {"ShardCount": 1}),
}
ATTRIBUTES = [
    ("Address", "AllocationId"), ("Api", "ApiEndpoint"), ("Balancer", "CanonicalHostedZoneID"),
    ("Balancer", "DNSName"), ("Balancer", "LoadBalancerFullName"), ("Bucket", "Arn"), ("Bucket", "DomainName"),
    ("Cluster", "Arn"), ("Database", "Endpoint.Address"), ("Database", "Endpoint.Port"), ("Files", "Arn"),
    ("Firewall", "Arn"), ("Group", "GroupId"), ("Key", "Arn"), ("Launch", "LatestVersionNumber"), ("Machine", "Arn"),
    ("Pool", "Arn"), ("Queue", "Arn"), ("Secret", "Id"), ("Stream", "Arn"), ("Table", "Arn"),
    ("Targets", "TargetGroupFullName"), ("Topic", "TopicName"), ("Vpc", "DefaultSecurityGroup"),
]  # fmt: skip


def test_values_of_many_types_are_of_their_forms() -> None:
    """Each physical id and attribute matches its pattern, and none of the patterns is open to any text."""
    outputs: dict[str, Any] = {f"{title}Ref": {"Value": {"Ref": title}} for title in RESOURCES}
    for title, name in ATTRIBUTES:
        outputs[f"{title}{name.replace('.', '')}"] = {"Value": {"Fn::GetAtt": [title, name]}}
    made = {title: {"Type": f"AWS::{kind}", "Properties": said} for title, (kind, said) in RESOURCES.items()}
    template = {"Resources": made, "Outputs": outputs}

    with EmbeddedAws() as aws:
        client = Clients(arguments=aws.client_arguments())("cloudformation")
        stack = deploy(json.dumps(template), stack_name="many", client=client, poll_seconds=0.02)

    schema = contract("many", template)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(dict(stack.outputs))] == []
    assert [key for key, said in schema["properties"].items() if r"[\s\S]" in said["pattern"]] == []
