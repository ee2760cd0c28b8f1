# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Signals as sets: the points of their graphs."""

from itertools import pairwise
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Interval, StrOptions, fit_context
from ..base import SetToSetMixin, SkotEstimator
from ..sets import PointSets, coordinate_scales, validate_signal_sets


class SignalLift(SetToSetMixin, SkotEstimator):
    r"""Turn signals into point sets: the points (coordinate, value) of their graphs.

    A signal f sampled at :math:`x_1, \ldots, x_T` becomes the set of points

    .. math:: \left( \beta^{-1/p} \, x_t, \, f(x_t) \right),

    between which p-Wasserstein transport is the :math:`TL^p` distance of [1]_: it moves
    a sample in space, or changes its value, whichever is cheaper. Values may have any
    sign and several channels; all set methods apply to what comes out.

    Parameters
    ----------
    beta : float, default=1.0
        What the p-th power of a move in space is divided by: large values make space
        cheap and leave values to be compared wherever they are; small values compare
        sample by sample. In units of (coordinate / value) ** p.
    p : float, default=2
        Order of the distance that will be used, at least 1. It matters to the meaning
        of ``beta`` alone.
    grid : array-like of shape (n_samples,) or (n_samples, n_coords), default=None
        Coordinates of signals that come without. None spreads the samples of each
        signal evenly over [0, 1].
    weights : {"counting", "lebesgue"}, default="counting"
        "counting" leaves samples unweighted: they share mass 1 in balanced methods, and
        have mass 1 each in partial ones. "lebesgue" gives each the length it stands
        for, by the trapezoidal rule, so that a signal of one coordinate has the mass of
        its grid's range, however it is sampled.
    normalize : bool, default=False
        Whether each coordinate and channel is first divided by its standard deviation
        over all samples seen in ``fit``. Constant ones are left as they are.

    Attributes
    ----------
    scales_ : ndarray of shape (`n_coords_` + `n_channels_`,)
        What each column of the points was divided by.
    n_coords_ : int
        Number of coordinates; they come first.
    n_channels_ : int
        Number of values of a sample.
    n_features_in_ : int
        Number of columns of a table of signals; ``n_coords_ + n_channels_`` when fitted
        on any other form.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    skot.distance.tlp_distances : The distance between lifted signals.
    skot.distance.ptlp_distances : Its partial form, for signals with artefacts.
    skot.embedding.WassersteinEmbedding : Its linear form, vectors of lifted signals.

    Notes
    -----
    A row of a table is a signal here, and not a point as elsewhere: a table comes in,
    and sets come out, whatever ``set_output`` says. Time and memory are
    O(n_samples * (n_coords + n_channels)) over the collection.

    References
    ----------
    .. [1] Thorpe, Park, Kolouri, Rohde, Slepcev, "A transportation Lp distance for
       signal analysis", JMIV 59, 2017. https://arxiv.org/abs/1609.08669
    .. [2] Liu, Bai, Tran, Zhu, Thorpe, Kolouri, "PTLp: Partial transport Lp distances",
       2023. https://arxiv.org/abs/2307.13571

    Examples
    --------
    >>> from skot.signal import SignalLift
    >>> sets = SignalLift(beta=4.0).fit_transform([[0.0, 5.0, 0.0], [0.0, 0.0, 5.0]])
    >>> sets
    PointSets(2 sets of 3 points in R^2)
    >>> sets[0].points
    array([[0.  , 0.  ],
           [0.25, 5.  ],
           [0.5 , 0.  ]])

    Signals of any lengths come with their grids:

    >>> SignalLift().fit_transform([([0.0, 3.0], [1.0, 2.0]), ([1.0], [7.0])])
    PointSets(2 sets of 1 to 2 points in R^2)
    """

    _parameter_constraints: dict = {
        "beta": [Interval(Real, 0, None, closed="neither")],
        "p": [Interval(Real, 1, None, closed="left")],
        "grid": ["array-like", None],
        "weights": [StrOptions({"counting", "lebesgue"})],
        "normalize": ["boolean"],
    }

    def __init__(
        self,
        *,
        beta: float = 1.0,
        p: float = 2,
        grid: Any = None,
        weights: str = "counting",
        normalize: bool = False,
    ) -> None:
        self.beta = beta
        self.p = p
        self.grid = grid
        self.weights = weights
        self.normalize = normalize

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # scikit-learn's checks of tables compare arrays of numbers, not sets
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Record the numbers of coordinates and channels, and their scales.

        Parameters
        ----------
        X : signal-like of shape (n_signals, n_samples)
            A table, a row for each signal; an array of shape
            (n_signals, n_samples, n_channels); or a list, object array or Series of
            values, of shape (n_samples_i,) or (n_samples_i, n_channels), or of tuples
            (grid, values).
        y : None
            Ignored.

        Returns
        -------
        SignalLift
            Itself.

        Raises
        ------
        ValueError
            Naming the signal and the fault: empty, NaN or infinite, of other width, or
            with a grid of another length.
        """
        sets, self.n_coords_ = self._read(X, reset=True)
        self.n_channels_ = sets.shape[1] - self.n_coords_
        self.scales_ = coordinate_scales(
            self.n_coords_, self.n_channels_, beta=self.beta, p=self.p
        )
        if self.normalize:
            deviations = sets.points.std(axis=0, dtype=np.float64)
            constant = np.ptp(sets.points, axis=0) == 0
            self.scales_ *= np.where(constant, 1.0, deviations)
        return self

    def transform(self, X: Any) -> PointSets:
        """Lift each signal to its graph.

        Parameters
        ----------
        X : signal-like of shape (n_signals, n_samples)
            As in `fit`; a table has as many columns as a table there.

        Returns
        -------
        PointSets of shape (n_signals, `n_coords_` + `n_channels_`)
            One set a signal, one point a sample, coordinates first.

        Raises
        ------
        ValueError
            As in `fit`; if the numbers of coordinates and channels are not those of
            `fit`; or with ``weights="lebesgue"``, if there is more than one coordinate
            or a signal whose grid is a single point.
        """
        check_is_fitted(self)
        sets, n_coords = self._read(X, reset=False)
        found = (n_coords, sets.shape[1] - n_coords)
        if found != (self.n_coords_, self.n_channels_):
            raise ValueError(
                f"X has {found[0]} coordinates and {found[1]} channels, but "
                f"{type(self).__name__} was fitted on {self.n_coords_} and "
                f"{self.n_channels_}"
            )
        if self.weights == "lebesgue":
            sets = sets.with_weights(_lengths(sets, n_coords))
        return sets.with_points(sets.points / self.scales_.astype(sets.dtype))

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Get the names of the columns of the points.

        Parameters
        ----------
        input_features : None
            Ignored: points have other columns than a table of signals.

        Returns
        -------
        ndarray of str
            ``coord0`` and so on, then ``value0`` and so on.
        """
        check_is_fitted(self)
        names = [f"coord{i}" for i in range(self.n_coords_)]
        names += [f"value{i}" for i in range(self.n_channels_)]
        return np.array(names, dtype=object)

    def _read(self, X, *, reset):
        return validate_signal_sets(self, X, reset=reset, grid=self.grid)


def _lengths(sets, n_coords):
    """Trapezoidal weights of the samples of each signal of one coordinate."""
    if n_coords > 1:
        raise ValueError(
            f"weights='lebesgue' asks for grids in R^1, but those of X are in "
            f"R^{n_coords}: use 'counting'"
        )
    weights = np.empty(len(sets.points))
    for i, (start, stop) in enumerate(pairwise(sets.offsets)):
        x = sets.points[start:stop, 0].astype(np.float64)
        order = np.argsort(x, kind="stable")
        halves = np.diff(x[order]) / 2
        if not halves.any():
            raise ValueError(f"X[{i}] has a grid of one point, of length 0")
        weights[start + order] = np.append(halves, 0.0) + np.append(0.0, halves)
    return weights
