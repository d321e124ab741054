"""vidctl health"""

from __future__ import annotations

from typing import Any

from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Tell whether the store answers.")


@command(group, None, "vidctl health --json")
def health(cli: Cli) -> Any:
    """Tell whether the store answers, and which one it is: for probes. Ends with exit code 5 if it cannot be reached;
    vidctl doctor looks at everything."""
    return cli.app.doctor.health()
