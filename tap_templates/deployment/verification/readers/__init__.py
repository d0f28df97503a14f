"""How each property of each type is read back, and which no API tells. One module per AWS concern."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tap_templates.deployment.verification.readers import (
    cloudtrail,
    cloudwatch,
    dynamodb,
    ec2,
    elbv2,
    events,
    functions,
    iam,
    kms,
    logs,
    rds,
    s3,
    secretsmanager,
    security_groups,
    sns,
    sqs,
    ssm,
)
from tap_templates.deployment.verification.reading import Subject

Reader = Callable[[Subject], Any]
"""From a deployed resource to a property's value in the template's words; None when the service has none."""

READERS: Mapping[str, Mapping[str, Reader]] = {
    **cloudtrail.READERS,
    **cloudwatch.READERS,
    **dynamodb.READERS,
    **ec2.READERS,
    **elbv2.READERS,
    **events.READERS,
    **functions.READERS,
    **iam.READERS,
    **kms.READERS,
    **logs.READERS,
    **rds.READERS,
    **s3.READERS,
    **secretsmanager.READERS,
    **security_groups.READERS,
    **sns.READERS,
    **sqs.READERS,
    **ssm.READERS,
}
UNREADABLE: Mapping[tuple[str, str], str] = {
    **ec2.UNREADABLE,
    **kms.UNREADABLE,
    **rds.UNREADABLE,
    **secretsmanager.UNREADABLE,
    **security_groups.UNREADABLE,
}
