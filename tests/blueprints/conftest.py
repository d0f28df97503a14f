"""Makes the helpers beside the tests, and those of the components' tests, importable in every import mode."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "components")]
