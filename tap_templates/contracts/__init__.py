"""What a stack of a template promises to those who use its outputs: which there are, and what each value looks like.

A contract is a JSON Schema (draft 2020-12) of the flat outputs, so that any validator takes it.
"""

from tap_templates.contracts.reading import Contract, ContractError, Mismatch, check_outputs, read_contract
from tap_templates.contracts.sensitive import sensitive_outputs
from tap_templates.contracts.writing import contract, contract_text, is_contract

__all__ = [
    "Contract",
    "ContractError",
    "Mismatch",
    "check_outputs",
    "contract",
    "contract_text",
    "is_contract",
    "read_contract",
    "sensitive_outputs",
]
