"""Lambda: dead-letter queue, reserved concurrency and key of a function, which ministack's handler drops."""

from __future__ import annotations

from typing import Any

from tap_templates.emulator.types._registry import Properties, Repair, aws


def _complete_function(name: str, old: Properties, new: Properties) -> None:
    client = aws("lambda")
    said: dict[str, Any] = {}
    if "DeadLetterConfig" in new or "DeadLetterConfig" in old:
        said["DeadLetterConfig"] = {"TargetArn": (new.get("DeadLetterConfig") or {}).get("TargetArn", "")}
    if "KmsKeyArn" in new or "KmsKeyArn" in old:
        said["KMSKeyArn"] = new.get("KmsKeyArn", "")
    if "VpcConfig" in new or "VpcConfig" in old:
        vpc = new.get("VpcConfig") or {}
        said["VpcConfig"] = {key: vpc.get(key, []) for key in ("SubnetIds", "SecurityGroupIds")}
    if said:
        client.update_function_configuration(FunctionName=name, **said)
    if "ReservedConcurrentExecutions" in new:
        client.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=int(new["ReservedConcurrentExecutions"])
        )
    elif "ReservedConcurrentExecutions" in old:
        client.delete_function_concurrency(FunctionName=name)


ENTRIES = (Repair("AWS::Lambda::Function", _complete_function),)
