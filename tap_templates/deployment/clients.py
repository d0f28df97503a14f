"""AWS clients that end: connect and read time-outs, bounded adaptive retries, one place for endpoint and region."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tap_templates.data.aws_errors import kind_of_error
from tap_templates.data.regions import regions
from tap_templates.errors import DeploymentError, MissingExtraError, TapTemplatesError, UsageError, did_you_mean

CONNECT_TIMEOUT_SECONDS = 5
READ_TIMEOUT_SECONDS = 30
MAX_ATTEMPTS = 5
LONGEST_WORDS = 400  # an answer that is not AWS's may be a whole web page

# Kinds of `aws_errors.json` that whoever deploys can correct: usage, not a failure in AWS.
CREDENTIALS = ("no_credentials", "expired", "bad_credentials")


class Clients:
    """Clients of one account and region, each made once: ``clients("cloudformation")``.

    ``arguments`` are keyword arguments of ``boto3.client`` (``EmbeddedAws.client_arguments()`` gives those of an
    embedded server); ``profile`` is a profile of the AWS configuration.
    """

    def __init__(
        self,
        *,
        region: str | None = None,
        profile: str | None = None,
        endpoint_url: str | None = None,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import ProfileNotFound
        except ImportError as error:
            raise MissingExtraError("deployment", extra="aws", missing="boto3") from error
        given = {"region_name": region, "endpoint_url": endpoint_url, **(arguments or {})}
        self._arguments = {name: value for name, value in given.items() if value is not None}
        self._config = Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            retries={"mode": "adaptive", "total_max_attempts": MAX_ATTEMPTS},
        )
        try:
            self._session: Any = boto3.session.Session(profile_name=profile)
        except ProfileNotFound as error:
            raise UsageError(
                "--profile", found=profile, remedy="use a profile of `aws configure list-profiles`"
            ) from error
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """The client of a service.

        Raises:
            UsageError: No region is known, or region or endpoint are of no form that they can have.
        """
        if service not in self._made:
            from botocore.exceptions import BotoCoreError, NoRegionError

            try:
                self._made[service] = self._session.client(service, config=self._config, **self._arguments)
            except NoRegionError as error:
                raise UsageError(
                    "AWS region", found=None, remedy="pass a region, or set AWS_REGION or the profile's region"
                ) from error
            except (BotoCoreError, ValueError) as error:
                region = self._arguments.get("region_name")
                misspelt = region is not None and region not in regions()
                remedy = f"correct the region or the endpoint{did_you_mean(region, regions()) if misspelt else ''}"
                raise UsageError("AWS client", found=str(error), remedy=remedy) from error
        return self._made[service]


def sdk_errors() -> tuple[type[Exception], ...]:
    """What a call may raise: AWS's refusals, the SDK's own failures, and answers that are not AWS's."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    return BotoCoreError, ClientError, ResponseParserError


@contextmanager
def aws_errors(where: str) -> Iterator[None]:
    """Turn what botocore raises in the block into errors that say what to do; ``where`` names the thing at work."""
    try:
        yield
    except sdk_errors() as error:
        raise explained(where, error) from error


def explained(where: str, error: Exception) -> TapTemplatesError:
    """The same failure with what to do about it: credentials are a usage error, the rest is AWS's answer."""
    kind = kind_of_error(error)
    found = said_by(error)
    if kind is None:
        return DeploymentError(where, found=found, remedy="correct the call as the message says")
    if about_credentials(error):
        return UsageError("AWS credentials", found=found, remedy=f"{kind.title}: {kind.deploying}")
    return DeploymentError(where, found=found, remedy=kind.deploying)


def about_credentials(error: Exception) -> bool:
    """True for what no other call can succeed after, either: missing, expired or unusable credentials."""
    kind = kind_of_error(error)
    return kind is not None and kind.name in CREDENTIALS


def said_by(error: BaseException) -> str:
    """``AccessDenied: not authorized`` for an answer of AWS, the SDK's own words otherwise, at no length."""
    said = (getattr(error, "response", None) or {}).get("Error", {})
    parts = [part for part in (said.get("Code"), said.get("Message")) if part]
    return ": ".join(parts) or textwrap.shorten(str(error), LONGEST_WORDS)
