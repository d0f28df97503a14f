"""``secure-enterprise`` in the embedded AWS: all of it is applied, and whatever is altered is found."""

from __future__ import annotations

from itertools import product

import pytest
from deployment.verification.conftest import ANSWERS, Deploy, Flagship
from support.alterations import ALTERATIONS
from support.component_samples import ENCRYPTIONS, FIXED, asked, fixed

from tap_templates import Settings, build
from tap_templates.deployment.verification import Verification, verify
from tap_templates.deployment.verification.readers import READERS, UNREADABLE
from tap_templates.emulator import gap_reason


@pytest.fixture(scope="module")
def altered(deploy_flagship: Deploy) -> Verification:
    """What is found in a stack after every alteration."""
    flagship = deploy_flagship(Settings(users=FIXED["users"]), ANSWERS)
    for alter in dict.fromkeys(ALTERATIONS.values()):
        alter(flagship.clients, flagship.ids)
    return verify(flagship.clients, flagship.name, gap_reason=gap_reason)


def test_all_that_the_template_states_is_applied(flagship: Flagship) -> None:
    """More than eight hundred values, each read back; only what no API tells is not."""
    told: list[str] = []

    found = verify(
        flagship.clients,
        flagship.name,
        gap_reason=gap_reason,
        on_resource=lambda title, number, total: told.append(f"{number}/{total} {title}"),
    )

    assert not found.failures()
    assert found.counts["applied"] > 800
    assert [verdict.place for verdict in found.verdicts if verdict.status != "applied"] == [
        "AlarmTopicKey.PendingWindowInDays",
        "LogsKey.PendingWindowInDays",
    ]
    assert {verdict.logical_id for verdict in found.verdicts} == set(flagship.ids)
    assert told[0].startswith("1/70 ")
    assert len(told) == 70


def test_form_with_keys_of_its_own_is_applied(deploy_flagship: Deploy) -> None:
    """With KMS demanded for buckets and trail, and every setting fixed, nothing is different or unread."""
    flagship = deploy_flagship(fixed(bucket="aws:kms", trail="aws:kms"), {})

    found = verify(flagship.clients, flagship.name, gap_reason=gap_reason)

    assert not found.failures()
    assert found.counts["not told by any API"] == 5


@pytest.mark.parametrize("place", ALTERATIONS)
def test_alteration_is_found_with_resource_and_property(altered: Verification, place: str) -> None:
    """A change by the service's own API is told as a difference, in its place."""
    [verdict] = [verdict for verdict in altered.verdicts if verdict.place == place]
    assert verdict.status == "different"
    assert verdict.expected != verdict.found


def test_nothing_else_is_called_different(altered: Verification) -> None:
    """Only values of what was altered differ: no resource is blamed for another one."""
    touched = {place.split(".")[0] for place in ALTERATIONS}
    # Whoever holds or is held by what was altered.
    touched |= {"TrailRolePolicy"}
    assert {verdict.logical_id for verdict in altered.failures()} == touched


def test_every_property_of_the_blueprint_has_a_reader_or_a_reason() -> None:
    """In all its forms: what is required of buckets and trail, everything fixed, everything asked."""
    unread = set()
    for make, (bucket, trail) in product((fixed, asked), ENCRYPTIONS):
        for resource in build("secure-enterprise", make(bucket=bucket, trail=trail)).to_dict()["Resources"].values():
            for name in resource.get("Properties", {}):
                if name not in READERS.get(resource["Type"], {}):
                    unread.add((resource["Type"], name))

    assert unread == {("AWS::KMS::Key", "PendingWindowInDays")}
    assert unread <= set(UNREADABLE)
