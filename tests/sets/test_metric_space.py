# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""One order of the points of a space, however they are numbered."""

import networkx as nx
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skot.sets import GraphSets, MetricSpace, read_spaces


@pytest.mark.parametrize("seed", range(5))
def test_canonical_order(seed):
    """One order, however points are numbered, also where symmetries map them on."""
    rng = np.random.RandomState(seed)
    graphs = [nx.petersen_graph(), nx.hypercube_graph(3), nx.star_graph(9)]
    graphs.append(nx.balanced_tree(2, 3))
    spaces = read_spaces(GraphSets.from_list(graphs), metric="hop")
    spaces += read_spaces([rng.normal(size=(12, 2)), np.zeros((4, 2))])
    for space in spaces:
        order = rng.permutation(len(space))
        other = MetricSpace(
            space.distances[np.ix_(order, order)],
            space.weights[order],
            space.features[order],
        )
        one, two = space.canonical(), other.canonical()
        assert_array_equal(one.distances, two.distances)
        assert_array_equal(one.features, two.features)
        assert_array_equal(one.weights, two.weights)
        assert_array_equal(np.sort(one.distances, axis=None),
                           np.sort(space.distances, axis=None))  # fmt: skip
