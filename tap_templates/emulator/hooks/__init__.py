"""What is changed inside the ministack process, besides resource types. Imported by the launcher only."""

from __future__ import annotations


def install(decisions_file: str | None) -> None:
    """Put every hook in place; before the server serves."""
    from tap_templates.emulator.hooks import (
        access_keys,
        admin,
        databases,
        decision_log,
        iam_resources,
        network,
        policy_variables,
        secrets,
        transport,
    )

    iam_resources.install()
    access_keys.install()
    secrets.install()
    network.install()
    databases.install()
    policy_variables.install()
    if decisions_file:
        decision_log.install(decisions_file)
    transport.install()
    admin.install()
