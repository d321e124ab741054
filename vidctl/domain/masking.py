"""What of a secret may be shown: nothing."""

from __future__ import annotations

import re
from typing import Any


def without_password(value: Any) -> Any:
    """A URL without its password; anything else as it is."""
    if not isinstance(value, str):
        return value
    return re.sub(r"(?<=://)([^/@:]*):(.*)@", r"\1:***@", value)
