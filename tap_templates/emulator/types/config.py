"""AWS Config: recorder, delivery channel and rules. ministack has the service, and no way to delete the first two."""

from __future__ import annotations

import json
from typing import Any

from tap_templates.emulator.types._registry import Made, Properties, Type, as_bool, aws, generated_name


def _create_recorder(logical_id: str, props: Properties, stack_name: str) -> Made:
    name = props.get("Name") or "default"
    _update_recorder(name, {}, props)
    return name, {}


def _update_recorder(name: str, old: Properties, new: Properties) -> dict[str, str]:
    said: dict[str, Any] = {"name": name, "roleARN": new["RoleARN"]}
    group = new.get("RecordingGroup")
    if group:
        said["recordingGroup"] = {
            "allSupported": as_bool(group.get("AllSupported", True)),
            "includeGlobalResourceTypes": as_bool(group.get("IncludeGlobalResourceTypes", False)),
            "resourceTypes": group.get("ResourceTypes", []),
        }
    aws("config").put_configuration_recorder(ConfigurationRecorder=said)
    return {}


def _delete_recorder(name: str, props: Properties) -> None:
    from ministack.services import config as store  # it has no DeleteConfigurationRecorder

    store._recorders.pop(name, None)


def _create_channel(logical_id: str, props: Properties, stack_name: str) -> Made:
    name = props.get("Name") or "default"
    _update_channel(name, {}, props)
    recorders = aws("config").describe_configuration_recorders()["ConfigurationRecorders"]
    for recorder in recorders:  # CloudFormation starts recording once there is a channel
        aws("config").start_configuration_recorder(ConfigurationRecorderName=recorder["name"])
    return name, {}


def _update_channel(name: str, old: Properties, new: Properties) -> dict[str, str]:
    words = {
        "S3BucketName": "s3BucketName",
        "S3KeyPrefix": "s3KeyPrefix",
        "S3KmsKeyArn": "s3KmsKeyArn",
        "SnsTopicARN": "snsTopicARN",
    }
    said: dict[str, Any] = {"name": name, **{api: new[prop] for prop, api in words.items() if prop in new}}
    frequency = (new.get("ConfigSnapshotDeliveryProperties") or {}).get("DeliveryFrequency")
    if frequency:
        said["configSnapshotDeliveryProperties"] = {"deliveryFrequency": frequency}
    aws("config").put_delivery_channel(DeliveryChannel=said)
    return {}


def _delete_channel(name: str, props: Properties) -> None:
    from ministack.services import config as store  # it has no DeleteDeliveryChannel

    store._delivery_channels.pop(name, None)


def _create_rule(logical_id: str, props: Properties, stack_name: str) -> Made:
    name = props.get("ConfigRuleName") or generated_name(stack_name, logical_id, maximum=128)
    return name, _update_rule(name, {}, props)


def _update_rule(name: str, old: Properties, new: Properties) -> dict[str, str]:
    said: dict[str, Any] = {"ConfigRuleName": name, "Source": new["Source"]}
    for prop in ("Description", "Scope", "MaximumExecutionFrequency", "EvaluationModes"):
        if prop in new:
            said[prop] = new[prop]
    if "InputParameters" in new:
        parameters = new["InputParameters"]
        said["InputParameters"] = parameters if isinstance(parameters, str) else json.dumps(parameters)
    client = aws("config")
    client.put_config_rule(ConfigRule=said)
    [rule] = client.describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
    return {"Arn": rule["ConfigRuleArn"], "ConfigRuleId": rule["ConfigRuleId"], "Compliance.Type": "INSUFFICIENT_DATA"}


def _delete_rule(name: str, props: Properties) -> None:
    aws("config").delete_config_rule(ConfigRuleName=name)


ENTRIES = (
    Type("AWS::Config::ConfigurationRecorder", _create_recorder, _update_recorder, _delete_recorder, ("Name",), "Name"),
    Type("AWS::Config::DeliveryChannel", _create_channel, _update_channel, _delete_channel, ("Name",), "Name"),
    Type("AWS::Config::ConfigRule", _create_rule, _update_rule, _delete_rule, ("ConfigRuleName",), "ConfigRuleName"),
)
