"""vidctl doctor"""

from __future__ import annotations

from typing import Any

from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Tell what is installed, reachable and missing.")


@command(group, None, "vidctl doctor")
def doctor(cli: Cli) -> Any:
    """Tell what is installed, reachable and missing. Ends with exit code 6 if something has to be done."""
    from vidctl.errors import ConfigurationError

    found = cli.app.doctor.examine()
    cli.screen.show(found)
    if not found.healthy:
        broken = ", ".join(check.name for check in found.checks if check.state == "failed")
        raise ConfigurationError(f"not everything is well: {broken}", fix="the lines above say what to do")
