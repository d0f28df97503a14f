"""AWS clients that end: connect and read time-outs, bounded adaptive retries, one place for endpoint and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tap_templates.errors import DeploymentError, MissingExtraError, TapTemplatesError, UsageError

CONNECT_TIMEOUT_SECONDS = 5
READ_TIMEOUT_SECONDS = 30
MAX_ATTEMPTS = 5

EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
UNKNOWN_CREDENTIALS = {
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


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
            UsageError: No region is known.
        """
        if service not in self._made:
            from botocore.exceptions import NoRegionError

            try:
                self._made[service] = self._session.client(service, config=self._config, **self._arguments)
            except NoRegionError as error:
                raise UsageError(
                    "AWS region", found=None, remedy="pass a region, or set AWS_REGION or the profile's region"
                ) from error
        return self._made[service]


@contextmanager
def aws_errors(where: str) -> Iterator[None]:
    """Turn what botocore raises in the block into errors that say what to do; ``where`` names the thing at work."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise explained(where, error) from error


def explained(where: str, error: Exception) -> TapTemplatesError:
    """The same failure with what to do about it."""
    from botocore import exceptions as aws

    if isinstance(error, aws.ClientError):
        return _explained_answer(where, error)
    if isinstance(error, (aws.NoCredentialsError, aws.PartialCredentialsError, aws.CredentialRetrievalError)):
        return UsageError(
            "AWS credentials", found=str(error), remedy="run `aws configure` or `aws sso login`, or pass a profile"
        )
    if isinstance(error, (aws.TokenRetrievalError, aws.UnauthorizedSSOTokenError)):
        return UsageError("AWS credentials", found=str(error), remedy="sign in again: `aws sso login`")
    if isinstance(error, (aws.EndpointConnectionError, aws.ConnectTimeoutError, aws.ReadTimeoutError)):
        return DeploymentError(where, found=str(error), remedy="check the network, the endpoint URL and the region")
    return DeploymentError(where, found=str(error), remedy="correct the call as the message says")


def _explained_answer(where: str, error: Any) -> TapTemplatesError:
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    found = f"{code}: {message}"
    if code in EXPIRED:
        return UsageError(
            "AWS credentials", found=found, remedy="they have expired; sign in again, e.g. `aws sso login`"
        )
    if code in UNKNOWN_CREDENTIALS:
        return UsageError(
            "AWS credentials", found=found, remedy="check the keys and that they belong to this partition and endpoint"
        )
    if code in DENIED:
        return DeploymentError(where, found=found, remedy="ask for the permission that the message names")
    return DeploymentError(where, found=found, remedy="correct what the message says and run again")
