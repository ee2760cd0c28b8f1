# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Containers on disk: uncompressed ``.npz`` files that can be memory-mapped."""

import os
import zipfile
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.lib import format as npy


def save_arrays(path: str | os.PathLike[str], arrays: dict[str, Any]) -> None:
    """Write named arrays to one uncompressed ``.npz`` file."""
    path = os.fspath(path)
    np.savez(path if path.endswith(".npz") else path + ".npz", **arrays)


def load_arrays(
    path: str | os.PathLike[str], mmap_mode: Literal["r", "c"] | None = None
) -> dict[str, np.ndarray]:
    """Read named arrays; ``mmap_mode`` "r" or "c" maps them instead.

    ``numpy.load`` ignores its ``mmap_mode`` for ``.npz`` files, yet a stored
    (uncompressed) member is one contiguous stretch of the file.
    """
    if mmap_mode is None:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    if mmap_mode not in ("r", "c"):
        raise ValueError(f"mmap_mode must be None, 'r' or 'c', got {mmap_mode!r}")
    with zipfile.ZipFile(path) as archive, open(path, "rb") as file:
        return {
            info.filename.removesuffix(".npy"): _map_member(file, path, info, mmap_mode)
            for info in archive.infolist()
        }


def _map_member(
    file: BinaryIO,
    path: str | os.PathLike[str],
    info: zipfile.ZipInfo,
    mode: Literal["r", "c"],
) -> np.ndarray:
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(
            f"{path} is compressed and cannot be memory-mapped: write it with save()"
        )
    # a local file header is 30 bytes, then the name and the extra field, whose
    # lengths stand at bytes 26 and 28
    file.seek(info.header_offset + 26)
    lengths = np.frombuffer(file.read(4), dtype="<u2")
    file.seek(info.header_offset + 30 + int(lengths.sum()))
    version = npy.read_magic(file)
    read_header = {
        (1, 0): npy.read_array_header_1_0,
        (2, 0): npy.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"{path} uses npy format {version}, which cannot be mapped")
    shape, fortran, dtype = read_header(file)
    if dtype.hasobject:
        raise ValueError(f"{path} holds Python objects")
    if 0 in shape:  # an empty stretch cannot be mapped
        return np.empty(shape, dtype=dtype)
    return np.memmap(
        file,
        dtype=dtype,
        mode=mode,
        offset=file.tell(),
        shape=shape,
        order="F" if fortran else "C",
    )
