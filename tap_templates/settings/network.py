"""The section ``network`` of the settings; whether its blocks and zones fit is judged when the network is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pydantic

from tap_templates.data.endpoint_services import endpoint_services
from tap_templates.settings import NetworkSettings

TierName = Literal["public", "private", "isolated"]
EVERY_TIER: list[TierName] = ["public", "private", "isolated"]
FORMS_OF_TIERS = NAMES, BLOCKS = "[names]", "[blocks]"  # pydantic puts them into paths of faults.
DEFAULT = NetworkSettings()


def _form_of_tiers(value: Any) -> str:
    return BLOCKS if isinstance(value, Mapping) else NAMES


Tiers = Annotated[
    Annotated[list[TierName], pydantic.Field(min_length=1), pydantic.Tag(NAMES)]
    | Annotated[dict[TierName, str], pydantic.Field(min_length=1), pydantic.Tag(BLOCKS)],
    pydantic.Discriminator(_form_of_tiers),
]


class NetworkModel(pydantic.BaseModel):
    """A network beside what the blueprint always has."""

    model_config = pydantic.ConfigDict(strict=True, extra="forbid")
    cidr: str | None = pydantic.Field(None, description="Block of addresses; asked for at upload where it is left out.")
    prefix_length: int = pydantic.Field(
        DEFAULT.prefix_length, ge=16, le=28, description="Size of the block that is asked for."
    )
    zones: int = pydantic.Field(DEFAULT.zones, ge=1, le=3, description="How many Availability Zones it is in.")
    tiers: Tiers = pydantic.Field(EVERY_TIER, description="Which tiers there are, or the block of each.")
    endpoints: list[Literal[tuple(endpoint_services())]] = pydantic.Field(  # type: ignore[valid-type]
        list(DEFAULT.endpoints), description="AWS services that are reached without the internet."
    )
    flow_logs: Literal["logs", "bucket"] = pydantic.Field("logs", description="Where its flow logs go.")
    acls: bool = pydantic.Field(DEFAULT.acls, description="Whether each tier has a network ACL of its own.")


def network_settings(model: Mapping[str, Any]) -> NetworkSettings:
    """The settings of a network that ``NetworkModel`` accepted."""
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in model.items()}
    return NetworkSettings(**given)
