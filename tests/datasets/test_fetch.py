# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The fetcher, without a network: files are made here, or read where SKOT_DATA says."""

import hashlib
import os
import socket
import zipfile
from pathlib import Path

import numpy as np
import pytest

from skot.datasets import fetch_tu_graphs
from skot.datasets._fetch import _ARCHIVES
from skot.sets import GraphSets

# a triangle and a path of two nodes, in the TU format; one edge stands twice
FILES = {
    "A": "1, 2\n2, 1\n2, 3\n3, 2\n1, 3\n3, 1\n4, 5\n5, 4\n4, 5\n",
    "graph_indicator": "1\n1\n1\n2\n2\n",
    "graph_labels": "1\n-1\n",
    "node_labels": "0\n3\n0\n3\n7\n",
    "node_attributes": "0.5, 1\n1.5, 2\n2.5, 3\n3.5, 4\n4.5, 5\n",
    "edge_labels": "0\n0\n1\n1\n0\n0\n1\n1\n1\n",
}
LABELS = np.eye(3)[[0, 1, 0, 1, 2]]
ATTRIBUTES = np.column_stack([np.arange(5) + 0.5, np.arange(5) + 1])


def write_folder(root, files=FILES):
    (root / "TINY").mkdir()
    for part, text in files.items():
        (root / "TINY" / f"TINY_{part}.txt").write_text(text)


def write_zip(root, files=FILES):
    with zipfile.ZipFile(root / "TINY.zip", "w") as archive:
        for part, text in files.items():
            archive.writestr(f"TINY/TINY_{part}.txt", text)


def write_npz(root, files=FILES):
    def read(part):
        return np.array([line.split(",") for line in files[part].split("\n")[:-1]])

    np.savez(
        root / "graphs_TINY.npz",
        edges=read("A").astype(int) - 1,
        graph_indicator=read("graph_indicator").astype(int).ravel() - 1,
        y=read("graph_labels").astype(int).ravel(),
        node_labels=read("node_labels").astype(int).ravel(),
        node_attributes=read("node_attributes").astype(float),
        edge_labels=read("edge_labels").astype(int).ravel(),
    )


@pytest.fixture
def local(tmp_path, monkeypatch):
    monkeypatch.setenv("SKOT_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def offline(monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("no network in tests")

    monkeypatch.delenv("SKOT_DATA", raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


# -- formats -------------------------------------------------------------------------


@pytest.mark.parametrize("write", [write_folder, write_zip, write_npz])
def test_every_format_reads_the_same(local, write):
    write(local)
    tiny = fetch_tu_graphs("TINY")
    graphs = tiny.data
    assert isinstance(graphs, GraphSets)
    assert len(graphs) == 2
    np.testing.assert_array_equal(graphs.nodes.points, np.hstack([LABELS, ATTRIBUTES]))
    np.testing.assert_array_equal(graphs[1].edges, [[0, 1], [1, 0]])
    assert len(graphs[0].edges) == 6
    np.testing.assert_array_equal(tiny.target, [1, -1])
    np.testing.assert_array_equal(tiny.target_names, [-1, 1])
    assert tiny.feature_names == [
        "label 0",
        "label 3",
        "label 7",
        "attribute 0",
        "attribute 1",
    ]
    assert "TINY: 2 graphs in 2 classes, 5 nodes and 4" in tiny.DESCR
    X, y = fetch_tu_graphs("TINY", return_X_y=True)
    assert X.equals(graphs)
    np.testing.assert_array_equal(y, tiny.target)


def test_edge_features(local):
    write_zip(local)
    X, _ = fetch_tu_graphs("TINY", edge_features=True, return_X_y=True)
    triangle = dict(zip(map(tuple, X[0].edges), X[0].edge_weights, strict=True))
    np.testing.assert_array_equal(triangle[0, 1], [1, 0])
    np.testing.assert_array_equal(triangle[1, 2], [0, 1])
    np.testing.assert_array_equal(triangle[2, 0], [1, 0])


def test_choice_of_node_features(local):
    write_zip(local)

    def points(features):
        return fetch_tu_graphs("TINY", node_features=features).data.nodes.points

    degree = np.array([[2], [2], [2], [1], [1]])
    np.testing.assert_array_equal(points(["degree"]), degree)
    expected = np.hstack([degree, LABELS])
    np.testing.assert_array_equal(points(["degree", "labels"]), expected)
    np.testing.assert_array_equal(points(["degree_onehot"]), degree == [[1, 2]])
    for bad in ("degree", ["colour"], []):
        with pytest.raises(ValueError, match="node_features must be 'auto' or a list"):
            points(bad)


def test_degree_where_nodes_carry_nothing(local):
    bare = {k: FILES[k] for k in ("A", "graph_indicator", "graph_labels")}
    write_zip(local, bare)
    assert fetch_tu_graphs("TINY").feature_names == ["degree"]
    with pytest.raises(ValueError, match=r"TINY.zip: there are no node labels"):
        fetch_tu_graphs("TINY", node_features=["labels"])
    with pytest.raises(ValueError, match="no edge labels: edge_features must be False"):
        fetch_tu_graphs("TINY", edge_features=True)


def test_labels_that_all_agree_count_as_absent(local):
    write_zip(local, {**FILES, "node_labels": "1\n" * 5})
    assert fetch_tu_graphs("TINY").feature_names == ["attribute 0", "attribute 1"]


# -- what can go wrong ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"A": None}, "lacks edges"),
        ({"A": "1, 2\n2, 1\n2, 3\n"}, r"X\[0\] is not symmetric"),
        ({"A": "1, 4\n4, 1\n"}, "joins two graphs"),
        ({"A": "1, 9\n9, 1\n"}, "outside 0 to 4"),
        ({"A": "1, two\n"}, "A of .* cannot be read"),
        ({"graph_labels": "1\n"}, "there are 2 graphs but 1 classes"),
        ({"graph_indicator": "1\n1\n1\n3\n3\n"}, "graph 1 has no node"),
        ({"node_labels": "1\n2\n"}, "there are 5 nodes but labels of 2"),
    ],
)
def test_damaged_text_is_named(local, change, message):
    files = {k: v for k, v in {**FILES, **change}.items() if v is not None}
    write_zip(local, files)
    with pytest.raises(ValueError, match=message) as caught:
        fetch_tu_graphs("TINY")
    assert "TINY.zip" in str(caught.value)


@pytest.mark.parametrize("name", ["TINY.zip", "graphs_TINY.npz"])
def test_truncated_file_is_named(local, name):
    write_zip(local)
    content = (local / "TINY.zip").read_bytes()
    (local / "TINY.zip").unlink()
    (local / name).write_bytes(content[:200])
    with pytest.raises(ValueError, match=f"{name} is damaged"):
        fetch_tu_graphs("TINY")


@pytest.mark.parametrize("where", [0.3, 0.6])
def test_flipped_bytes_are_noticed(local, where):
    with zipfile.ZipFile(local / "TINY.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in FILES.items():
            archive.writestr(f"TINY/TINY_{part}.txt", text * 50)
    content = bytearray((local / "TINY.zip").read_bytes())
    start = int(where * len(content) / 2)
    content[start : start + 20] = bytes(255 - b for b in content[start : start + 20])
    (local / "TINY.zip").write_bytes(content)
    with pytest.raises(ValueError, match=r"TINY\.zip"):
        fetch_tu_graphs("TINY")


def test_counts_of_known_data_sets_are_checked(local):
    write_npz(local)
    (local / "graphs_TINY.npz").rename(local / "graphs_IMDB_BINARY.npz")
    with pytest.raises(ValueError, match=r"not IMDB-BINARY, which has 1000 graphs"):
        fetch_tu_graphs("IMDB-BINARY")


def test_folder_without_the_data_set(local):
    with pytest.raises(FileNotFoundError, match=r"MUTAG.zip, MUTAG/MUTAG_A.txt nor gr"):
        fetch_tu_graphs("MUTAG")


def test_unknown_name(offline):
    with pytest.raises(ValueError, match="unknown data set 'MUTANT'; known are AIDS"):
        fetch_tu_graphs("MUTANT")


def test_offline(offline, tmp_path):
    with pytest.raises(ConnectionError, match="SKOT_DATA") as caught:
        fetch_tu_graphs("MUTAG", data_home=tmp_path)
    assert "https://www.chrsmrrs.com/graphkerneldatasets/MUTAG.zip" in str(caught.value)


def test_cache_is_verified(offline, tmp_path, monkeypatch):
    write_zip(tmp_path)
    content = (tmp_path / "TINY.zip").read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    monkeypatch.setitem(_ARCHIVES, "TINY", (2, 2.5, sha256))
    assert len(fetch_tu_graphs("TINY", data_home=tmp_path).data) == 2
    (tmp_path / "TINY.zip").write_bytes(content + b"!")
    with pytest.raises(ConnectionError):  # not read: fetched anew, or not at all
        fetch_tu_graphs("TINY", data_home=tmp_path)


def test_archive_table():
    for name, (n_graphs, n_nodes, sha256) in _ARCHIVES.items():
        assert n_graphs > 0, name
        assert n_nodes > 1, name
        assert len(bytes.fromhex(sha256)) == 32, name


# -- real files, where they are at hand ----------------------------------------------

REAL = Path(os.environ.get("SKOT_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.mark.parametrize(
    ("name", "shape", "n_edges", "classes"),
    [
        ("MUTAG", (188, 7), 3721, {-1: 63, 1: 125}),
        ("PROTEINS", (1113, 3), 81044, {0: 663, 1: 450}),
        ("IMDB-BINARY", (1000, 1), 96531, {0: 500, 1: 500}),
        ("BZR", (405, 13), 15535, {-1: 319, 1: 86}),
    ],
)
def test_real_data(name, shape, n_edges, classes, monkeypatch):
    if not (REAL / f"graphs_{name.replace('-', '_')}.npz").is_file():
        pytest.skip("needs the files SKOT_DATA points at")
    monkeypatch.setenv("SKOT_DATA", str(REAL))
    X, y = fetch_tu_graphs(name, return_X_y=True)
    assert X.shape == shape
    assert len(X.edges) == 2 * n_edges
    assert dict(zip(*np.unique(y, return_counts=True), strict=True)) == classes
