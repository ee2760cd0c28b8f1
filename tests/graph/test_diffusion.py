# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import block_diag
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skot.graph import GraphDiffusion
from skot.sets import Graph, GraphSets, Measure, PointSets

PATH = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=float)
SEEDS = st.integers(0, 2**31)


def random_pair(seed, channels=None, n_dims=3, n_max=8):
    """Random weighted graph as (adjacency, features)."""
    rng = np.random.default_rng(seed)
    n = rng.integers(1, n_max)
    shape = (n, n) if channels is None else (n, n, channels)
    A = rng.uniform(size=shape) * (rng.uniform(size=shape) < 0.4)
    return A + A.swapaxes(0, 1), rng.normal(size=(n, n_dims))


def one_layer(A, x):
    """The definition, one channel at a time."""
    out = 0.0
    for channel in A.reshape(*A.shape[:2], -1).transpose(2, 0, 1):
        looped = channel + np.eye(len(A))
        degree = looped.sum(axis=1)
        out = out + looped / np.sqrt(np.outer(degree, degree)) @ x
    return out


def diffuse(pair, **params):
    return GraphDiffusion(**params).fit_transform([pair])[0].points


# -- values --------------------------------------------------------------------------


def test_golden_path():
    x = np.array([[1.0], [0.0], [0.0]])
    one = diffuse((PATH, x), n_layers=1).ravel()
    np.testing.assert_allclose(one, [0.5, 1 / np.sqrt(6), 0], atol=1e-15)
    two = diffuse((PATH, x), n_layers=2).ravel()
    np.testing.assert_allclose(
        two, [0.4166666667, 0.3402069087, 0.1666666667], rtol=1e-9
    )


@pytest.mark.parametrize("channels", [None, 1, 3])
@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_matches_definition(channels, seed):
    A, x = random_pair(seed, channels)
    layers = [x]
    for _ in range(3):
        layers.append(one_layer(A, layers[-1]))
    for pooling, expected in {
        "final": layers[-1],
        "mean": np.mean(layers, axis=0),
        "concat": np.hstack(layers),
    }.items():
        out = diffuse((A, x), n_layers=3, pooling=pooling)
        np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


def test_one_channel_is_scalar():
    A, x = random_pair(0)
    np.testing.assert_array_equal(diffuse((A[:, :, None], x)), diffuse((A, x)))


@given(seed=SEEDS, k=st.integers(2, 7), half=st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_constant_feature_on_a_regular_graph_stays(seed, k, half):
    n = 2 * k + half + 1
    steps = np.arange(1, k + 1)  # circulant: neighbours up to k steps away
    A = np.zeros((n, n))
    for i in range(n):
        A[i, (i + steps) % n] = A[(i + steps) % n, i] = 1
    c = np.random.default_rng(seed).normal(size=(1, 2))
    out = diffuse((A, np.repeat(c, n, axis=0)), n_layers=3, pooling="concat")
    np.testing.assert_allclose(out, np.tile(c, (n, 4)), rtol=1e-12)


@given(seed=SEEDS, channels=st.sampled_from([None, 1, 2, 4]))
@settings(max_examples=30, deadline=None)
def test_operator_is_symmetric_with_bounded_radius(seed, channels):
    A, _ = random_pair(seed, channels)
    operator = diffuse((A, np.eye(len(A))), n_layers=1)
    np.testing.assert_allclose(operator, operator.T, atol=1e-14)
    radius = abs(np.linalg.eigvalsh(operator)).max()
    if channels in (None, 1):
        assert radius == pytest.approx(1, abs=1e-12)
    else:
        assert radius <= channels + 1e-12


@given(seed=SEEDS, pooling=st.sampled_from(["final", "mean", "concat"]))
@settings(max_examples=30, deadline=None)
def test_isomorphic_graphs_give_the_same_multiset(seed, pooling):
    A, x = random_pair(seed)
    order = np.random.default_rng(seed).permutation(len(A))
    out = diffuse((A, x), pooling=pooling)
    moved = diffuse((A[np.ix_(order, order)], x[order]), pooling=pooling)
    np.testing.assert_allclose(moved, out[order], rtol=1e-12, atol=1e-14)


@given(seeds=st.lists(SEEDS, min_size=1, max_size=5))
@settings(max_examples=20, deadline=None)
def test_graphs_do_not_see_each_other(seeds):
    pairs = [random_pair(seed) for seed in seeds]
    together = GraphDiffusion().fit_transform(pairs)
    for measure, pair in zip(together, pairs, strict=True):
        np.testing.assert_array_equal(measure.points, diffuse(pair))
    # nor does it matter whether they are one disconnected graph
    A = block_diag(*(A for A, _ in pairs))
    union = diffuse((A, np.concatenate([x for _, x in pairs])))
    np.testing.assert_allclose(union, together.points, rtol=1e-12, atol=1e-14)


def test_own_self_loop_adds_to_ours():
    A = np.array([[2.0, 1.0], [1.0, 0.0]])
    x = np.eye(2)
    np.testing.assert_allclose(diffuse((A, x), n_layers=1), one_layer(A, x))


# -- edges of several channels -------------------------------------------------------


def test_channels_are_remembered_where_a_batch_has_no_edges():
    A, x = random_pair(3, channels=2)
    model = GraphDiffusion(n_layers=1).fit([(A, x)])
    assert model.n_channels_ == 2
    lonely = Graph([[1.0, 2.0, 3.0]], [])
    batched = model.transform([(A, x), lonely])[1].points
    alone = model.transform([lonely])[0].points
    np.testing.assert_array_equal(alone, batched)
    np.testing.assert_array_equal(alone, [[2.0, 4.0, 6.0]])


def test_other_channels_at_transform():
    model = GraphDiffusion().fit([(PATH, np.eye(3))])
    two = np.stack([PATH, PATH], axis=2)
    with pytest.raises(ValueError, match="carry 2 weights, but GraphDiffusion was"):
        model.transform([(two, np.eye(3))])


# -- forms of input and output -------------------------------------------------------


def test_networkx_pairs_and_graph_sets_agree():
    nx = pytest.importorskip("networkx")
    pairs = [random_pair(seed) for seed in range(5)]
    named = []
    for A, x in pairs:
        graph = nx.from_numpy_array(A, edge_attr="strength")
        nx.set_node_attributes(graph, dict(enumerate(x)), "x")
        named.append(graph)
    expected = GraphDiffusion().fit_transform(pairs)
    assert isinstance(expected, PointSets)
    read = GraphDiffusion(node_attr="x", edge_attr="strength").fit_transform(named)
    np.testing.assert_allclose(read.points, expected.points, rtol=1e-14)
    for X in (GraphSets.from_list(pairs), pd.Series(pairs), pd.DataFrame({"g": pairs})):
        assert GraphDiffusion().fit_transform(X).equals(expected)


def test_edge_attr_none_ignores_weights():
    nx = pytest.importorskip("networkx")
    A, x = random_pair(1)
    graph = nx.from_numpy_array(A)
    nx.set_node_attributes(graph, dict(enumerate(x)), "x")
    out = GraphDiffusion(node_attr="x", edge_attr=None).fit_transform([graph])
    np.testing.assert_allclose(out[0].points, diffuse(((A > 0).astype(float), x)))


@pytest.mark.parametrize("pooling", ["final", "mean"])
def test_sets_are_graphs_without_edges(pooling):
    rng = np.random.default_rng(0)
    sets = [(rng.normal(size=(n, 2)), rng.uniform(size=n)) for n in (3, 5)]
    out = GraphDiffusion(pooling=pooling).fit_transform(sets)
    for measure, (points, weights) in zip(out, sets, strict=True):
        np.testing.assert_allclose(measure.points, points, rtol=1e-15)
        np.testing.assert_array_equal(measure.weights, weights)


def test_table_in_table_out():
    X = np.random.default_rng(0).normal(size=(4, 2))
    np.testing.assert_array_equal(GraphDiffusion().fit_transform(X), X)
    tiled = GraphDiffusion(2, pooling="concat").fit_transform(X)
    np.testing.assert_array_equal(tiled, np.tile(X, 3))


@pytest.mark.parametrize("n_layers", [0, 2])
def test_names_of_a_table(n_layers):
    X = pd.DataFrame(np.eye(3), columns=["a", "b", "c"])
    model = GraphDiffusion(n_layers, pooling="concat").set_output(transform="pandas")
    out = model.fit_transform(X)
    names = [f"{c}_layer{k}" for k in range(n_layers + 1) for c in "abc"]
    assert list(out.columns) == names
    assert list(model.set_params(pooling="mean").fit_transform(X).columns) == [*"abc"]


def test_names_of_graphs_come_from_no_frame():
    frame = pd.DataFrame({"molecule": [(PATH, np.eye(3))]})
    model = GraphDiffusion().set_output(transform="pandas").fit(frame)
    assert isinstance(model.transform(frame), PointSets)
    assert list(model.get_feature_names_out(["molecule"])) == ["x0", "x1", "x2"]


def test_node_weights_go_through():
    weights = np.array([1.0, 2.0, 5.0])
    edges = [[0, 1], [1, 0], [1, 2], [2, 1]]
    out = GraphDiffusion().fit_transform([Graph(Measure(np.eye(3), weights), edges)])
    np.testing.assert_array_equal(out[0].weights, weights)
    np.testing.assert_array_equal(out[0].points, diffuse((PATH, np.eye(3))))


@pytest.mark.parametrize("pooling", ["final", "mean", "concat"])
def test_float32_stays(pooling):
    A, x = random_pair(0)
    out = diffuse((A, x.astype(np.float32)), pooling=pooling)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, diffuse((A, x), pooling=pooling), rtol=1e-4)


def test_memory_mapped_graphs(tmp_path):
    graphs = GraphSets.from_list([random_pair(seed) for seed in range(5)])
    graphs.save(tmp_path / "graphs.npz")
    mapped = GraphSets.load(tmp_path / "graphs.npz", mmap_mode="r")
    expected = GraphDiffusion().fit_transform(graphs)
    assert GraphDiffusion().fit_transform(mapped).equals(expected)


def test_cross_validation_over_graphs():
    """Cycles against paths: the same constant feature, told apart by diffusion."""
    graphs, y = [], np.arange(20) % 2
    for i, is_cycle in enumerate(y):
        n = 4 + i // 2
        A = np.eye(n, k=1)
        A[0, -1] = is_cycle
        graphs.append((A + A.T, np.ones((n, 1))))
    model = make_pipeline(
        GraphDiffusion(n_layers=2),
        FunctionTransformer(lambda sets: np.array([[m.points.std()] for m in sets])),
        LogisticRegression(C=1e6),
    )
    X = GraphSets.from_list(graphs)
    assert cross_val_score(model, X, y, cv=4).mean() == 1.0
    assert cross_val_score(clone(model), graphs, y, cv=4).mean() == 1.0


# -- bad input -----------------------------------------------------------------------


def with_node_weight(weight):
    return Graph(Measure(np.eye(3), [1.0, weight, 1.0]), [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ((np.triu(PATH), np.eye(3)), r"X\[1\] is not symmetric"),
        ((-PATH, np.eye(3)), r"X\[1\] has an edge weight that is negative"),
        ((PATH, np.eye(2)), r"X\[1\] has 3 nodes but features of 2"),
        ((PATH, np.eye(3)[:, :2]), r"X\[1\] has 2 columns, expected 3"),
        ((PATH, np.diag([1, np.nan, 1])), r"X\[1\] contains NaN"),
        ((PATH, np.diag([1, np.inf, 1])), r"X\[1\] contains infinity"),
        ((np.zeros((0, 0)), np.zeros((0, 3))), r"X\[1\] is empty"),
        ((PATH, np.eye(3) * 1j), r"X\[1\] is complex"),
        ((PATH, np.full((3, 3), "a")), r"X\[1\] is of type <U1, not numeric"),
        (with_node_weight(0.0), r"X\[1\] has a node of weight zero"),
        (with_node_weight(-1.0), r"X\[1\] has a negative weight"),
        (np.eye(3), r"X\[1\] is no graph"),
    ],
)
def test_bad_graph_is_named(bad, message):
    with pytest.raises(ValueError, match=message):
        GraphDiffusion().fit([(PATH, np.eye(3)), bad])
    model = GraphDiffusion().fit([(PATH, np.eye(3))])
    with pytest.raises(ValueError, match=message):
        model.transform([(PATH, np.eye(3)), bad])


def test_other_width_at_transform():
    model = GraphDiffusion().fit([(PATH, np.eye(3))])
    with pytest.raises(ValueError, match="X has 2 features, but GraphDiffusion"):
        model.transform([(PATH, np.eye(3)[:, :2])])


def test_no_graphs():
    empty = GraphSets.from_list([(PATH, np.eye(3))])[:0]
    for X in ([], empty):
        with pytest.raises(ValueError, match="0 sets"):
            GraphDiffusion().fit(X)


def test_not_fitted():
    with pytest.raises(NotFittedError):
        GraphDiffusion().transform([(PATH, np.eye(3))])


@pytest.mark.parametrize(
    "params", [{"n_layers": -1}, {"n_layers": 1.5}, {"pooling": "max"}]
)
def test_bad_parameters(params):
    with pytest.raises(ValueError, match=f"The '{next(iter(params))}' parameter"):
        GraphDiffusion(**params).fit([(PATH, np.eye(3))])
