"""Start a ComfyUI server from its source folder: `python launch.py SERVER_FOLDER [its own arguments]`.

Two things differ from running its main.py: torchvision imports even where its compiled part does not fit the installed
torch, and the server ends when its standard input does, so a killed test run leaves no server behind.
Runs on the kit's own Python; server.py is its only caller.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
from pathlib import Path

import torch

DETECTION_OPERATORS = ("nms", "qnms")


def import_torchvision() -> torch.library.Library | None:
    """Import torchvision; where its operators are missing, declare their signatures and import it again.

    The returned library must live as long as the process: the declarations end with it.
    """
    try:
        import torchvision
    except RuntimeError:  # a wheel built for CUDA beside a CPU torch: "operator torchvision::nms does not exist"
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
    else:
        return None
    library = torch.library.Library("torchvision", "DEF")
    for operator in DETECTION_OPERATORS:
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision  # noqa: F401

    return library


def end_with_stdin() -> None:
    """End the process as soon as nobody holds the other end of standard input any more."""

    def wait() -> None:
        while os.read(0, 1024):  # not sys.stdin: its lock would be held at interpreter shutdown
            pass
        os._exit(0)

    threading.Thread(target=wait, name="end-with-stdin", daemon=True).start()


def main(server: Path, arguments: list[str]) -> None:
    end_with_stdin()
    library = import_torchvision()
    script = server / "main.py"
    sys.argv = [str(script), *arguments]
    sys.path[0] = str(server)
    os.chdir(server)
    runpy.run_path(str(script), run_name="__main__")
    del library


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])
