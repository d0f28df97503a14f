"""``tap-templates outputs``: the outputs of stacks as one flat file, however they were deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tap_templates.cli.target import Target, target_options
from tap_templates.errors import UsageError

if TYPE_CHECKING:
    from tap_templates.contracts import Contract

FORMAT_NAMES = ("json", "env", "dotenv", "shell", "yaml", "tfvars")


@click.command("outputs")
@click.argument("stack_names", metavar="STACK...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="FILE", help="Write to a file, for example cfn-outputs/flat-outputs.json.")
@click.option("--format", "form", type=click.Choice(FORMAT_NAMES), default="json", show_default=True,
              help="How they are written: one JSON object or YAML mapping, lines for docker --env-file, a .env file, "
              "export commands of a shell, or variables of Terraform.")  # fmt: skip
@click.option("--prefix-stack", is_flag=True, help="Put the stack's name before each key: payments_dev_DataBucketName.")
@click.option("--contract", "contract_files", multiple=True, metavar="FILE",
              help="Refuse outputs that break this contract (NAME.outputs.json); one for each stack.")  # fmt: skip
@target_options
def command(
    stack_names: tuple[str, ...],
    output: str | None,
    form: str,
    prefix_stack: bool,
    contract_files: tuple[str, ...],
    target: Target,
) -> None:
    """Print or write the outputs of one or several stacks as one flat mapping.

    A stack that is missing, failed, in progress or without outputs never writes a file, nor do two stacks with outputs
    of one key, or values that break a contract. Outputs that hold a secret (a NoEcho parameter, a secret access key)
    are left out, and named.

    Exit code 0: written; 1: a stack or its outputs are not fit; 2: usage.

    \b
    tap-templates outputs payments-dev -o cfn-outputs/flat-outputs.json
    tap-templates outputs payments-dev --contract t.outputs.json -o cfn-outputs/flat-outputs.json
    tap-templates outputs network-dev payments-dev --prefix-stack --format dotenv -o .env
    eval "$(tap-templates outputs payments-dev --format shell)"
    """
    names = list(dict.fromkeys(stack_names))
    contracts = _contracts(names, contract_files)
    with target.clients() as clients:
        from tap_templates.contracts import check_outputs
        from tap_templates.deployment import merged_outputs, stack_outputs, write_outputs

        found = {}
        for name in names:
            outputs = stack_outputs(clients("cloudformation"), name, on_note=lambda text: click.echo(text, err=True))
            if name in contracts:
                check_outputs(f"stack {name}", outputs, contracts[name])
            found[_plain(name)] = outputs
    merged = merged_outputs(found, prefix=prefix_stack)
    if output is None:
        from tap_templates.deployment.output_formats import FORMATS

        click.echo(FORMATS[form](merged), nl=False)
        return
    click.echo(f"wrote {write_outputs(output, merged, form)}: {len(merged)} outputs", err=True)


def _contracts(names: list[str], files: tuple[str, ...]) -> dict[str, Contract]:
    """The contract of each stack, read before AWS is asked for anything."""
    if not files:
        return {}
    from tap_templates.contracts import read_contract

    if len(files) != len(names):
        remedy = "give each stack its contract, in the order of the stacks"
        raise UsageError("--contract", found=f"{len(files)} for {len(names)} stacks", remedy=remedy)
    return {name: read_contract(file) for name, file in zip(names, files, strict=True)}


def _plain(name: str) -> str:
    """The name of a stack that is given by its ARN."""
    return name.split("/")[1] if name.startswith("arn:") and "/" in name else name
