"""``tap-templates rollout``: one template in many accounts and regions."""

from __future__ import annotations

import importlib
import os

import click

from tap_templates.errors import nearest

COMMANDS = ("apply", "status", "drift", "outputs", "delete")


class Steps(click.Group):
    """Loads each step when it is called; the first word is a template file when it is no step: ``apply`` is meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which one uses them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The step, from the module of its name."""
        step: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return step

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts ``apply`` before a template file."""
        first = args[0] if args else "--help"
        if first in COMMANDS or first in ctx.help_option_names:
            return super().parse_args(ctx, args)
        meant = nearest(first, COMMANDS)
        if meant and not first.startswith("-") and not os.path.exists(first):
            raise click.UsageError(f"neither a step nor a file: {first!r} (did you mean {meant}?)", ctx)
        return super().parse_args(ctx, ["apply", *args])


@click.group("rollout", cls=Steps)
def command() -> None:
    """Roll a template out to many accounts and regions, as a CloudFormation stack set.

    CloudFormation's own engine distributes the stacks and goes on when this program ends. With --local, an embedded
    AWS takes them, as many accounts of it as you name; it has no such engine, so they are deployed one by one under
    the same rules of order, concurrency and failure tolerance.

    \b
    tap-templates rollout t.json --name audit --accounts 111122223333,444455556666 --regions eu-west-1,us-east-1
    tap-templates rollout t.json --name audit --ous ou-ab12-cdef3456 --regions eu-west-1 --failure-tolerance 10%
    tap-templates rollout status audit --wait
    tap-templates rollout drift audit
    tap-templates rollout outputs audit -o cfn-outputs/flat-outputs.json
    tap-templates rollout delete audit --accounts 444455556666
    """
