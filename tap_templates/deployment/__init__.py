"""From a template to a deployed stack and its flat outputs. With ``emulator`` and ``runtime``, the only home of boto3.

Nothing here prints or asks: progress goes to callbacks, results are values, failures are ``TapTemplatesError``.
"""

from tap_templates.deployment.change_sets import DeployedStack, deploy
from tap_templates.deployment.clients import Clients
from tap_templates.deployment.deletion import delete
from tap_templates.deployment.events import StackEvent
from tap_templates.deployment.outputs import flat_outputs, stack_outputs, write_outputs
from tap_templates.deployment.uploads import uploader

__all__ = [
    "Clients",
    "DeployedStack",
    "StackEvent",
    "delete",
    "deploy",
    "flat_outputs",
    "stack_outputs",
    "uploader",
    "write_outputs",
]
