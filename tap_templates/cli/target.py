"""Where a command finds AWS: the account of the environment, another endpoint, or an embedded one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tap_templates.errors import UsageError

if TYPE_CHECKING:
    from tap_templates.deployment import Clients

STATE_FOLDER = ".tap-templates/embedded-aws"


class Target(NamedTuple):
    """What the options say about where AWS is."""

    local: bool
    endpoint_url: str | None
    region: str | None
    profile: str | None

    @contextmanager
    def clients(self) -> Iterator[Clients]:
        """Clients of the target; an embedded AWS runs as long as they are used.

        Raises:
            UsageError: Options that exclude each other.
            MissingExtraError: boto3, or for an embedded AWS ministack, is not installed.
        """
        if self.local and (self.endpoint_url or self.profile):
            found = "--endpoint-url" if self.endpoint_url else "--profile"
            raise UsageError("--local", found=f"{found} beside it", remedy="use one of them")
        from tap_templates.deployment import Clients

        if not self.local:
            yield Clients(region=self.region, profile=self.profile, endpoint_url=self.endpoint_url)
            return
        from tap_templates.emulator import DEFAULT_REGION, EmbeddedAws

        with EmbeddedAws(region=self.region or DEFAULT_REGION, state_dir=STATE_FOLDER) as embedded:
            click.echo(f"embedded AWS at {embedded.endpoint}", err=True)
            yield Clients(arguments=embedded.client_arguments())
        click.echo("embedded AWS stopped", err=True)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of a target, and the target as its argument."""

    @click.option("--local", is_flag=True, help="Use an embedded AWS; needs no account.")
    @click.option("--endpoint-url", metavar="URL", help="Use another endpoint than AWS's own.")
    @click.option("--region", metavar="REGION", help="Region; by default as the AWS CLI finds it.")
    @click.option("--profile", metavar="NAME", help="Profile of the AWS configuration.")
    @functools.wraps(command)
    def wrapped(
        *args: Any, local: bool, endpoint_url: str | None, region: str | None, profile: str | None, **options: Any
    ) -> Any:
        return command(*args, target=Target(local, endpoint_url, region, profile), **options)

    return wrapped
