"""Nodes that go wrong on purpose, loaded into the genuine server by the tests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import torch
from comfy import model_management
from comfy.utils import ProgressBar

SERVER_CRASH_EXIT = 137  # what a process killed by the system's memory guard ends with
LONGER_THAN_ANY_TEST = 3600.0  # seconds


class VidctlSteps:
    """Passes images on after `steps` pauses of `seconds` each; reports progress and stops when interrupted.

    `nonce` changes nothing but the server's cache key.
    """

    CATEGORY = "vidctl/test"
    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "pause"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {
            "required": {
                "images": ("IMAGE",),
                "steps": ("INT", {"default": 10, "min": 1, "max": 10_000}),
                "seconds": ("FLOAT", {"default": 0.1, "min": 0.0, "max": 60.0}),
                "nonce": ("INT", {"default": 0, "min": 0, "max": 2**63 - 1}),
            }
        }

    def pause(self, images: torch.Tensor, steps: int, seconds: float, nonce: int) -> tuple[torch.Tensor]:
        progress = ProgressBar(steps)
        for done in range(1, steps + 1):
            time.sleep(seconds)
            model_management.throw_exception_if_processing_interrupted()
            progress.update_absolute(done)
        return (images,)


def run_out_of_memory() -> None:
    raise torch.OutOfMemoryError("Allocation on device 0 would exceed allowed memory. (out of memory)")


def raise_runtime_error() -> None:
    raise RuntimeError("failed on purpose")


def crash_the_server() -> None:
    os._exit(SERVER_CRASH_EXIT)


def hang() -> None:
    time.sleep(LONGER_THAN_ANY_TEST)  # deaf to interrupts, like a driver that never returns


FAILURES: dict[str, Callable[[], None]] = {
    "oom": run_out_of_memory,
    "runtime": raise_runtime_error,
    "crash": crash_the_server,
    "hang": hang,
}


class VidctlFail:
    """Takes images and fails in the way that `kind` names."""

    CATEGORY = "vidctl/test"
    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "fail"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {"required": {"images": ("IMAGE",), "kind": (list(FAILURES),)}}

    def fail(self, images: torch.Tensor, kind: str) -> tuple[torch.Tensor]:
        FAILURES[kind]()
        return (images,)


NODE_CLASS_MAPPINGS = {"VidctlSteps": VidctlSteps, "VidctlFail": VidctlFail}
