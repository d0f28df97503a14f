"""The command line: thin commands over the library; results to stdout, messages to stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from tap_templates.errors import TapTemplatesError, did_you_mean

COMMANDS = {
    "list": "blueprints",
    "generate": "generate",
    "check": "check",
    "explain": "explain",
    "schema": "schema",
    "deploy": "deploy",
    "rollout": "rollout",
    "outputs": "outputs",
    "verify": "verify",
    "tests": "tests",
    "drift": "drift",
    "delete": "delete",
    "emulator": "emulator",
}
INTERRUPTED = 130


class Commands(click.Group):
    """Loads each command's module when it is called, so that none pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which one uses them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, from the module of its name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        import importlib

        command: click.Command = importlib.import_module(f"{__name__}.{COMMANDS[cmd_name]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Says which command was probably meant when there is none of the name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"no command {args[0]!r}{did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tap_templates", prog_name="tap-templates")
def program() -> None:
    """CloudFormation templates that are right the first time.

    \b
    tap-templates list
    tap-templates generate secure-enterprise -o t.json
    tap-templates generate -c tap.yaml -e dev -o templates/
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 success, 1 findings or a failure in AWS, 2 usage and input."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        code = program.main(args=list(words), prog_name="tap-templates", standalone_mode=False, obj=words)
    except TapTemplatesError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except click.Abort:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return 2
    return code if isinstance(code, int) else 0


def run() -> None:
    """Entry point of the console script."""
    raise SystemExit(main())
