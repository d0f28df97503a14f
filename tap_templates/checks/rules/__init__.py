"""Every rule, one in each module of this folder, named after what must hold; what cfn-lint's ``append_rules`` loads."""

from __future__ import annotations

import importlib
import pkgutil

from tap_templates.checks.rule import Rule


def _rules() -> dict[str, type[Rule]]:
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {
        name: found
        for module in modules
        for name, found in vars(importlib.import_module(f"{__name__}.{module}")).items()
        if isinstance(found, type) and issubclass(found, Rule) and found.id
    }


globals().update(_rules())  # cfn-lint looks for classes among the names of the module.


def every_rule() -> list[Rule]:
    """An instance of each rule, in the order of their ids, with default demands."""
    return sorted((made() for made in _rules().values()), key=lambda rule: rule.id)
