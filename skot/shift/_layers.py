# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""How far representations move between training and test data, layer by layer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist
from scipy.special import expit
from sklearn.utils.validation import check_array, check_consistent_length

from .._random import RandomState, check_random_state
from ..solvers import uniform_cost

if TYPE_CHECKING:
    import pandas

# Representations, and labels if there are any.
Labelled = tuple[np.ndarray, np.ndarray | None]

# Lipschitz constants of the activations of scikit-learn's networks, and the functions.
ACTIVATIONS: dict[str, tuple[float, Callable[[np.ndarray], np.ndarray]]] = {
    "identity": (1.0, lambda h: h),
    "relu": (1.0, lambda h: np.maximum(h, 0.0)),
    "tanh": (1.0, np.tanh),
    "logistic": (0.25, expit),
}


@dataclass(frozen=True, eq=False)
class RepresentationShift:
    """How far a representation moved between training and test data.

    Parameters
    ----------
    value : float
        ``W_1`` between the representations, in units of ``scale``; with labels, of
        pairs of representation and label.
    unlabelled : float
        The same without labels, at most ``value``.
    matched : float
        ``value`` between subsets of ``n_matched`` samples of each.
    baseline : float
        The same between two such subsets of the training data, disjoint: what the
        sample size alone gives.
    scale : float
        Median distance between training representations.
    n_matched : int
        Samples of each subset.
    """

    value: float
    unlabelled: float
    matched: float
    baseline: float
    scale: float
    n_matched: int

    @property
    def excess(self) -> float:
        """What the test data are farther than the training data are from themselves."""
        return self.matched - self.baseline

    @property
    def ratio(self) -> float:
        """Matched distance over the baseline."""
        return self.matched / self.baseline if self.baseline > 0 else float("nan")


def representation_shift(
    H_train: ArrayLike,
    H_test: ArrayLike,
    y_train: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    *,
    label_weight: float = 1.0,
    max_samples: int = 1000,
    random_state: RandomState = None,
) -> RepresentationShift:
    r"""Measure how far a representation moved between training and test data.

    The 1-Wasserstein distance with cost :math:`|h - h'| / s`, and with labels
    :math:`|h - h'| / s + \lambda [y \ne y']`, beside what two halves of the training
    data give.

    Parameters
    ----------
    H_train : array-like of shape (n_train, n_units)
        Representations of training samples: activations of a layer, or features.
    H_test : array-like of shape (n_test, n_units)
        Those of test samples.
    y_train : array-like of shape (n_train,) or None, default=None
        Labels, any.
    y_test : array-like of shape (n_test,) or None, default=None
        Labels; both or none.
    label_weight : float, default=1.0
        Cost of a change of the label, in units of the scale.
    max_samples : int, default=1000
        Samples of each side at most, drawn at random.
    random_state : int, RandomState, Generator or None, default=None
        Source of halves and samples.

    Returns
    -------
    RepresentationShift
        The distance, and the baseline at equal sample size.

    Raises
    ------
    ValueError
        If there are NaN or infinite values, fewer than 2 training samples, units do not
        match, only one side has labels, or ``max_samples`` is below 2.

    Notes
    -----
    Three or four assignments of at most ``max_samples``, up to ``O(max_samples^3)``.
    Distances of samples of n in d dimensions shrink like ``n ** (-1/d)``, and are never
    0 between different samples of one law: read ``excess`` and ``ratio``.

    References
    ----------
    .. [1] He, Goldfeld, "Information-theoretic generalization bounds for deep neural
       networks", 2024. https://arxiv.org/abs/2404.03176
    .. [2] Chuang, Mroueh, Greenewald, Torralba, Jegelka, "Measuring generalization with
       optimal transport", NeurIPS 2021. https://arxiv.org/abs/2106.03314

    Examples
    --------
    >>> import numpy as np
    >>> from skot.shift import representation_shift
    >>> rng = np.random.RandomState(0)
    >>> H = rng.normal(size=(300, 5))
    >>> near = representation_shift(H, rng.normal(size=(300, 5)), random_state=0)
    >>> far = representation_shift(H, rng.normal(1.0, size=(300, 5)), random_state=0)
    >>> bool(near.ratio < 1.1), bool(far.ratio > 1.5)
    (True, True)
    """
    if max_samples < 2:
        raise ValueError(f"max_samples must be 2 at least, got {max_samples}")
    rng = check_random_state(random_state)
    train = _subsample(*_read(H_train, y_train, "H_train"), max_samples, rng)
    test = _subsample(*_read(H_test, y_test, "H_test"), max_samples, rng)
    _check_pair(train, test)
    between = cdist(train[0], train[0])[np.triu_indices(len(train[0]), 1)]
    scale = float(np.median(between)) or 1.0
    value, unlabelled = _distances(train, test, 1 / scale, label_weight)
    n_matched = min(len(train[0]) // 2, len(test[0]))
    halves = rng.permutation(len(train[0]))[: 2 * n_matched].reshape(2, -1)
    first, second = (_take(train, half) for half in halves)
    part = _take(test, rng.permutation(len(test[0]))[:n_matched])
    return RepresentationShift(
        value,
        unlabelled,
        _distances(first, part, 1 / scale, label_weight)[0],
        _distances(first, second, 1 / scale, label_weight)[0],
        scale,
        n_matched,
    )


@dataclass(frozen=True, eq=False, repr=False)
class LayerwiseShift:
    """Shift of every layer of a network.

    Parameters
    ----------
    layers : tuple of RepresentationShift
        One for each layer, the input first.
    lipschitz : ndarray of shape (n_layers,) or None
        Lipschitz constant of what follows each layer; None for plain activations.
    bounds : ndarray of shape (n_layers,) or None
        Bound on the difference of training and test risk of a loss in [0, 1] that is
        1-Lipschitz in the output, from each layer; None without a network and labels.
    """

    layers: tuple[RepresentationShift, ...]
    lipschitz: np.ndarray | None = None
    bounds: np.ndarray | None = None

    @property
    def funnel_layer(self) -> int:
        """Layer of least bound, or without bounds of least excess."""
        if self.bounds is not None:
            return int(np.argmin(self.bounds))
        return int(np.argmin([layer.excess for layer in self.layers]))

    def to_frame(self) -> "pandas.DataFrame":
        """Tabulate layers.

        Returns
        -------
        pandas.DataFrame
            One row for each layer.
        """
        import pandas as pd

        names = ("value", "unlabelled", "matched", "baseline", "excess", "ratio")
        frame = pd.DataFrame(
            {name: [getattr(layer, name) for layer in self.layers] for name in names},
            index=pd.RangeIndex(len(self.layers), name="layer"),
        )
        for name in ("lipschitz", "bounds"):
            if getattr(self, name) is not None:
                frame[name] = getattr(self, name)
        return frame

    def __repr__(self) -> str:
        excess = ", ".join(f"{layer.excess:+.3g}" for layer in self.layers)
        return f"LayerwiseShift(excess=[{excess}], funnel_layer={self.funnel_layer})"


def layerwise_wasserstein(
    network: Any,
    X_train: Any,
    X_test: Any,
    y_train: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    *,
    label_weight: float = 1.0,
    max_samples: int = 1000,
    random_state: RandomState = None,
) -> LayerwiseShift:
    r"""Measure how far each layer of a network moved between training and test data.

    With :math:`\Lambda_l` the Lipschitz constant of the layers after :math:`l`, the
    product of their operator norms, and a loss in [0, 1] that is 1-Lipschitz in the
    output,

    .. math::
        |R_{train} - R_{test}| \le \min_l W_1, \quad
        \text{with cost } \Lambda_l |h - h'| + [y \ne y'],

    between the laws of representation and label at layer :math:`l`.

    Parameters
    ----------
    network : MLPClassifier, MLPRegressor or None
        Fitted; its logits, or its output, are the last layer. None where ``X_train``
        and ``X_test`` are activations.
    X_train : array-like of shape (n_train, n_features), or list of such
        Training samples; for ``network=None``, activations of each layer.
    X_test : array-like of shape (n_test, n_features), or list of such
        Test samples, or activations of the same layers.
    y_train : array-like of shape (n_train,) or None, default=None
        Labels.
    y_test : array-like of shape (n_test,) or None, default=None
        Labels; both or none.
    label_weight : float, default=1.0
        As in `representation_shift`.
    max_samples : int, default=1000
        Samples of each side at most. Bounds hold for samples that are used.
    random_state : int, RandomState, Generator or None, default=None
        Source of halves and samples, which are those of one draw for all layers.

    Returns
    -------
    LayerwiseShift
        One `RepresentationShift` for each layer, and the bounds.

    Raises
    ------
    ValueError
        As in `representation_shift`; if layers do not match; or the network is none of
        scikit-learn's.

    Notes
    -----
    As `representation_shift` for each layer. The products of norms are far above 1 in
    any trained network, so that the bound is mostly least at the last layers; excess
    over the baseline is the more useful number.

    References
    ----------
    .. [1] He, Goldfeld, "Information-theoretic generalization bounds for deep neural
       networks", 2024. https://arxiv.org/abs/2404.03176

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skot.shift import layerwise_wasserstein
    >>> rng = np.random.RandomState(0)
    >>> X = rng.normal(size=(200, 4))
    >>> mlp = MLPClassifier((8,), max_iter=50, random_state=0).set_params(tol=1.0)
    >>> mlp = mlp.fit(X, X[:, 0] > 0)
    >>> shift = layerwise_wasserstein(mlp, X, X + 2, random_state=0)
    >>> [layer.ratio > 1 for layer in shift.layers]
    [True, True, True]
    """
    if network is None:
        inputs, outputs = list(X_train), list(X_test)
        lipschitz = None
    else:
        if getattr(network, "activation", None) not in ACTIVATIONS or not hasattr(
            network, "coefs_"
        ):
            raise ValueError(
                "network must be a fitted MLPClassifier or MLPRegressor, or None with "
                "lists of activations"
            )
        inputs, outputs = (activations(network, X) for X in (X_train, X_test))
        lipschitz = tail_constants(network)
    if len(inputs) != len(outputs) or not inputs:
        raise ValueError(f"got {len(inputs)} layers of training and {len(outputs)}")
    seed = check_random_state(random_state).randint(2**31 - 1)
    layers, bounds = [], []
    for number, (train, test) in enumerate(zip(inputs, outputs, strict=True)):
        layers.append(
            representation_shift(
                train, test, y_train, y_test, label_weight=label_weight,
                max_samples=max_samples, random_state=seed,
            )
        )  # fmt: skip
        if lipschitz is not None and y_train is not None:
            rng = check_random_state(seed)  # the samples of this layer's distance
            first, second = (
                _subsample(*_read(H, y, "X"), max_samples, rng)
                for H, y in ((train, y_train), (test, y_test))
            )
            bounds.append(_distances(first, second, lipschitz[number], 1.0)[0])
    return LayerwiseShift(
        tuple(layers), lipschitz, np.array(bounds) if bounds else None
    )


def activations(network: Any, X: ArrayLike) -> list[np.ndarray]:
    """Input, hidden layers and output before its last function, of an MLP."""
    table = check_array(X, dtype=np.float64, input_name="X")
    if table.shape[1] != network.n_features_in_:
        raise ValueError(
            f"X has {table.shape[1]} features, but the network is expecting "
            f"{network.n_features_in_}"
        )
    function = ACTIVATIONS[network.activation][1]
    layers: list[np.ndarray] = [table]
    for number, (W, b) in enumerate(
        zip(network.coefs_, network.intercepts_, strict=True)
    ):
        h = layers[-1] @ W + b
        layers.append(h if number == len(network.coefs_) - 1 else function(h))
    return layers


def tail_constants(network: Any) -> np.ndarray:
    """Lipschitz constants of an MLP after each layer, 1 after the last."""
    norms = np.array([np.linalg.norm(W, 2) for W in network.coefs_])
    norms[:-1] *= ACTIVATIONS[network.activation][0]
    return np.append(np.cumprod(norms[::-1])[::-1], 1.0)


def _read(H: ArrayLike, y: ArrayLike | None, name: str) -> Labelled:
    table = check_array(H, dtype=np.float64, input_name=name, ensure_min_samples=2)
    if y is None:
        return table, None
    labels = np.asarray(y)
    check_consistent_length(table, labels)
    return table, labels


def _check_pair(train: Labelled, test: Labelled) -> None:
    if train[0].shape[1] != test[0].shape[1]:
        raise ValueError(
            f"H_train has {train[0].shape[1]} units, and H_test {test[0].shape[1]}"
        )
    if (train[1] is None) != (test[1] is None):
        raise ValueError("labels are needed of both training and test data, or of none")


def _subsample(
    H: np.ndarray, y: np.ndarray | None, most: int, rng: np.random.RandomState
) -> Labelled:
    if len(H) <= most:
        return H, y
    return _take((H, y), rng.choice(len(H), most, replace=False))


def _take(pair: Labelled, index: np.ndarray) -> Labelled:
    H, y = pair
    return H[index], None if y is None else y[index]


def _distances(
    train: Labelled, test: Labelled, rate: float, label_weight: float
) -> tuple[float, float]:
    """``W_1`` with cost ``rate * |h - h'| + label_weight [y != y']``, and without y."""
    C = rate * cdist(train[0], test[0])
    unlabelled = uniform_cost(C)
    if train[1] is None:
        return unlabelled, unlabelled
    C += label_weight * (train[1][:, None] != test[1])
    return uniform_cost(C), unlabelled
