"""The embedded AWS: a ministack server in a process of its own, and what is known about it.

Nothing here is imported by building or checking. Source for what it does and does not do: ``gaps.json``
and the tests that prove each line of it.
"""

from tap_templates.emulator.decisions import Decision
from tap_templates.emulator.detection import is_embedded_aws
from tap_templates.emulator.gaps import Gap, gap_reason, known_gaps
from tap_templates.emulator.server import DEFAULT_ACCOUNT, DEFAULT_REGION, EmbeddedAws

__all__ = [
    "DEFAULT_ACCOUNT",
    "DEFAULT_REGION",
    "Decision",
    "EmbeddedAws",
    "Gap",
    "gap_reason",
    "is_embedded_aws",
    "known_gaps",
]
