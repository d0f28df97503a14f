"""``tap-templates explain``: what a check, a requirement, a framework or a control is about."""

from __future__ import annotations

import click

from tap_templates.errors import MissingExtraError, UsageError, did_you_mean


@click.command("explain")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Explain a check, a requirement, a framework or one of its controls: what, why, fix, examples, sources.

    Without a name, list them all. Needs the extra 'check'.

    \b
    tap-templates explain E9101
    tap-templates explain bucket_encryption
    tap-templates explain cis-aws
    tap-templates explain fsbp:S3.8
    """
    try:
        from tap_templates.checks import control_explanation
        from tap_templates.checks.explanation import explain_requirement, explain_rule, overview
        from tap_templates.checks.rules import every_rule
    except ModuleNotFoundError as error:
        raise MissingExtraError("explain", extra="check", missing=str(error.name)) from error
    from tap_templates.requirements import REQUIREMENT

    rules = {rule.id: rule for rule in every_rule()}
    if name is None:
        click.echo(overview(), nl=False)
    elif name.upper() in rules:
        click.echo(explain_rule(rules[name.upper()]), nl=False)
    elif name in REQUIREMENT:
        click.echo(explain_requirement(REQUIREMENT[name]), nl=False)
    elif (text := control_explanation.explain(name)) is not None:
        click.echo(text, nl=False)
    else:
        known = [*rules, *REQUIREMENT, *control_explanation.names()]
        what = "use the id of a check or a requirement, a framework, or a control such as cis-aws:3.5"
        remedy = f"{what}; `tap-templates explain` lists them{did_you_mean(name, known)}"
        raise UsageError("explain", found=name, remedy=remedy)
