"""Who distributes the stacks for a command: CloudFormation's stack sets, or this program in an embedded AWS."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tap_templates.cli.rollout.printing import Progress
from tap_templates.cli.target import Target, target_options
from tap_templates.errors import UsageError

if TYPE_CHECKING:
    from tap_templates.deployment import Clients
    from tap_templates.deployment.rollouts import ClientsOf, Distributor, StackSet, Watch

TIMEOUT_SECONDS = 3600


class Backend(NamedTuple):
    """A distributor, how it is watched and told, and clients of the accounts that stacks are read with."""

    distributor: Distributor
    watch: Watch
    progress: Progress
    clients_for: Callable[[StackSet, str | None], ClientsOf]


class Where(NamedTuple):
    """What the options say about AWS, time and standing."""

    target: Target
    timeout_seconds: float
    delegated_admin: bool

    @contextmanager
    def backend(self) -> Iterator[Backend]:
        """The backend; an embedded AWS runs as long as it is used."""
        with self.target.clients() as clients:
            from tap_templates.deployment.rollouts import Direct, StackSets, Watch
            from tap_templates.emulator import is_embedded_aws

            progress = Progress()
            watch = Watch(self.timeout_seconds, on_result=progress, on_note=_note)
            endpoint = clients("cloudformation").meta.endpoint_url
            if is_embedded_aws(endpoint):
                of = _roots(endpoint)
                yield Backend(Direct(clients, watch, clients_of=of), watch, progress, lambda found, role: of)
            else:
                stack_sets = StackSets(clients, watch, delegated_admin=self.delegated_admin)
                yield Backend(stack_sets, watch, progress, functools.partial(self._through_roles, clients))

    def _through_roles(self, clients: Clients, found: StackSet, role: str | None) -> ClientsOf:
        from tap_templates.data.stack_sets import fact
        from tap_templates.deployment import Clients
        from tap_templates.deployment.rollouts import assumed_roles

        if role is None and found.permission_model == "SERVICE_MANAGED":
            remedy = "name a role that each account has and that trusts this one, such as OrganizationAccountAccessRole"
            raise UsageError("--role", found=None, remedy=remedy)

        def clients_in(region: str | None) -> Clients:
            if region is None:
                return clients
            return Clients(region=region, profile=self.target.profile, endpoint_url=self.target.endpoint_url)

        chosen = role or found.execution_role or fact("execution_role")
        return assumed_roles(clients_in, chosen, endpoint_url=self.target.endpoint_url)


def where_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a step the options of a target, of time and of standing; its argument is ``where``."""

    @click.option(
        "--delegated-admin", is_flag=True, help="This account administers stack sets for its organization's management."
    )
    @click.option(
        "--timeout",
        type=click.FloatRange(min=0),
        default=TIMEOUT_SECONDS,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait; AWS goes on afterwards.",
    )
    @target_options
    @functools.wraps(command)
    def wrapped(*args: Any, target: Target, timeout: float, delegated_admin: bool, **options: Any) -> Any:
        return command(*args, where=Where(target, timeout, delegated_admin), **options)

    return wrapped


def _roots(endpoint: str) -> ClientsOf:
    """Clients of the root of any account of an embedded AWS."""
    from tap_templates.deployment import Clients
    from tap_templates.emulator.server import ROOT_SECRET

    @functools.cache
    def clients_of(account: str, region: str) -> Clients:
        signing = {"aws_access_key_id": account, "aws_secret_access_key": ROOT_SECRET}
        return Clients(arguments={"endpoint_url": endpoint, "region_name": region, **signing})

    return clients_of


def _note(text: str) -> None:
    click.echo(text, err=True)
