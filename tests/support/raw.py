"""A resource as someone writes it by hand: any type, any properties, no checks of troposphere's."""

from __future__ import annotations

from typing import Any


class RawResource:
    """Stands for a resource of any type; further attributes such as ``Condition`` are given by name."""

    def __init__(self, title: str, kind: str, properties: dict[str, Any] | None = None, **attributes: Any) -> None:
        self.title = title
        self.encoded = {"Type": kind, **attributes, **({} if properties is None else {"Properties": properties})}

    def to_dict(self) -> dict[str, Any]:
        """As it stands in the template."""
        return self.encoded
