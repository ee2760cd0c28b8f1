# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fetchers: official address, checksum, cache, and a local folder instead."""

import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from ..sets import GraphSets, read_graphs

_ADDRESS = "https://www.chrsmrrs.com/graphkerneldatasets/{name}.zip"

# Archives of the TU collection: number of graphs, mean number of nodes, SHA-256. The
# sums are those published in GraphDatasets.jl (github.com/simonschoelly), several
# times elsewhere for MUTAG; the counts are those of chrsmrrs.github.io/datasets.
_TABLE = """\
AIDS               2000   15.69  ef65a8095846588ffd6e17f95c1968a247d8ada7295a61209c401bda23d19ab9
BZR                 405   35.75  584cb76f63cf5d0459cabfa254603b4e89823de0c03c96d60ab338f2d71a8b55
COIL-DEL           3900   21.54  4dbaf79fc1d1b6fc90911b15faa086af0b5f2ce4600ecd93403af95a34e6e3e8
COIL-RAG           3900    3.01  47f8be52a845c414299a4c9e6346acc074c5438fc12fe90b7d8da5c4613f667f
COLLAB             5000   74.49  cb5b772bc4f3a4690d0601378a3fc993b092aeafd63e2b0f2330137dda1cdcc6
COX2                467   41.22  aad0f932851a9ee308b3b65bb23d9eb94d4072de9593e988090ae837fa17c430
DD                 1178  284.32  d033d7aeb1a48c4b2b47cf0390e7fc9671de70d98c8df5b11e458d2ec5515cd2
ENZYMES             600   32.63  13d832eb6ffa084192daf6e5750250028a18437ee692c38d29a10cd60e18aaf4
IMDB-BINARY        1000   19.77  b291ec8b26d85c70faa2ba0a2433e1f407ed2ef5d0fc072d36b9a95e49a1bb27
IMDB-MULTI         1500   13.00  a4a302149ebf4c76fa1f0fb108baff89fcbf9d35de306b18f27a8419b9a1a690
MUTAG               188   17.93  c419bdc853c367d2d83da4973c45100954ae15e10f5ae2cddde6ca431f8207f6
Mutagenicity       4337   30.32  6230f94ba246b76834fb51ffa138370477b7bf8a784ade92c5e0586780d2ae0e
NCI1               4110   29.87  10e1458f3bd9224f14e6d7627e74dcfd13e48d376d73935e7bd2900590ef1d82
NCI109             4127   29.68  96e521a294e3e9c088540e9e9caccf55e4ca6e97cf468d68445814467956abaf
PROTEINS           1113   39.06  2da8de15284b88edabca2888ce5444d62f364ed41159260977088c4e53d4d848
PROTEINS_full      1113   39.06  3b7782403ce98754df3330a67e9b2aff32e69520aa1245bf515c48cc0119c562
PTC_FM              349   14.11  a06c80761db8ffd739a171f0d90cfa1f4dc965e1ea716ee5a25cc6cf5f4ae682
PTC_FR              351   14.56  c4b0083af725aaff27b41228591294922968bd5509179d24c6ea4d3996ed6072
PTC_MM              336   13.97  3846d6697330a446d46a1274b8708fcc153acdbcf59f649871bc0844bb012e4f
PTC_MR              344   14.29  5699a6d9f1bc5b3d71495f09ef50de53fa3e6bb24ead1150da678500229f5237
REDDIT-BINARY      2000  429.63  982dc64ddade42a6365ba9c93f5080d0b9d315df0df492b57fd9fbb7e40dbe16
REDDIT-MULTI-12K  11929  391.41  dc133043edae3df088a4bfbd09595f105c0a6e2df533662b6ddc7d3268b5b49b
REDDIT-MULTI-5K    4999  508.52  68587783c33d54dd6107a1fc101594fd2b9d1af4e99cafe733636f383ae0c8ee
"""  # noqa: E501
_ARCHIVES = {
    name: (int(n_graphs), float(n_nodes), sha256)
    for name, n_graphs, n_nodes, sha256 in map(str.split, _TABLE.splitlines())
}

_DESCR = """\
{name}: {n_graphs} graphs in {n_classes} classes, {n_nodes} nodes and {n_edges}
undirected edges in all. Node features: {features}.

From the TU collection of benchmark data sets for learning with graphs,
https://chrsmrrs.github.io/datasets

Morris, Kriege, Bause, Kersting, Mutzel, Neumann, "TUDataset: A collection of benchmark
datasets for learning with graphs", ICML 2020 workshop on graph representation learning
and beyond. arXiv:2007.08663. Cite also the origin of the data set, named there.
"""


def fetch_tu_graphs(
    name: str,
    *,
    data_home: Any = None,
    node_features: Any = "auto",
    edge_features: bool = False,
    return_X_y: bool = False,
) -> Bunch | tuple[GraphSets, np.ndarray]:
    """Fetch a graph classification data set of the TU collection.

    The archive [1]_ is downloaded from its official address on first use and kept in a
    cache; its SHA-256 sum is verified at every use.

    Where the environment variable ``SKOT_DATA`` names a folder, the data are read from
    there and nothing is downloaded. The folder may hold the archive ``{name}.zip``,
    its contents ``{name}/{name}_A.txt`` and so on, or one file ``graphs_{name}.npz``
    with arrays ``edges`` (n_edges, 2) counted from 0 over all nodes and in both
    directions, ``graph_indicator``, ``y``, and optionally ``node_labels``,
    ``node_attributes`` and ``edge_labels``. Hyphens in the name of an ``.npz`` file
    may be underscores. Any name will do there.

    Parameters
    ----------
    name : str
        Name of the data set, such as "MUTAG", "PROTEINS", "IMDB-BINARY", "ENZYMES",
        "NCI1", "DD", "COLLAB" or "REDDIT-BINARY". Another name brings an error that
        lists them all.
    data_home : str, path-like or None, default=None
        Folder of the cache. None takes the cache folder of the user,
        ``pooch.os_cache("skot")``.
    node_features : "auto" or sequence of {"labels", "attributes", "degree", \
"degree_onehot"}, default="auto"
        What stands on the nodes, side by side: node labels, one-hot over the whole
        data set; node attributes; the number of neighbours, as a number or one-hot
        over the whole data set. "auto" takes labels and attributes where there are
        any, else the degree. Labels that are the same on all nodes of the data set
        tell nothing and count as absent.
    edge_features : bool, default=False
        Whether edges carry their labels, one-hot over the whole data set, as
        ``edge_weights`` of shape (n_edges, n_labels).
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like, with attributes

        data : GraphSets of shape (n_graphs, n_features)
            The graphs.
        target : ndarray of int of shape (n_graphs,)
            Their classes, as the files number them.
        target_names : ndarray of int of shape (n_classes,)
            The classes.
        feature_names : list of str
            Meaning of the node features.
        DESCR : str
            Description and citation.

    (data, target) : tuple if ``return_X_y`` is True
        The first two of these.

    Raises
    ------
    ValueError
        If the name is unknown, the download does not have the published sum, the data
        set does not have the published numbers of graphs and nodes, a file of it is
        missing or damaged, or features are asked for that it does not have.
    OSError
        If the data cannot be had: `ConnectionError` when the download fails,
        `FileNotFoundError` when the folder of ``SKOT_DATA`` lacks them.

    See Also
    --------
    make_graphs : Random graphs in two classes, without a download.
    skot.sets.GraphSets.from_edges : Builds graphs from such files.

    Notes
    -----
    Copies differ in what they carry: the archive of PROTEINS has one node attribute
    that many copies lack. Ask for ``node_features=["labels"]`` to compare.

    References
    ----------
    .. [1] Morris, Kriege, Bause, Kersting, Mutzel, Neumann, "TUDataset: A collection
       of benchmark datasets for learning with graphs", 2020. arXiv:2007.08663.

    Examples
    --------
    >>> from skot.datasets import fetch_tu_graphs
    >>> X, y = fetch_tu_graphs("MUTAG", return_X_y=True)  # doctest: +SKIP
    >>> X  # doctest: +SKIP
    GraphSets(188 graphs of 10 to 28 nodes in R^7, 7442 directed edges)
    """
    raw, path = _find(name, data_home)
    try:
        graphs, feature_names = _build(raw, node_features, edge_features)
        target = raw["y"].ravel().astype(np.int64)
        _check_counts(name, graphs, target)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if return_X_y:
        return graphs, target
    classes = np.unique(target)
    return Bunch(
        data=graphs,
        target=target,
        target_names=classes,
        feature_names=feature_names,
        DESCR=_DESCR.format(
            name=name,
            n_graphs=len(graphs),
            n_classes=len(classes),
            n_nodes=len(graphs.nodes.points),
            n_edges=len(graphs.edges) // 2,
            features=", ".join(feature_names),
        ),
    )


# -- where the files are -------------------------------------------------------------


def _find(name, data_home):
    """Raw arrays of the data set, and the path they come from."""
    local = os.environ.get("SKOT_DATA")
    if local:
        return _find_local(Path(local).expanduser(), name)
    path = _download(name, data_home)
    return _read_archive(path, name), path


def _find_local(folder, name):
    archive, unpacked = folder / f"{name}.zip", folder / name
    arrays = [folder / f"graphs_{n}.npz" for n in (name, name.replace("-", "_"))]
    if archive.is_file():
        return _read_archive(archive, name), archive
    if (unpacked / f"{name}_A.txt").is_file():
        return _read_folder(unpacked, name), unpacked
    for path in arrays:
        if path.is_file():
            return _read_arrays(path), path
    raise FileNotFoundError(
        f"SKOT_DATA names the folder {folder}, which holds neither {archive.name}, "
        f"{name}/{name}_A.txt nor {arrays[0].name}. Put one there, or unset SKOT_DATA "
        "to download."
    )


def _download(name, data_home):
    if name not in _ARCHIVES:
        raise ValueError(
            f"unknown data set {name!r}; known are {', '.join(_ARCHIVES)}. Others of "
            "the TU collection are read from the folder named by SKOT_DATA."
        )
    import pooch
    from requests.exceptions import RequestException

    address = _ADDRESS.format(name=name)
    folder = pooch.os_cache("skot") if data_home is None else Path(data_home)
    try:
        return pooch.retrieve(
            address,
            known_hash=f"sha256:{_ARCHIVES[name][2]}",
            fname=f"{name}.zip",
            path=folder,
        )
    except RequestException as error:
        raise ConnectionError(
            f"{address} could not be downloaded. Download it on a machine with a "
            f"network and put it in a folder named by the environment variable "
            f"SKOT_DATA, or at {Path(folder) / name}.zip."
        ) from error


# -- what the files say --------------------------------------------------------------


def _read_archive(path, name):
    try:
        with zipfile.ZipFile(path) as archive:
            members = {Path(m).name: m for m in archive.namelist()}

            def read(part):
                member = members.get(f"{name}_{part}.txt")
                return None if member is None else _read_text(archive.open(member))

            return _read_parts(read, path)
    except (zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged: {error}") from error


def _read_folder(path, name):
    def read(part):
        file = path / f"{name}_{part}.txt"
        return _read_text(file) if file.is_file() else None

    return _read_parts(read, path)


def _read_text(file):
    return np.loadtxt(file, delimiter=",", ndmin=2)


def _read_parts(read, path):
    """Read the text files of the TU format; count from 0."""
    parts = {
        "edges": "A",
        "graph_indicator": "graph_indicator",
        "y": "graph_labels",
        "node_labels": "node_labels",
        "node_attributes": "node_attributes",
        "edge_labels": "edge_labels",
    }
    raw = {}
    for key, part in parts.items():
        try:
            raw[key] = read(part)
        except ValueError as error:
            raise ValueError(f"{part} of {path} cannot be read: {error}") from error
    raw = {key: values for key, values in raw.items() if values is not None}
    _require(raw, path)
    raw["edges"] = raw["edges"].astype(np.int64) - 1
    raw["graph_indicator"] = raw["graph_indicator"].astype(np.int64) - 1
    return raw


def _read_arrays(path):
    try:
        with np.load(path, allow_pickle=False) as stored:
            raw = {key: stored[key] for key in stored.files}
    except (ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    _require(raw, path)
    return raw


def _require(raw, path):
    missing = {"edges", "graph_indicator", "y"} - raw.keys()
    if missing:
        raise ValueError(f"{path} lacks {', '.join(sorted(missing))}")


# -- what becomes of them ------------------------------------------------------------


def _build(raw, node_features, edge_features):
    """Return graphs, and the names of their node features."""
    owner = raw["graph_indicator"].ravel()
    # some files name an edge twice
    edges, first = np.unique(raw["edges"], axis=0, return_index=True)
    weights = None
    if edge_features:
        if "edge_labels" not in raw:
            raise ValueError("there are no edge labels: edge_features must be False")
        weights, _ = _one_hot(raw["edge_labels"][first], "edge label")
    blocks, names = [], []
    for kind in _choose(raw, node_features):
        if kind == "labels":
            block, block_names = _one_hot(raw["node_labels"], "label")
        elif kind == "attributes":
            block = raw["node_attributes"].reshape(len(raw["node_attributes"]), -1)
            block_names = [f"attribute {k}" for k in range(block.shape[1])]
        else:
            block = GraphSets.from_edges(edges, owner).nodes.points
            block_names = ["degree"]
            if kind == "degree_onehot":
                block, block_names = _one_hot(block, "degree")
        if len(block) != len(owner):
            raise ValueError(f"there are {len(owner)} nodes but {kind} of {len(block)}")
        blocks.append(block)
        names += block_names
    features = np.hstack(blocks).astype(np.float64, copy=False)
    return read_graphs(GraphSets.from_edges(edges, owner, features, weights)), names


def _choose(raw, wanted):
    """Kinds of node features, in the order wanted."""
    has = {
        "labels": "node_labels" in raw and np.ptp(raw["node_labels"]) > 0,
        "attributes": "node_attributes" in raw,
        "degree": True,
        "degree_onehot": True,
    }
    if isinstance(wanted, str) and wanted == "auto":
        return [k for k in ("labels", "attributes") if has[k]] or ["degree"]
    if isinstance(wanted, str) or not wanted or set(wanted) - has.keys():
        raise ValueError(
            f"node_features must be 'auto' or a list of {', '.join(has)}; "
            f"got {wanted!r}"
        )
    for kind in wanted:
        if not has[kind]:
            raise ValueError(f"there are no node {kind}")
    return list(wanted)


def _one_hot(labels, what):
    """Return indicator columns of each column of labels, and their names."""
    blocks, names = [], []
    for column in labels.reshape(len(labels), -1).T:
        classes, code = np.unique(column, return_inverse=True)
        blocks.append(np.eye(len(classes))[code])
        names += [f"{what} {int(c)}" for c in classes]
    return np.hstack(blocks), names


def _check_counts(name, graphs, target):
    n_graphs, n_nodes, _ = _ARCHIVES.get(name, (len(graphs), None, None))
    found = len(graphs.nodes.points) / len(graphs)
    if len(graphs) != n_graphs or (n_nodes and abs(found - n_nodes) > 0.01):
        raise ValueError(
            f"this is not {name}, which has {n_graphs} graphs of {n_nodes:.2f} nodes "
            f"on average: here are {len(graphs)} of {found:.2f}"
        )
    if len(target) != len(graphs):
        raise ValueError(f"there are {len(graphs)} graphs but {len(target)} classes")
