"""The checks, as commands run them: with the requirements of a settings file, where one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tap_templates.errors import MissingExtraError, TapTemplatesError

if TYPE_CHECKING:
    from tap_templates.checks.engine import Checker


class FindingsError(TapTemplatesError):
    """Checks that found errors; they have been shown."""

    exit_code = 1


def checker(command: str, config: str | None, environment: str | None, regions: tuple[str, ...]) -> Checker:
    """The rules with the demands and suppressions of a settings file, or with the defaults.

    Raises:
        MissingExtraError: cfn-lint is not installed.
    """
    try:
        from tap_templates.checks.engine import Checker
    except ModuleNotFoundError as error:
        raise MissingExtraError(command, extra="check", missing=str(error.name)) from error
    if config is None:
        return Checker(regions=regions)
    from tap_templates.settings.file import load

    settings = load(config, environment)
    return Checker(settings.requirements, regions=regions, accepted=settings.suppressions, source=config)


def refuse_errors(file: str, config: str | None, environment: str | None, region: str | None) -> None:
    """Checks a template before it is deployed; shows errors, counts the rest.

    Raises:
        FindingsError: There are errors.
        MissingExtraError: cfn-lint is not installed.
    """
    try:
        report = checker("checks before deploying", config, environment, (region,) if region else ()).check([file])
    except MissingExtraError as error:
        raise _UncheckedError(error) from error
    from tap_templates.checks.presentation import summary, text

    errors = tuple(finding for finding in report.findings if finding.severity == "error")
    if not errors:
        click.echo(summary(report), err=True)
        return
    click.echo(text(report._replace(findings=errors)), nl=False, err=True)
    remedy = "correct them (`tap-templates explain RULE`), or deploy without checks: --no-checks"
    raise FindingsError(file, found=f"{len(errors)} error{'s' if len(errors) > 1 else ''}", remedy=remedy)


class _UncheckedError(TapTemplatesError):
    """Checks that cannot run; says how to install them, and how to go without."""

    def __init__(self, missing: MissingExtraError) -> None:
        super().__init__(
            missing.where, found=missing.found, remedy=f"{missing.remedy}, or deploy without checks: --no-checks"
        )
