# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Radon cumulative distribution transform: quantiles of projections of images."""

from functools import partial
from numbers import Integral

import numpy as np
from sklearn import get_config
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_array, check_is_fitted

from .._parallel import chunk_bounds, map_chunks
from .._sklearn import Interval, StrOptions, _fit_context
from ..base import SetTransformerMixin, SkotEstimator
from ..sets import validate_images
from ..solvers import (
    PROJECTIONS,
    RadonOperator,
    back_project,
    radon_masses,
    radon_operator,
    radon_quantiles,
    sample_slices,
)


def _has_inverse(estimator):
    if estimator.normalize is not None:
        raise AttributeError("normalised transforms have no inverse")
    return True


class RadonCDT(SetTransformerMixin, SkotEstimator):
    r"""Radon cumulative distribution transform of images and volumes."""

    _parameter_constraints = {
        "angles": [Interval(Integral, 1, None, closed="left"), "array-like"],
        "n_quantiles": [Interval(Integral, 1, None, closed="left"), None],
        "image_shape": [tuple, list, None],
        "signed": ["boolean"],
        "normalize": [StrOptions({"max", "mean"}), None],
        "projection": [StrOptions(set(PROJECTIONS))],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        angles=45,
        *,
        n_quantiles=None,
        image_shape=None,
        signed=False,
        normalize=None,
        projection="linear",
        n_jobs=None,
        verbose=0,
    ):
        self.angles = angles
        self.n_quantiles = n_quantiles
        self.image_shape = image_shape
        self.signed = signed
        self.normalize = normalize
        self.projection = projection
        self.n_jobs = n_jobs
        self.verbose = verbose

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.positive_only = not self.signed
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Build the projections.

        Parameters
        ----------
        X : array-like of shape (n_images, n_rows, n_columns) or (n_images, n_pixels)
            Images; only their shape and type count, and that they are sound.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted transform.

        Raises
        ------
        ValueError
            If an image is empty, negative, or has NaN or infinity; or if parameters do
            not fit the images.
        """
        X, self.image_shape_ = validate_images(
            self, X, reset=True, image_shape=self.image_shape, signed=self.signed
        )
        self.slices_ = self._choose_slices()
        operator = radon_operator(self.image_shape_, self.slices_, self.projection)
        self.projection_operator_, self.edges_ = operator.matrix, operator.edges
        n_bins = self.edges_.shape[1] - 1
        self.n_quantiles_ = self.n_quantiles or n_bins
        n_values = len(self.slices_) * self.n_quantiles_
        if self.normalize is not None:
            n_values = self.n_quantiles_
        elif self.signed:
            n_values = 2 * n_values + 2 * len(self.slices_)
        self._n_features_out = n_values
        return self

    def _choose_slices(self):
        n_axes = len(self.image_shape_)
        if n_axes not in (2, 3):
            raise ValueError(
                f"images have 2 axes and volumes 3, got shape {self.image_shape_}"
            )
        angles = self.angles
        if np.ndim(angles) == 2:
            return sample_slices(0, n_axes, angles)
        if n_axes == 3:
            if np.ndim(angles):
                raise ValueError("angles of volumes are unit rows (n_directions, 3)")
            return sample_slices(angles, 3, "spiral")
        if not np.ndim(angles):
            angles = 180 * np.arange(angles) / angles
        self.angles_ = check_array(
            angles, ensure_2d=False, dtype=np.float64, input_name="angles"
        )
        angle = np.deg2rad(self.angles_)
        # array order: rows run down, columns to the right
        return np.column_stack([-np.sin(angle), np.cos(angle)])

    def transform(self, X):
        """Transform images.

        Parameters
        ----------
        X : array-like of shape (n_images, n_rows, n_columns) or (n_images, n_pixels)
            Images of the shape seen in ``fit``.

        Returns
        -------
        ndarray of shape (n_images, n_features_out)
            Quantiles.

        Raises
        ------
        ValueError
            If an image is empty, negative, or has NaN or infinity, or another shape
            than in ``fit``.
        """
        check_is_fitted(self)
        X, _ = validate_images(
            self, X, reset=False, image_shape=self.image_shape_, signed=self.signed
        )
        dtype = X.dtype if X.dtype == np.float32 else np.float64
        out = np.empty((len(X), self._n_features_out), dtype=dtype)
        # floats of one image at work: pixels, and quantiles by direction
        load = X.shape[1] + 3 * len(self.slices_) * self.n_quantiles_
        limit = min(CHUNK, get_config()["working_memory"] * 2**17 // 4)
        chunks = chunk_bounds(np.full(len(X), load), limit)
        work = partial(
            _transform,
            operator=self._operator,
            n_quantiles=self.n_quantiles_,
            signed=self.signed,
            normalize=self.normalize,
        )
        for chunk, block in map_chunks(
            work, X, chunks, n_jobs=self.n_jobs, verbose=self.verbose
        ):
            out[chunk] = block
        return out

    @property
    def _operator(self):
        return RadonOperator(self.projection_operator_, self.edges_)

    @available_if(_has_inverse)
    def inverse_transform(self, X):
        """Reconstruct images by filtered back-projection.

        Parameters
        ----------
        X : array-like of shape (n_images, n_features_out)
            Transformed images, or averages and other combinations of such.

        Returns
        -------
        ndarray of shape (n_images, *image_shape_)
            Images of mass 1, or with ``signed`` of the masses in ``X``.

        Raises
        ------
        ValueError
            If ``X`` has another number of columns than ``transform`` gives.
        """
        check_is_fitted(self)
        X = check_array(X, dtype=(np.float64, np.float32))
        if X.shape[1] != self._n_features_out:
            raise ValueError(
                f"X has {X.shape[1]} columns, expected {self._n_features_out}"
            )
        n_slices, n_quantiles = len(self.slices_), self.n_quantiles_
        scale = np.sqrt(n_slices * n_quantiles)
        if not self.signed:
            quantiles = scale * X.reshape(-1, n_slices, n_quantiles)
            projections = radon_masses(quantiles, self._operator)
        else:
            split = 2 * n_slices * n_quantiles
            quantiles = scale * X[:, :split].reshape(-1, 2, n_slices, n_quantiles)
            masses = np.sqrt(n_slices) * X[:, split:].reshape(-1, 2, n_slices, 1)
            projections = sum(
                sign
                * masses[:, part]
                * radon_masses(quantiles[:, part], self._operator)
                for part, sign in enumerate((1, -1))
            )
        n_axes = len(self.image_shape_)
        images = back_project(projections, self._operator, n_axes)
        if not self.signed:
            images = np.maximum(images, 0)
            images /= images.sum(axis=1, keepdims=True)
        return images.reshape(-1, *self.image_shape_).astype(X.dtype, copy=False)


# Floats of one chunk of images at work: 16 MB.
CHUNK = 2**21


def _transform(images, operator, n_quantiles, signed, normalize):
    n_slices = len(operator.edges)
    scale = 1.0 if normalize else 1 / np.sqrt(n_slices * n_quantiles)
    found = radon_quantiles(images, operator, n_quantiles, signed=signed, scale=scale)
    if signed:
        quantiles, masses = (part.reshape(len(images), -1) for part in found)
        return np.hstack([quantiles, masses / np.sqrt(n_slices)])
    if normalize:
        return _normalized(found, normalize)
    return found.reshape(len(images), -1)


def _normalized(quantiles, normalize):
    """Standardise each quantile function; reduce over directions and opposites."""
    quantiles = quantiles - quantiles.mean(axis=2, keepdims=True)
    deviation = quantiles.std(axis=2, keepdims=True)
    quantiles /= np.where(deviation > 0, deviation, 1)
    reduce = {"max": np.maximum, "mean": lambda a, b: (a + b) / 2}[normalize]
    along = getattr(quantiles, normalize)(axis=1)
    # the opposite direction has the quantiles -Q(1 - q)
    if normalize == "max":
        against = -quantiles.min(axis=1)[:, ::-1]
    else:
        against = -along[:, ::-1]
    return reduce(along, against) / np.sqrt(quantiles.shape[2])
