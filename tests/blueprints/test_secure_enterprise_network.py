"""The network that ``secure-enterprise`` can have: off by default, clean in six Regions, deployed and read back."""

from __future__ import annotations

from typing import Any

import pytest
from blueprints.test_lint_of_blueprints import findings as lint_findings
from support.clean import REGIONS, findings
from support.component_samples import ANSWERS, ENCRYPTIONS, asked, fixed
from support.deployment import deployed
from support.resolved_template import Resolved, template_resources

from tap_templates.blueprints import build
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import NetworkSettings
from tap_templates.stack import Stack

pytestmark = pytest.mark.once

EVERYTHING = NetworkSettings(
    zones=3,
    endpoints=("s3", "dynamodb", "secretsmanager", "ssm"),
    flow_logs="bucket",
    acls=True,
)
FIXED_BLOCK = EVERYTHING._replace(cidr="10.20.0.0/16")


def built(make: Any, network: NetworkSettings | None, **given: Any) -> Stack:
    """The blueprint with a network, with everything fixed or asked for."""
    return build("secure-enterprise", make(network=network, **given))


@pytest.mark.parametrize("make", [fixed, asked])
def test_there_is_none_by_default(make: Any) -> None:
    """A template without the section has nothing of EC2."""
    template = built(make, None).to_dict()

    assert not [each for each in template["Resources"].values() if each["Type"].startswith("AWS::EC2::")]
    assert template == build("secure-enterprise", make()).to_dict()


def test_network_joins_what_is_there() -> None:
    """Nothing else changes, but what its roles' boundary leaves them."""
    without, with_it = built(fixed, None).to_dict(), built(fixed, NetworkSettings(cidr="10.20.0.0/16")).to_dict()

    for section in ("Resources", "Outputs"):
        changed = {title for title, each in without[section].items() if with_it[section][title] != each}
        assert changed == ({"RoleBoundary"} if section == "Resources" else set())
    assert template_resources(with_it, "AWS::EC2::VPC")["Network"]["CidrBlock"] == "10.20.0.0/16"


def test_what_the_section_says_is_built() -> None:
    """Each key of it."""
    seen = Resolved(built(fixed, FIXED_BLOCK).to_dict())
    kinds = {kind: [t for t, each in seen.resources.items() if each["Type"] == f"AWS::EC2::{kind}"] for kind in (
        "Subnet", "NetworkAcl", "VPCEndpoint")}  # fmt: skip

    assert len(kinds["Subnet"]) == 9
    assert len(kinds["NetworkAcl"]) == 3
    assert kinds["VPCEndpoint"] == [f"Network{name}Endpoint" for name in ("S3", "Dynamodb", "Secretsmanager", "Ssm")]
    assert seen.properties("NetworkFlowLog")["LogDestination"] == seen.arn("FlowLogs")


def test_block_is_asked_for_where_it_is_not_said() -> None:
    """In a group of the form of its own, with the size that the section says."""
    template = built(asked, NetworkSettings(prefix_length=20)).to_dict()

    assert template["Parameters"]["NetworkCidr"]["Default"] == "10.0.0.0/20"
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert {"Label": {"default": "Network"}, "Parameters": ["NetworkCidr"]} in groups


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"cidr": "10.0.0.0/26"}, "Network.CidrBlock: found '/26'; use /25 or larger: 6 subnets"),
        (
            {"cidr": "10.0.0.0/16", "tiers": {"public": "10.0.0.0/24", "private": "10.0.0.0/20"}},
            "Network.tiers.private: found '10.0.0.0/20'; use a block that does not overlap 10.0.0.0/24 of tier public",
        ),
        ({"zones": 3}, "Network.zones: found '3, where us-west-1 has 2'; use at most 2, or take us-west-1 out"),
    ],
)
def test_network_that_does_not_fit_is_refused(network: dict[str, Any], said: str) -> None:
    """When it is built, with place, value and remedy."""
    with pytest.raises(PropertyError, match=said):
        built(fixed, NetworkSettings(**network), requirements={"allowed_regions": ["us-west-1"]})


@pytest.mark.parametrize(
    ("make", "network"),
    [(fixed, FIXED_BLOCK), (asked, EVERYTHING), (asked, NetworkSettings())],
    ids=["fixed", "asked", "with every default"],
)
def test_no_findings(make: Any, network: NetworkSettings) -> None:
    """In six Regions, GovCloud and China among them."""
    assert findings(built(make, network), regions=REGIONS) == []


def test_no_findings_of_cfn_lint() -> None:
    """With its informational rules on, either."""
    assert lint_findings(built(asked, EVERYTHING).to_json()) == []


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
@pytest.mark.parametrize(("bucket", "trail"), ENCRYPTIONS)
def test_no_findings_in_any_profile(environment: str, bucket: str, trail: str) -> None:
    """Whatever is demanded of buckets, that of flow logs among them."""
    assert (
        findings(built(fixed, FIXED_BLOCK, environment=environment, bucket=bucket, trail=trail), regions=REGIONS) == []
    )


@pytest.mark.parametrize(
    ("make", "network", "answers"),
    [(asked, EVERYTHING, {**ANSWERS, "NetworkCidr": "192.168.0.0/16"}), (fixed, NetworkSettings("10.20.0.0/16"), {})],
    ids=["asked", "fixed"],
)
def test_deployed_and_read_back(
    blueprint_clients: Clients, make: Any, network: NetworkSettings, answers: dict[str, str]
) -> None:
    """Every value is applied, and the stack goes when it is deleted."""
    demands = {"requirements": {"data_retention": "any"}} if make is fixed else {}
    with deployed(built(make, network, **demands), blueprint_clients, answers) as sample:
        assert not sample.read_back().failures()
