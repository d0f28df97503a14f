"""Resource types of the embedded AWS that ministack lacks or applies in part. One file per AWS concern.

Imported by the launcher only, inside the server's process.
"""

from __future__ import annotations


def register() -> None:
    """Make every type of this folder known to ministack's CloudFormation."""
    from tap_templates.emulator.types import (
        _registry,
        alarms,
        budgets,
        cloudtrail,
        config,
        databases,
        ec2,
        events,
        functions,
        iam,
        network_acls,
        s3,
        secrets,
        security_groups,
        sns,
        tables,
    )

    modules = (
        alarms,
        budgets,
        cloudtrail,
        config,
        databases,
        ec2,
        events,
        functions,
        iam,
        network_acls,
        s3,
        secrets,
        security_groups,
        sns,
        tables,
    )
    for module in modules:
        _registry.register(*module.ENTRIES)
