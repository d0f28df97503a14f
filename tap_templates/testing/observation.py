"""Who wants to know which conditions the tests have seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Observer = Callable[[Mapping[str, Any], Mapping[str, bool], Mapping[str, str]], None]
_observers: list[Observer] = []


@contextmanager
def observed_by(observer: Observer) -> Iterator[None]:
    """Each resolution of a template in the block is told: the template, its conditions, its parameters as text."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def tell(template: Mapping[str, Any], conditions: Mapping[str, bool], parameters: Mapping[str, str]) -> None:
    """Tells all observers."""
    for observer in tuple(_observers):
        observer(template, conditions, parameters)
