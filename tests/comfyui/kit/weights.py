"""Random weights by name, and the safetensors file that holds them.

Weights are float16 noise scaled by fan-in, so that activations stay near unit size through any number of layers.
All-zero tensors are never written: they are holes in a sparse file, which is what keeps true-to-size models small.
The format: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

BYTES = {"F16": 2, "F32": 4}
HEADER_ALIGNMENT = 8  # bytes; readers map the data that follows


@dataclass(frozen=True)
class Tensor:
    """One entry of the file; `data` None stands for zeros."""

    shape: tuple[int, ...]
    data: npt.NDArray[np.float16] | npt.NDArray[np.float32] | None = None

    @property
    def dtype(self) -> str:
        return "F32" if self.data is not None and self.data.dtype == np.float32 else "F16"

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return math.prod(self.shape) * BYTES[self.dtype]


@dataclass
class Weights:
    """Collects tensors; the names given to its methods are appended to the current prefix."""

    random: np.random.Generator
    tensors: dict[str, Tensor] = field(default_factory=dict)
    prefix: str = ""
    blank: bool = False

    @contextmanager
    def inside(self, name: str, *, blank: bool = False) -> Iterator[None]:
        """Put `name.` before all names; with `blank`, layers are zeros (in a residual block: the identity)."""
        outer = self.prefix, self.blank
        self.prefix, self.blank = f"{self.prefix}{name}.", self.blank or blank
        try:
            yield
        finally:
            self.prefix, self.blank = outer

    def put(self, name: str, tensor: Tensor) -> None:
        self.tensors[self.prefix + name] = tensor

    def noise(self, name: str, *shape: int, deviation: float = 0.02) -> None:
        values = self.random.standard_normal(shape, dtype=np.float32) * deviation
        self.put(name, Tensor(shape, values.astype(np.float16)))

    def ones(self, name: str, *shape: int) -> None:
        self.put(name, Tensor(shape, np.ones(shape, np.float16)))

    def number(self, name: str, value: float) -> None:
        self.put(name, Tensor((), np.array(value, np.float32)))

    def matrix(self, name: str, outputs: int, inputs: int, *kernel: int) -> None:
        """A weight without a layer's `.weight` and `.bias` names."""
        shape = (outputs, inputs, *kernel)
        if self.blank:
            self.put(name, Tensor(shape))
        else:
            self.noise(name, *shape, deviation=1 / math.sqrt(math.prod(shape[1:])))

    def layer(self, name: str, outputs: int, inputs: int, *kernel: int, bias: bool = True) -> None:
        """A linear layer, or a convolution when there are kernel sizes."""
        self.matrix(f"{name}.weight", outputs, inputs, *kernel)
        if bias:
            self.put(f"{name}.bias", Tensor((outputs,)))

    def norm(self, name: str, channels: int) -> None:
        self.ones(f"{name}.weight", channels)
        self.put(f"{name}.bias", Tensor((channels,)))


def write(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> None:
    """Write a safetensors file, making its folder."""
    header: dict[str, object] = {"__metadata__": metadata} if metadata else {}
    starts, end = {}, 0
    for name, tensor in tensors.items():
        starts[name], end = end, end + tensor.size
        header[name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [starts[name], end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % HEADER_ALIGNMENT)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        data_start = file.tell()
        for name, tensor in tensors.items():
            if tensor.data is not None:
                file.seek(data_start + starts[name])
                file.write(tensor.data.tobytes())
        file.truncate(data_start + end)
