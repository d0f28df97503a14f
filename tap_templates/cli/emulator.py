"""``tap-templates emulator``: the embedded AWS in the background, for as many commands and clients as one likes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from tap_templates.cli.target import STATE_FOLDER

if TYPE_CHECKING:
    from tap_templates.emulator import EmbeddedAws
    from tap_templates.emulator.records import Record


@click.group("emulator")
def command() -> None:
    """Start, stop, show and empty the embedded AWS of this folder.

    It listens on this machine alone and enforces IAM. Its state is kept in .tap-templates/embedded-aws, also when it
    is stopped; it ends by itself when that folder is removed. Every command with --local uses it. Needs 'local'.

    \b
    eval "$(tap-templates emulator start)" && aws cloudformation describe-stacks
    tap-templates emulator status
    tap-templates emulator stop
    """


@command.command("start")
@click.option("--account", metavar="DIGITS", help="Account that root signs for; 111122223333 by default.")
@click.option("--region", metavar="REGION", help="Region that clients are pointed to; us-east-1 by default.")
def start(account: str | None, region: str | None) -> None:
    """Start it, unless it runs, and print what other clients need in their environment."""
    from tap_templates.emulator import background

    started = background.start(STATE_FOLDER, account=account, region=region)
    if started.stale:
        click.echo("the last one ended without saving: what it had not saved is gone", err=True)
    _show(started.aws, started.record, "started" if started.fresh else "running")


@command.command("status")
def status() -> int:
    """Say whether it runs (exit code 0) or not (1), and print what other clients need in their environment."""
    from tap_templates.emulator import background

    found = background.running(STATE_FOLDER)
    if found is None:
        click.echo("no embedded AWS runs here: tap-templates emulator start", err=True)
        return 1
    _show(*found, "running")
    return 0


@command.command("stop")
def stop() -> None:
    """Stop it; it saves its state first."""
    from tap_templates.emulator import background

    record = background.stop(STATE_FOLDER)
    said = "no embedded AWS ran here" if record is None else f"embedded AWS stopped (pid {record.pid}), state kept"
    click.echo(said, err=True)


@command.command("reset")
def reset() -> None:
    """Forget everything that was created in it; it runs on, if it runs."""
    from tap_templates.emulator import background

    runs_on = background.reset(STATE_FOLDER)
    click.echo(f"embedded AWS is empty{', and runs on' if runs_on else ''}", err=True)


def _show(aws: EmbeddedAws, record: Record, how: str) -> None:
    """Sentences for a person on stderr, lines for a shell on stdout."""
    click.echo(
        f"embedded AWS {how} at {aws.endpoint}, pid {record.pid}, account {aws.account}, region {aws.region}\n"
        f"state in {STATE_FOLDER}, log in {record.folder}/server.log; for other clients:",
        err=True,
    )
    for name, value in aws.environment().items():
        click.echo(f"export {name}={shlex.quote(value)}")
