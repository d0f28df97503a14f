"""Checks over any CloudFormation template, from this library or written by hand: rules of cfn-lint's engine.

A team that runs cfn-lint already adds them to it: ``append_rules: [tap_templates.checks.rules]`` in ``.cfnlintrc``, and
``configure_rules: {E9101: {bucket_encryption: aws:kms}}`` for what it demands.
"""

from __future__ import annotations
