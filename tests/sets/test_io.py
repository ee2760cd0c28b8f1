# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Containers on disk, and what a memory map is made of."""

import numpy as np
import pytest

from skot.sets import GraphSets, PointSets, read_graphs
from tests._data.graphs import pairs


@pytest.mark.parametrize("weighted", [True, False])
def test_save_and_memory_map(X, weighted, tmp_path):
    X = X if weighted else X.with_weights(None)
    X.save(tmp_path / "sets")
    assert PointSets.load(tmp_path / "sets.npz").equals(X)
    mapped = PointSets.load(tmp_path / "sets.npz", mmap_mode="r")
    assert mapped.equals(X)
    assert isinstance(mapped.points, np.memmap)
    assert isinstance(mapped[1:3].points, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        mapped.points[0] = 0
    with pytest.raises(ValueError, match="mmap_mode"):
        PointSets.load(tmp_path / "sets.npz", mmap_mode="w+")


def test_files_that_cannot_be_mapped(X, tmp_path):
    np.savez_compressed(tmp_path / "a.npz", points=X.points, offsets=X.offsets)
    assert PointSets.load(tmp_path / "a.npz").equals(X.with_weights(None))
    with pytest.raises(ValueError, match="compressed"):
        PointSets.load(tmp_path / "a.npz", mmap_mode="r")
    np.savez(tmp_path / "b.npz", other=X.points)
    with pytest.raises(ValueError, match="no point sets"):
        PointSets.load(tmp_path / "b.npz")


@pytest.mark.parametrize("mmap_mode", [None, "r"])
@pytest.mark.parametrize("weighted", [True, False])
def test_save_and_load(tmp_path, mmap_mode, weighted):
    graphs = GraphSets.from_list(pairs())
    if weighted:
        rng = np.random.default_rng(0)
        nodes = graphs.nodes.with_weights(rng.uniform(size=len(graphs.nodes.points)))
        graphs = graphs.with_nodes(nodes)
    else:
        graphs = GraphSets(graphs.nodes, graphs.edges, graphs.edge_offsets)
    graphs.save(tmp_path / "graphs.npz")
    loaded = GraphSets.load(tmp_path / "graphs.npz", mmap_mode=mmap_mode)
    assert loaded.equals(graphs)
    mapped = isinstance(loaded.edges, np.memmap)
    assert mapped == (mmap_mode == "r")
    assert read_graphs(loaded).equals(graphs)


def test_load_refuses_points_without_edges(tmp_path):
    PointSets.from_list([np.eye(2)]).save(tmp_path / "points.npz")
    with pytest.raises(ValueError, match="holds no graphs"):
        GraphSets.load(tmp_path / "points.npz")
