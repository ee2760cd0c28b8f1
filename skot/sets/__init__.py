# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Collections of sets, and the one door that reads user input."""

from ._frames import MixedTable, ReadRows, concat_rows, validate_rows
from ._graph import Graph
from ._graphs import GraphSets
from ._measure import Measure, as_measure, check_masses
from ._metric_space import MetricSpace
from ._points import PointSets
from ._ragged import gather_index
from ._read import is_table, read_sets, validate_sets
from ._read_graphs import holds_graphs, read_graphs, validate_graphs
from ._read_images import validate_images, validate_signals
from ._signal_sets import coordinate_scales, validate_signal_sets
from ._spaces import (
    GRAPH_METRICS,
    POINT_METRICS,
    measure_spaces,
    open_spaces,
    read_spaces,
    validate_spaces,
)
from ._weights import masses, probabilities

__all__ = [
    "GRAPH_METRICS",
    "POINT_METRICS",
    "Graph",
    "GraphSets",
    "Measure",
    "MetricSpace",
    "MixedTable",
    "PointSets",
    "ReadRows",
    "as_measure",
    "check_masses",
    "concat_rows",
    "coordinate_scales",
    "gather_index",
    "holds_graphs",
    "is_table",
    "masses",
    "measure_spaces",
    "open_spaces",
    "probabilities",
    "read_graphs",
    "read_sets",
    "read_spaces",
    "validate_graphs",
    "validate_images",
    "validate_rows",
    "validate_sets",
    "validate_signal_sets",
    "validate_signals",
    "validate_spaces",
]
