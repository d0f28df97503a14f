"""``tap-templates deploy``: by change set, with events as they come and the outputs at the end."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tap_templates.cli.answers import (
    PARAMETER_EXAMPLE,
    confirmed,
    pairs,
    picked_up_again,
    read_template,
    require_consent,
)
from tap_templates.cli.target import Target, target_options

if TYPE_CHECKING:
    from tap_templates.deployment import Clients, Plan, Protection

MINUTES = 60


class Answers(NamedTuple):
    """What the command line and the file of parameters say of the template's parameters and the stack's tags."""

    values: dict[str, str]
    kept: tuple[str, ...]
    tags: dict[str, str]
    hidden: tuple[str, ...]


@click.command("deploy")
@click.argument("file")
@click.option("--stack", "stack_name", required=True, metavar="NAME", help="Name of the stack, new or present.")
@click.option("-p", "--parameter", "given", multiple=True, metavar="KEY=VALUE", help="A parameter; again for more.")
@click.option("--parameters", "parameters_file", metavar="FILE", help="Parameters in JSON or YAML; -p counts more.")
@click.option("--keep-values", is_flag=True, help="What is not given keeps the value that the stack has.")
@click.option("--tag", "given_tags", multiple=True, metavar="KEY=VALUE", help="A tag of the stack; again for more.")
@click.option("-o", "--output", metavar="FILE", help="Write the outputs as one flat JSON object.")
@click.option("-c", "--config", metavar="FILE", help="Settings file (tap.yaml) whose requirements are checked.")
@click.option("-e", "--environment", metavar="ENV", help="Environment of the settings file.")
@click.option("--no-checks", is_flag=True, help="Deploy without checking the template first.")
@click.option("-y", "--yes", is_flag=True, help="Agree to the changes beforehand.")
@click.option("--allow-replacement", "replaceable", multiple=True, metavar="TITLE",
              help="Let this resource be replaced or removed although it holds data.")  # fmt: skip
@click.option("--termination-protection/--no-termination-protection", "termination", default=None,
              help="Protect the stack from deletion, or lift that; production is protected unless told.")  # fmt: skip
@click.option("--capability", "capabilities", multiple=True, metavar="NAME",
              help="Acknowledge what the template does not show: a nested stack's or a macro's.")  # fmt: skip
@click.option(
    "--bucket",
    metavar="NAME",
    help="Bucket for a template over 51,200 bytes and for archives of code; by default one is made.",
)
@click.option("--timeout", "minutes", type=click.FloatRange(min=0), default=MINUTES, show_default=True,
              metavar="MINUTES", help="How long to wait, in all.")  # fmt: skip
@target_options
def command(
    file: str,
    stack_name: str,
    given: tuple[str, ...],
    parameters_file: str | None,
    keep_values: bool,
    given_tags: tuple[str, ...],
    output: str | None,
    config: str | None,
    environment: str | None,
    no_checks: bool,
    yes: bool,
    replaceable: tuple[str, ...],
    termination: bool | None,
    capabilities: tuple[str, ...],
    bucket: str | None,
    minutes: float,
    target: Target,
) -> None:
    """Check a template, show what deploying it changes, and deploy it when you agree.

    The template is checked first, and refused when a check finds an error. The change set is shown with what would be
    lost. What holds data is protected from replacement and removal by a stack policy. The stack gets the tags that all
    its resources share. A stack at which another operation is at work is waited for: running the same command again
    picks up one that was interrupted. Needs the extras 'aws' and 'check', and 'local' for --local.

    Exit code 0: deployed, or nothing to change; 1: findings, or a failure in AWS; 2: usage; 130: interrupted.

    \b
    tap-templates deploy t.json --stack payments-dev --local -o cfn-outputs/flat-outputs.json
    tap-templates deploy t.json --stack payments-prod --parameters prod.json -c tap.yaml -e prod
    """
    target.check()
    require_consent("deploy", agreed=yes)
    body = read_template(file)
    answers = _answers(body, given, parameters_file, given_tags, keep_values=keep_values)
    archives = _archives(file, body)
    if output:
        from tap_templates.report.files import require_writable

        require_writable(output)
    if not no_checks:
        from tap_templates.cli.checking import refuse_errors

        refuse_errors(file, config, environment, target.region_name)
    with target.clients() as clients, picked_up_again(answers.hidden):
        from tap_templates.cli.progress import Progress
        from tap_templates.deployment import deploy, uploader, write_outputs

        progress = Progress()
        deployed = deploy(
            body,
            stack_name=stack_name,
            client=clients("cloudformation"),
            parameters={**answers.values, **_uploaded(archives, clients, stack_name, answers.values, bucket)},
            keep_values=keep_values,
            kept=answers.kept,
            tags=answers.tags,
            capabilities=capabilities,
            upload=uploader(clients, bucket),
            protection=_protection(termination, replaceable, answers.tags, environment),
            confirm=lambda plan: _agreed(plan, progress, yes=yes),
            confirm_deletion=lambda status: confirmed(
                f"stack {stack_name} is {status} and never came into being. Delete what is left of it?", agreed=yes
            ),
            on_event=progress,
            on_wait=progress.waiting,
            on_note=lambda text: click.echo(text, err=True),
            timeout_seconds=minutes * 60,
            poll_seconds=target.poll_seconds,
        )
    click.echo(f"stack {stack_name}: {deployed.status}{'' if deployed.changed else ' (no changes)'}", err=True)
    if output:
        path = write_outputs(output, deployed.outputs)
        click.echo(f"wrote {path}: {len(deployed.outputs)} outputs", err=True)
    print_outputs(deployed.outputs)


def _answers(
    body: str, given: tuple[str, ...], parameters_file: str | None, tags: tuple[str, ...], *, keep_values: bool
) -> Answers:
    """Parameters and tags, checked against the template; all that is wrong with them is said at once."""
    from tap_templates.deployment.parameter_files import ParameterFile, read_parameters
    from tap_templates.deployment.parameters import check_parameters, is_hidden
    from tap_templates.deployment.stack_tags import check_tags, tags_of_template
    from tap_templates.deployment.templates import parsed

    template = parsed(body)
    declared: Mapping[str, Any] = template.get("Parameters", {})
    written = read_parameters(parameters_file) if parameters_file else ParameterFile({})
    if written.has_policy:
        click.echo(f"{parameters_file}: its StackPolicy is not used; one is made from the template", err=True)
    values = {**written.values, **pairs(given, "--parameter", PARAMETER_EXAMPLE)}
    check_parameters(template, values, kept=declared if keep_values else written.kept)
    own_tags = {**written.tags, **pairs(tags, "--tag", "CostCenter=CC-1234")}
    check_tags(own_tags)
    hidden = tuple(name for name, declaration in declared.items() if is_hidden(declaration))
    shown = {name: value for name, value in values.items() if name not in hidden}
    return Answers(values, written.kept, {**tags_of_template(template, shown), **own_tags}, hidden)


def _archives(file: str, body: str) -> dict[str, bytes]:
    """The archives of code that the template wants, from beside it."""
    from tap_templates.deployment.assets import read_assets
    from tap_templates.deployment.templates import parsed

    return read_assets(parsed(body), os.path.dirname(file))


def _uploaded(
    archives: Mapping[str, bytes], clients: Clients, stack_name: str, given: Mapping[str, str], bucket: str | None
) -> dict[str, str]:
    """The parameter for the bucket that has the archives now; none where there are none."""
    if not archives:
        return {}
    from tap_templates.deployment.assets import chosen_bucket, upload_assets

    place = chosen_bucket(clients, stack_name, given, bucket)
    return upload_assets(clients, archives, place, on_upload=lambda url: click.echo(f"uploaded {url}", err=True))


def _protection(
    termination: bool | None, replaceable: tuple[str, ...], tags: Mapping[str, str], environment: str | None
) -> Protection:
    from tap_templates.deployment import Protection
    from tap_templates.deployment.stack_tags import is_production

    if termination is None and is_production({"Environment": environment or "", **tags}):
        termination = True
    return Protection(termination=termination, data=True, replaceable=frozenset(replaceable))


def _agreed(plan: Plan, progress: Any, *, yes: bool) -> bool:
    from tap_templates.cli.plans import show_changes

    show_changes(plan)
    progress.total = len(plan.changes)
    return confirmed("Execute these changes?", agreed=yes)


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
