"""One template in many accounts and regions: what it takes to roll out, look, compare, read outputs and delete.

A ``Distributor`` does the distribution: ``StackSets`` is CloudFormation's own engine, ``Direct`` deploys stack by stack
where there is none. ``plan_for`` says what would be done, ``apply`` does it.
"""

from tap_templates.deployment.rollouts.accounts import assumed_roles
from tap_templates.deployment.rollouts.direct import Direct
from tap_templates.deployment.rollouts.distributor import ClientsOf, Distributor, Watch
from tap_templates.deployment.rollouts.model import DriftedResource, Instance, Operation, Request, Result, StackSet
from tap_templates.deployment.rollouts.outputs import merged_key, parts_of, rollout_outputs
from tap_templates.deployment.rollouts.planning import Plan, plan_for
from tap_templates.deployment.rollouts.preferences import Preferences, Share, share
from tap_templates.deployment.rollouts.stack_sets import StackSets
from tap_templates.deployment.rollouts.steps import Rollout, apply, delete, drift, status
from tap_templates.deployment.rollouts.targets import Targets, targets

__all__ = [
    "ClientsOf",
    "Direct",
    "Distributor",
    "DriftedResource",
    "Instance",
    "Operation",
    "Plan",
    "Preferences",
    "Request",
    "Result",
    "Rollout",
    "Share",
    "StackSet",
    "StackSets",
    "Targets",
    "Watch",
    "apply",
    "assumed_roles",
    "delete",
    "drift",
    "merged_key",
    "parts_of",
    "plan_for",
    "rollout_outputs",
    "share",
    "status",
    "targets",
]
