"""Mutants that are still good: which changes break nothing that a rule is about, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from support.good_template_mutants import WIDEST, Mutant

from tap_templates.checks.rule import Rule
from tap_templates.requirements import ANY

GONE = ("dropped", "one-sided")
ALL = (*GONE, "unknown", "flipped")
PRINCIPALS = ("unknown", "widened", "worst")
CLOSING = ("Account", "Arn", "OrgID", "ViaService")  # Words of the condition keys that say who may call.


class Equivalent(NamedTuple):
    """Kinds of mutants that some rules are right to accept."""

    reason: str
    rules: tuple[str, ...]
    kinds: tuple[str, ...]
    where: Callable[[Rule, Mutant], bool] = lambda rule, mutant: True


def _asks_for_nothing(rule: Rule, _: Mutant) -> bool:
    service = getattr(rule, "service", None)
    unasked = service is not None and service not in rule.demand("customer_managed_keys")
    return unasked or any(rule.demand(key) == ANY for key in rule.demands)


def _is_closed(_: Rule, mutant: Mutant) -> bool:
    condition = json.dumps(mutant.around.get("Condition", {}), default=str)
    of_function = mutant.around.get("Properties", {})
    return any(word in condition for word in CLOSING) or "SourceArn" in of_function or "SourceAccount" in of_function


def _is_of_root(_: Rule, mutant: Mutant) -> bool:
    return ":root" in json.dumps(mutant.around.get("Principal", ""))


def _was_widest(_: Rule, mutant: Mutant) -> bool:
    return mutant.was in WIDEST.values()


def _is_for_one_protocol(_: Rule, mutant: Mutant) -> bool:
    return mutant.resource["Type"].endswith("Egress") or mutant.path[-1] == "CidrIp"


def _has_rules_beside(_: Rule, mutant: Mutant) -> bool:
    beside = [each for each in mutant.good["Resources"].values() if each["Type"] == "AWS::EC2::SecurityGroupEgress"]
    return any(mutant.path[1] in json.dumps(each) for each in beside)


def _is_within_the_stack(_: Rule, mutant: Mutant) -> bool:
    properties = mutant.resource["Properties"]
    return "Ref" in properties.get("VpcId", properties.get("EventBusName", {}))


def _is_the_engine(_: Rule, mutant: Mutant) -> bool:
    return mutant.path[-1] == "Engine"


def _is_bounded(_: Rule, mutant: Mutant) -> bool:
    return "Project" in mutant.good.get("Parameters", {})


PROHIBITIONS = (
    *("E9001", "E9002", "E9004", "E9208", "E9301", "E9303", "E9305", "E9309", "E9401", "E9402", "E9403", "E9404"),
    *("E9405", "E9406", "E9408", "E9409", "E9410", "E9411", "E9412", "E9501", "E9502", "E9503", "E9504", "E9512"),
    *("E9513", "E9516", "E9517", "E9706", "E9801", "E9802", "E9803", "E9805", "W9517"),
)
LITERALS = ("E9501", "E9502", "E9503", "E9504", "E9803", "E9805")
COVERAGE = ("E9307", "E9702", "E9703", "E9704", "E9705", "W9514")
EQUIVALENTS = (
    Equivalent("what is forbidden cannot stand where nothing stands", PROHIBITIONS, (*GONE, "stranded")),
    Equivalent("what comes from elsewhere is no text of this template", LITERALS, ("unknown",)),
    Equivalent("a wildcard is no account, no Region and no partition", LITERALS, ("widened",)),
    Equivalent("the requirements ask for nothing here", ("E9101", "E9103", "E9106", "E9109"), ALL, _asks_for_nothing),
    Equivalent("a condition says who may call, whoever is named", ("E9208", "E9405"), PRINCIPALS, _is_closed),
    Equivalent(
        "kms:* to the root of the account is AWS's default policy", ("E9409",), ("widened", "worst"), _is_of_root
    ),
    Equivalent(
        "what stood there is the widest, and is accepted",
        ("E9301", "E9303", "E9309", "E9402"),
        ("unknown",),
        _was_widest,
    ),
    Equivalent("Deny may say what it is not about", ("E9403", "E9404"), ("flipped",)),
    Equivalent("NotResource is E9404's", ("E9403",), ("NotResource",)),
    Equivalent("NotAction is E9403's", ("E9404",), ("NotAction",)),
    Equivalent("every pattern of actions that has one exists; how wide it is, is E9401's", ("E9410",), ("widened",)),
    Equivalent("a rule for one protocol is not everything", ("W9306",), (*GONE, "unknown"), _is_for_one_protocol),
    Equivalent("a rule that is a resource replaces the default too", ("W9306",), GONE, _has_rules_beside),
    Equivalent("unique within what the stack makes", ("E9512",), ("unknown", "worst"), _is_within_the_stack),
    Equivalent("long only by a parameter that is bounded here", ("E9513",), ("worst",), _is_bounded),
    Equivalent("a name that no other resource has", ("E9516",), ("unknown", "worst")),
    Equivalent("no function becomes a section, or Metadata", ("E9004", "E9517", "W9517"), ("unknown",)),
    Equivalent("what a suppression must have is E9001's", ("E9002",), ("unknown",)),
    Equivalent("what counts stands beside the resource", COVERAGE, ("worst", "flipped")),
    Equivalent("two instances are Multi-AZ, whatever engine", ("E9605",), (*GONE, "unknown"), _is_the_engine),
    Equivalent("reserving nothing is a decision, and so is a switch for it", ("W9709",), ("one-sided", "flipped")),
    Equivalent("any size that is stated is a size", ("W9711",), ("unknown", "flipped")),
)


def why_good(rule: Rule, mutant: Mutant) -> str:
    """Why a mutant is still good, or nothing."""
    reasons = (
        each.reason
        for each in EQUIVALENTS
        if rule.id in each.rules and mutant.kind in each.kinds and each.where(rule, mutant)
    )
    return next(reasons, "")
