"""From a template to a deployed stack and its flat outputs. With ``emulator`` and ``runtime``, the only home of boto3.

Nothing here prints or asks: progress goes to callbacks, results are values, failures are ``TapTemplatesError``.
"""

from tap_templates.deployment.assets import read_assets, upload_assets
from tap_templates.deployment.changes import Change, Plan
from tap_templates.deployment.clients import Clients
from tap_templates.deployment.deletion import delete
from tap_templates.deployment.deploying import DeployedStack, deploy
from tap_templates.deployment.drift import Difference, Drift, detect_drift
from tap_templates.deployment.events import StackEvent
from tap_templates.deployment.failures import InterruptedWaitError, StillRunningError
from tap_templates.deployment.outputs import flat_outputs, merged_outputs, stack_outputs, write_outputs
from tap_templates.deployment.parameter_files import ParameterFile, read_parameters
from tap_templates.deployment.protection import Protection
from tap_templates.deployment.readiness import DeclinedError
from tap_templates.deployment.remains import DeletionPlan, Fate, deletion_plan
from tap_templates.deployment.stack_tags import tags_of_template
from tap_templates.deployment.uploads import uploader

__all__ = [
    "Change",
    "Clients",
    "DeclinedError",
    "DeletionPlan",
    "DeployedStack",
    "Difference",
    "Drift",
    "Fate",
    "InterruptedWaitError",
    "ParameterFile",
    "Plan",
    "Protection",
    "StackEvent",
    "StillRunningError",
    "delete",
    "deletion_plan",
    "deploy",
    "detect_drift",
    "flat_outputs",
    "merged_outputs",
    "read_assets",
    "read_parameters",
    "stack_outputs",
    "tags_of_template",
    "upload_assets",
    "uploader",
    "write_outputs",
]
