"""vidctl that is killed, or held up, at a chosen moment:

    python halted_vidctl.py kill before vidctl.gateways.comfyui.client:ComfyClient.prompt queue work

It happens once, when that method is called, before or after its work is done. "halted" on standard error tells that it
has come to that. What is held up goes on after SIGUSR1.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from importlib import import_module
from typing import Any

from vidctl.cli.main import main

_go_on = threading.Event()


def await_permission() -> None:
    signal.sigwait({signal.SIGUSR1})
    _go_on.set()


def halt_at(how: str, when: str, place: str) -> None:
    """Replace the method by one that halts the process (kill) or its caller (hold) at its first call."""
    module, _, path = place.partition(":")
    class_name, _, method_name = path.partition(".")
    owner = getattr(import_module(module), class_name)
    method = getattr(owner, method_name)

    def halt() -> None:
        setattr(owner, method_name, method)
        sys.stderr.write("halted\n")
        sys.stderr.flush()
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        _go_on.wait()

    @functools.wraps(method)
    def halting(*arguments: Any, **named: Any) -> Any:
        if when == "before":
            halt()
            return method(*arguments, **named)
        answer = method(*arguments, **named)
        halt()
        return answer

    setattr(owner, method_name, halting)


if __name__ == "__main__":
    how, when, place, *arguments = sys.argv[1:]
    # waited for in a thread: a handler runs in the main thread only, which may be asleep
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    threading.Thread(target=await_permission, daemon=True).start()
    halt_at(how, when, place)
    sys.exit(main(arguments))
