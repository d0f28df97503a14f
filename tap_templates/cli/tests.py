"""``tap-templates tests``: a suite of integration tests from what a template promises."""

from __future__ import annotations

import os

import click

from tap_templates.cli.answers import PARAMETER_EXAMPLE, pairs
from tap_templates.errors import UsageError

DEFAULT_FOLDER = "tests/integration"


@click.command("tests")
@click.argument("file")
@click.option(
    "-p", "--parameter", "given", multiple=True, metavar="KEY=VALUE", help="Answer to a parameter, as at deployment."
)
@click.option("-o", "--output", metavar="FOLDER", default=DEFAULT_FOLDER, show_default=True, help="Where to write.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def command(file: str, given: tuple[str, ...], output: str, force: bool) -> None:
    """Write integration tests of what the template promises; they are yours to change.

    Plain pytest: tables of what AWS must say, in its own words, and tests that ask it. They find the stack by its
    outputs file and need 'tap_templates[testing]'.

    \b
    tap-templates tests t.json -p Project=payments -p Environment=dev
    tap-templates deploy t.json --stack payments-dev ... -o cfn-outputs/flat-outputs.json
    pytest tests/integration --require-stack
    """
    from tap_templates.report.files import write_whole
    from tap_templates.testing.generation import integration_tests

    answers = pairs(given, "--parameter", PARAMETER_EXAMPLE)
    made = integration_tests(_existing(file), answers, name=os.path.basename(file))
    paths = {os.path.join(output, name): text for name, text in made.files.items()}
    there = [path for path in paths if os.path.exists(path)]
    if there and not force:
        remedy = "they may have been changed: name another folder with -o, or write over them with --force"
        raise UsageError(output, found=", ".join(map(os.path.basename, there)), remedy=remedy)
    if len(paths) == 1:
        remedy = "name a template with resources or outputs that there are tests for"
        raise UsageError(file, found="nothing to test", remedy=remedy)
    for path, text in paths.items():
        write_whole(path, text)
    for reason in made.untested:
        click.echo(f"not tested: {reason}", err=True)
    tests = sum(text.count("\ndef test_") for text in paths.values())
    click.echo(f"wrote {output}: {len(paths)} files, {tests} test functions", err=True)


def _existing(file: str) -> str:
    if not os.path.isfile(file):
        raise UsageError(file, found="no such file", remedy="name a readable template file")
    return os.path.abspath(file)
