"""Where a command finds AWS: the account of the environment, another endpoint, or an embedded one."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tap_templates.errors import UsageError

if TYPE_CHECKING:
    from tap_templates.deployment import Clients

STATE_FOLDER = ".tap-templates/embedded-aws"
POLL_SECONDS = 2.0
EMBEDDED_POLL_SECONDS = 0.1


class Target(NamedTuple):
    """What the options say about where AWS is."""

    local: bool
    endpoint_url: str | None
    region: str | None
    profile: str | None

    def check(self) -> None:
        """Raises a UsageError for options that exclude each other."""
        if self.local and (self.endpoint_url or self.profile):
            found = "--endpoint-url" if self.endpoint_url else "--profile"
            raise UsageError("--local", found=f"{found} beside it", remedy="use one of them")

    @property
    def region_name(self) -> str | None:
        """The region that the options or the environment name, as far as that is known before any client is made."""
        return self.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")

    @contextmanager
    def clients(self) -> Iterator[Clients]:
        """Clients of the target; an embedded AWS is started when none runs here, and stays.

        Raises:
            UsageError: Options that exclude each other.
            MissingExtraError: boto3, or for an embedded AWS ministack, is not installed.
        """
        self.check()
        from tap_templates.deployment import Clients

        if not self.local:
            yield Clients(region=self.region, profile=self.profile, endpoint_url=self.endpoint_url)
            return
        from tap_templates.emulator import background

        embedded, _, fresh, stale = background.start(STATE_FOLDER)
        if stale:
            click.echo("the last embedded AWS ended without saving: what it had not saved is gone", err=True)
        stays = "; it stays until `tap-templates emulator stop`" if fresh else ""
        click.echo(f"embedded AWS at {embedded.endpoint}{stays}", err=True)
        try:
            yield Clients(arguments=embedded.client_arguments(region=self.region))
        finally:
            with suppress(OSError):  # It may have ended, which is no matter of this command any more.
                embedded.save()

    @property
    def poll_seconds(self) -> float:
        """How often to look: AWS counts calls, an embedded one does not."""
        return EMBEDDED_POLL_SECONDS if self.local else POLL_SECONDS


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of a target, and the target as its argument."""

    @click.option("--local", is_flag=True, help="Use the embedded AWS of this folder; needs no account.")
    @click.option("--endpoint-url", metavar="URL", help="Use another endpoint than AWS's own.")
    @click.option("--region", metavar="REGION", help="Region; by default as the AWS CLI finds it.")
    @click.option("--profile", metavar="NAME", help="Profile of the AWS configuration.")
    @functools.wraps(command)
    def wrapped(
        *args: Any, local: bool, endpoint_url: str | None, region: str | None, profile: str | None, **options: Any
    ) -> Any:
        return command(*args, target=Target(local, endpoint_url, region, profile), **options)

    return wrapped
