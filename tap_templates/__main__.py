"""``python -m tap_templates``."""

from tap_templates.cli import run

run()
