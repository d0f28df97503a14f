"""The AWS CLI, a client that shares no code with this library, sees the stack that was deployed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from integration.conftest import Deployed

PROGRAM = str(Path(sys.executable).with_name("aws"))


def aws(deployed: Deployed, *arguments: str) -> Any:
    """The answer of one call."""
    given = deployed.embedded.client_arguments()
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": given["endpoint_url"],
        "AWS_ACCESS_KEY_ID": given["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": given["aws_secret_access_key"],
        "AWS_DEFAULT_REGION": given["region_name"],
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    called = [PROGRAM, *arguments, "--output", "json"]
    done = subprocess.run(called, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_same_stack_and_outputs(deployed: Deployed) -> None:
    """Its status, and every output with the value that this library tells."""
    [stack] = aws(deployed, "cloudformation", "describe-stacks", "--stack-name", deployed.stack.name)["Stacks"]

    assert stack["StackStatus"] == deployed.stack.status == "CREATE_COMPLETE"
    assert {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]} == deployed.stack.outputs


def test_same_resources(deployed: Deployed) -> None:
    """Every resource of the template, each complete; and a bucket is encrypted as its template says."""
    told = aws(deployed, "cloudformation", "list-stack-resources", "--stack-name", deployed.stack.name)
    body = aws(deployed, "cloudformation", "get-template", "--stack-name", deployed.stack.name)["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    bucket = deployed.stack.outputs["DataBucketName"]
    encryption = aws(deployed, "s3api", "get-bucket-encryption", "--bucket", bucket)
    [rule] = encryption["ServerSideEncryptionConfiguration"]["Rules"]

    statuses = {each["LogicalResourceId"]: each["ResourceStatus"] for each in told["StackResourceSummaries"]}
    assert set(statuses.values()) == {"CREATE_COMPLETE"}
    assert statuses.keys() <= template["Resources"].keys()
    assert {title for title, each in template["Resources"].items() if "Condition" not in each} <= statuses.keys()
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
