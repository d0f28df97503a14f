"""``tap-templates deploy``: by change set, with events as they come and the outputs at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from tap_templates.cli.target import Target, target_options
from tap_templates.errors import UsageError

if TYPE_CHECKING:
    from tap_templates.deployment import StackEvent


@click.command("deploy")
@click.argument("file")
@click.option("--stack", "stack_name", required=True, metavar="NAME", help="Name of the stack, new or present.")
@click.option(
    "-p", "--parameter", "given", multiple=True, metavar="KEY=VALUE", help="Answer to a parameter; again for more."
)
@click.option("-o", "--output", metavar="FILE", help="Write the outputs as one flat JSON object.")
@target_options
def command(file: str, stack_name: str, given: tuple[str, ...], output: str | None, target: Target) -> None:
    """Deploy a template by change set and print the stack's outputs.

    --local deploys into an embedded AWS, which runs for the time of the command and keeps its state beside the project.
    Needs the extra 'aws', and 'local' for --local.

    \b
    tap-templates deploy t.json --stack payments-dev --local -o cfn-outputs/flat-outputs.json
    tap-templates deploy t.json --stack payments-dev -p Project=payments -p Environment=dev
    """
    body = _read(file)
    parameters = _parameters(given)
    with target.clients() as clients:
        from tap_templates.deployment import deploy, uploader, write_outputs

        deployed = deploy(
            body,
            stack_name=stack_name,
            client=clients("cloudformation"),
            parameters=parameters,
            upload=uploader(clients),
            on_event=Progress(body),
            on_note=lambda text: click.echo(text, err=True),
        )
    click.echo(f"stack {stack_name}: {deployed.status}{'' if deployed.changed else ' (no changes)'}", err=True)
    if output:
        path = write_outputs(output, deployed.outputs)
        click.echo(f"wrote {path}: {len(deployed.outputs)} outputs", err=True)
    print_outputs(deployed.outputs)


class Progress:
    """Tells each resource that is done, with how many there are, and everything that fails."""

    def __init__(self, body: str) -> None:
        from tap_templates.deployment.templates import parsed

        self.total = len(parsed(body)["Resources"])
        self.done: set[str] = set()

    def __call__(self, event: StackEvent) -> None:
        """Prints one event, unless it only says that something has begun."""
        if event.status.endswith("_IN_PROGRESS"):
            return
        self.done.add(event.logical_id)
        count = f"{min(len(self.done), self.total)}/{self.total}"
        click.echo(f"{count:>8} {event.status:18} {event.logical_id} {event.reason}".rstrip(), err=True)


def print_outputs(outputs: Mapping[str, str]) -> None:
    """A table on a terminal; two columns elsewhere."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        width = max(map(len, outputs), default=0)
        for key, value in outputs.items():
            click.echo(f"{key:{width}}  {value}")
        return
    table = Table("output")
    table.add_column("value", overflow="fold")
    for key, value in outputs.items():
        table.add_row(key, value)
    console.print(table)


def _read(file: str) -> str:
    try:
        with open(file, encoding="utf-8") as opened:
            return opened.read()
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(file, found=found, remedy="name a readable template file") from error


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    parameters = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError("--parameter", found=pair, remedy="write KEY=VALUE, for example Project=payments")
        parameters[key] = value
    return parameters
