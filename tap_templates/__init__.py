"""CloudFormation templates that are right the first time.

>>> from tap_templates import Settings, Stack
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tap_templates.blueprints import build
    from tap_templates.requirements import Requirements
    from tap_templates.settings import Group, Settings, User
    from tap_templates.stack import Stack

__version__ = "0.1.0"
__all__ = ["Group", "Requirements", "Settings", "Stack", "User", "build"]

_HOMES = {
    "Group": "settings",
    "Requirements": "requirements",
    "Settings": "settings",
    "Stack": "stack",
    "User": "settings",
    "build": "blueprints",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used, so that each command loads only what it needs."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


class _LoadedWhenUsed(ModuleType):
    """Stands in for a module until one of its attributes is asked for."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


# troposphere imports cfn_flip, and with it PyYAML, for to_yaml() alone: a third of its import time.
sys.modules.setdefault("cfn_flip", _LoadedWhenUsed("cfn_flip"))
