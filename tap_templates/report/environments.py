"""What the environments are: their amounts and machines, and what a smaller one saves, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tap_templates.data.profiles import amounts, profiles
from tap_templates.data.sizes import choices, kinds, machine, price


def amounts_table() -> str:
    """Each amount with its value in each profile, what it means, and what a smaller one saves."""
    rows = [
        [f"`{row.key}`", *(str(row.values[name]) for name in profiles()), row.means, row.saves]
        for row in amounts().values()
    ]
    return _table(["amount", *profiles(), "what it is", "what a smaller one saves"], rows)


def machines_table() -> str:
    """Each workload's machine in each profile, with its hourly price; below it, where the prices are from."""
    rows = [
        [f"`{key}`", *(_priced(choice.kind, choice.values[name]) for name in profiles())]
        for key, choice in choices().items()
    ]
    return _table(["machine", *profiles()], rows) + "\n" + "".join(_sources())


def _priced(kind: str, name: str) -> str:
    found = machine(kind, name)
    return name if found is None else f"{name} ({found.memory_gib} GiB, ${found.usd_per_hour:g})"


def _sources() -> Iterator[str]:
    for kind in kinds():
        row = price(kind)
        says = f"{row.says[:1].upper()}{row.says[1:]}"
        yield f"- {says}, an hour: {row.of}; {row.region}, {row.date}, [source]({row.source}).\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
