"""vidctl health"""

from __future__ import annotations

from typing import Any

from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Tell whether the store answers.")


@command(group, None, "vidctl health --json")
def health(cli: Cli) -> Any:
    """Tell which store is used and that it answers. Ends with exit code 5 if not; vidctl doctor looks at all else."""
    return cli.app.doctor.health()
