"""A stream that is closed from the start, as cron jobs and `<&-` have it, is no reason to fail."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.conftest import Vidctl
from tests.cli.running import VIDCTL, Run, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="closes streams as a POSIX shell does")


def _in_a_shell(redirection: str, *arguments: str) -> Run:
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", *VIDCTL, *arguments]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    return Run(done.returncode, done.stdout, done.stderr)


def test_nobody_can_be_asked_over_a_closed_input(vidctl: Vidctl, film: str) -> None:
    run = _in_a_shell("<&-", "project", "delete", film)
    assert (run.code, "nobody can be asked" in run.err) == (2, True)
    assert vidctl("project", "list", "--json").json()["total"] == 1


@pytest.mark.parametrize("arguments", [("project", "list"), ("project", "list", "--json"), ("--version",)])
def test_a_result_that_nobody_wants_is_no_failure(film: str, arguments: tuple[str, ...]) -> None:
    assert _in_a_shell(">&-", *arguments) == Run(0, "", "")


@pytest.mark.parametrize(("arguments", "code"), [(("project", "show", "nothing"), 3), (("project", "paint"), 2)])
def test_an_error_that_nobody_reads_keeps_its_exit_code(film: str, arguments: tuple[str, ...], code: int) -> None:
    assert _in_a_shell("2>&-", *arguments) == Run(code, "", "")


def test_all_three_may_be_closed(film: str) -> None:
    assert _in_a_shell("<&- >&- 2>&-", "project", "show", "nothing") == Run(3, "", "")
