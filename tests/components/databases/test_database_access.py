"""Who gets into a database: through its group, with a token of IAM, or as its owner."""

from __future__ import annotations

from typing import Any

import pytest
from support.component_samples import ANSWERS, fixed
from support.database_samples import CLUSTERS, INSTANCES, KEYED, a_database, both, seen
from support.network_samples import a_network, of_type
from troposphere import encode_to_dict

from tap_templates.errors import PropertyError, StackError
from tap_templates.settings import Settings


def encoded(statements: Any) -> list[dict[str, Any]]:
    """Statements as the template has them."""
    return [encode_to_dict(each) for each in statements]


def test_servers_reach_the_port() -> None:
    """One rule of each group, for that port alone."""
    found = seen(both(Settings())[0], ANSWERS)
    ingress, egress = (of_type(found, f"EC2::SecurityGroup{way}") for way in ("Ingress", "Egress"))

    assert {title: (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) for title, rule in ingress.items()} == {
        "OrdersGroupFromServersOn15432": (15432, 15432, "tcp"),
        "StockGroupFromServersOn15432": (15432, 15432, "tcp"),
    }
    assert set(egress) == {"ServersToOrdersGroupOn15432", "ServersToStockGroupOn15432"}


@pytest.mark.parametrize("engine", INSTANCES)
def test_connect_to_an_instance(engine: str) -> None:
    """As one user of that instance."""
    assert encoded(a_database(engine).connect("app")) == [
        {
            "Sid": "ConnectToOrdersAsApp",
            "Effect": "Allow",
            "Action": ["rds-db:connect"],
            "Resource": [
                {
                    "Fn::Sub": "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:"
                    "${Orders.DbiResourceId}/app"
                }
            ],
        }
    ]


@pytest.mark.parametrize("engine", CLUSTERS)
def test_connect_to_a_cluster(engine: str) -> None:
    """As one user of all its instances."""
    [statement] = encoded(a_database(engine).connect("order_reader-1"))

    assert statement["Sid"] == "ConnectToOrdersAsOrderReader1"
    assert statement["Resource"][0]["Fn::Sub"].endswith("${Orders.DBClusterResourceId}/order_reader-1")


@pytest.mark.parametrize("user", ["", "*", "app*", "a/b", "x" * 64, "${AWS::AccountId}"])
def test_connect_as_whoever(user: str) -> None:
    """It must be one user, who is named."""
    with pytest.raises(PropertyError) as caught:
        a_database().connect(user)
    remedy = "use the name of one user: 1 to 63 letters, digits and _ . @ -"
    assert str(caught.value) == f"Orders.connect: found {user!r}; {remedy}"


@pytest.mark.parametrize("engine", [INSTANCES[0], CLUSTERS[0]])
def test_read_owner(engine: str) -> None:
    """The secret that RDS made, and its key where it has one of its own."""
    plain = encoded(a_database(engine).read_owner())
    keyed = encoded(a_database(engine, fixed(requirements=KEYED)).read_owner())

    assert plain == [
        {
            "Sid": "ReadOwnerOfOrders",
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": [{"Fn::GetAtt": ["Orders", "MasterUserSecret.SecretArn"]}],
        }
    ]
    assert [each["Resource"] for each in keyed[1:]] == [[{"Fn::GetAtt": ["OrdersKey", "Arn"]}]]


@pytest.mark.parametrize("engine", [*INSTANCES, *CLUSTERS])
def test_handle(engine: str) -> None:
    """What whoever connects is told: the host, the port, and where the owner's password is."""
    made = a_database(engine)
    outputs = made.stack.to_dict()["Outputs"]
    said = {key: outputs[f"Orders{key}"]["Value"] for key in ("Id", "Address", "Port", "SecretArn")}

    assert made.title == "Orders"
    assert encode_to_dict(made.address) == said["Address"]
    assert encode_to_dict(made.secret_arn) == said["SecretArn"]
    assert said == {
        "Id": {"Ref": "Orders"},
        "Address": {"Fn::GetAtt": ["Orders", "Endpoint.Address"]},
        "Port": {"Fn::GetAtt": ["Orders", "Endpoint.Port"]},
        "SecretArn": {"Fn::GetAtt": ["Orders", "MasterUserSecret.SecretArn"]},
    }


def test_a_group_of_another_network_is_not_let_in() -> None:
    """Security groups know those of their own network alone."""
    elsewhere = a_network(title="Other").group("Elsewhere", "servers elsewhere")

    with pytest.raises(StackError):
        a_database().accepts(elsewhere)
