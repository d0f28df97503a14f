"""Orders come into a queue, a function writes each to a table; what fails is kept and heard of. Prints the template."""

from pathlib import Path

from troposphere import Ref

from tap_templates import Settings, Stack
from tap_templates.components.alarms import alarm_topic
from tap_templates.components.dashboard import dashboard
from tap_templates.components.functions import function
from tap_templates.components.functions.triggers import consume
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.queues import queue
from tap_templates.components.tables import table

stack = Stack(Settings(project="orders", environment="dev", owner="shop@example.com"), description="Orders to a table")
permissions_boundary(stack)
alarms = alarm_topic(stack)
orders = table(stack, "Orders", topic=alarms, partition=("id", "string"))
incoming = queue(stack, "Incoming", topic=alarms, says="orders that come in", visibility_seconds=180)
source = Path(__file__).with_name("write_orders.py")
grants, names = orders.write(), {"TABLE_NAME": Ref(orders.resource)}
writer = function(
    stack, "Writer", topic=alarms, source=source, description="Writes orders", statements=grants, variables=names
)
consume(writer, incoming)
dashboard(stack)
print(stack.to_json(), end="")
