# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Projections of images by one sparse matrix, transport along each, and back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft, sparse

from .._arrays import Floats, read_array, read_choice, read_count
from .._line.cdt import quantile_masses

# float32 images have float32 quantiles
Reals = NDArray[np.float32] | NDArray[np.float64]

__all__ = [
    "PROJECTIONS",
    "RadonOperator",
    "back_project",
    "radon_masses",
    "radon_operator",
    "radon_quantiles",
]


@dataclass(frozen=True, eq=False)
class RadonOperator:
    """Projections of images of one shape, along some directions.

    Parameters
    ----------
    matrix : csc_array of shape (n_directions * n_bins, n_pixels)
        Maps a flattened image to masses on bins of width 1, direction after direction.
    edges : ndarray of shape (n_directions, n_bins + 1)
        Ends of the bins along each direction, in pixels from the centre of the image.
    """

    matrix: sparse.csc_array
    edges: Floats

    def project(self, images: Reals) -> Floats:
        """Project images.

        Parameters
        ----------
        images : ndarray of shape (n_images, n_pixels)
            Flattened images.

        Returns
        -------
        ndarray of shape (n_images, n_directions, n_bins)
            Mass on each bin.
        """
        n_directions, n_ends = self.edges.shape
        masses: Floats = (self.matrix @ images.T).T
        return masses.reshape(-1, n_directions, n_ends - 1)


def _linear(
    image_shape: tuple[int, ...], directions: Floats
) -> tuple[sparse.csc_array, Floats]:
    """Centres of pixels, each shared linearly by the two bins next to it."""
    # wide enough for the diagonal, and odd where the image is: columns fall in bins
    n_bins = int(np.ceil(np.linalg.norm(image_shape)))
    n_bins += (n_bins - max(image_shape)) % 2
    n_pixels = int(np.prod(image_shape))
    pixels = np.indices(image_shape).reshape(len(image_shape), -1).T
    centres = pixels - (np.array(image_shape) - 1) / 2
    place = directions @ centres.T + (n_bins - 1) / 2  # in bins; 0 in the first
    low = np.clip(np.floor(place).astype(np.int32), 0, n_bins - 2)
    share = place - low
    # column after column, and both bins of a direction side by side
    rows = (low + n_bins * np.arange(len(directions), dtype=np.int32)[:, None]).T
    rows = np.stack([rows, rows + 1], axis=2)
    values = np.stack([1 - share.T, share.T], axis=2)
    starts = np.arange(n_pixels + 1) * (2 * len(directions))
    matrix = sparse.csc_array(
        (values.ravel(), rows.ravel(), starts), (n_bins * len(directions), n_pixels)
    )
    edges = np.arange(n_bins + 1) - n_bins / 2
    return matrix, np.tile(edges, (len(directions), 1))


def _rotation(
    image_shape: tuple[int, ...], directions: Floats
) -> tuple[sparse.csc_array, Floats]:
    """Turn the image, interpolating linearly, and add up columns."""
    if len(image_shape) != 2:
        raise ValueError(f"projection='rotation' needs 2 axes, got shape {image_shape}")
    height, width = image_shape
    n_bins = int(np.ceil(np.sqrt(2) * max(image_shape)))
    # the image in the middle of a square, its centre a pixel, that all turns stay in
    centre = n_bins // 2
    turned = np.arange(n_bins) - centre
    blocks, first = [], []
    for down, right in directions:
        # a point (row r, column t) of the turned image lies at t w + r w', w' at a
        # right angle to w, of the image
        rows = turned[:, None] * right + turned * down + height // 2
        columns = turned * right - turned[:, None] * down + width // 2
        entries = []
        for far_row, far_column in ((0, 0), (0, 1), (1, 0), (1, 1)):
            r = np.floor(rows).astype(np.intp) + far_row
            c = np.floor(columns).astype(np.intp) + far_column
            weight = (1 - abs(rows - r)) * (1 - abs(columns - c))
            kept = (r >= 0) & (r < height) & (c >= 0) & (c < width) & (weight > 0)
            bins = np.broadcast_to(np.arange(n_bins), r.shape)[kept]
            entries.append((weight[kept], bins, (r * width + c)[kept]))
        values, bins, pixels = map(np.concatenate, zip(*entries, strict=True))
        blocks.append(
            sparse.coo_array((values, (bins, pixels)), (n_bins, height * width))
        )
        # it turns about a pixel, which is beside the centre of an even image
        about = (height // 2 - (height - 1) / 2, width // 2 - (width - 1) / 2)
        first.append(down * about[0] + right * about[1] - centre - 0.5)
    edges: Floats = np.array(first)[:, None] + np.arange(n_bins + 1.0)
    return sparse.csc_array(sparse.vstack(blocks)), edges


PROJECTIONS: dict[
    str, Callable[[tuple[int, ...], Floats], tuple[sparse.csc_array, Floats]]
] = {"linear": _linear, "rotation": _rotation}


def radon_operator(
    image_shape: tuple[int, ...], directions: ArrayLike, projection: str = "linear"
) -> RadonOperator:
    """Build the matrix that projects images of one shape.

    Parameters
    ----------
    image_shape : tuple of int
        Pixels along each axis: 2 of an image, 3 of a volume.
    directions : array-like of shape (n_directions, n_axes)
        Unit rows, coordinates in the order of the axes of the array.
    projection : {"linear", "rotation"}, default="linear"
        - "linear": each pixel is shared linearly by the two bins next to the
          projection of its centre, which keeps mass and mean along each direction;
          along the longest axis pixels fall in one bin each;
        - "rotation": the image is turned, interpolated linearly, and its columns are
          added up, as ``skimage.transform.radon(image, circle=False)`` does; two axes.

    Returns
    -------
    RadonOperator
        The matrix and the ends of its bins.

    Raises
    ------
    ValueError
        If the projection is unknown or does not fit the shape, or directions do not.

    Notes
    -----
    "linear" has two entries, 24 bytes, a pixel and direction.

    Examples
    --------
    >>> from skot.solvers import radon_operator
    >>> operator = radon_operator((1, 3), [[0.0, 1.0]])
    >>> operator.edges
    array([[-2.5, -1.5, -0.5,  0.5,  1.5,  2.5]])
    >>> operator.matrix.toarray()
    array([[0., 0., 0.],
           [1., 0., 0.],
           [0., 1., 0.],
           [0., 0., 1.],
           [0., 0., 0.]])
    """
    directions = read_array(directions, "directions", "n_directions", len(image_shape))
    projection = read_choice(projection, "projection", PROJECTIONS)
    matrix, edges = PROJECTIONS[projection](image_shape, directions)
    if matrix.nnz < 2**31:  # SciPy takes twice the memory
        matrix.indices = matrix.indices.astype(np.int32, copy=False)
        matrix.indptr = matrix.indptr.astype(np.int32, copy=False)
    return RadonOperator(matrix, edges)


def radon_quantiles(
    images: Reals,
    operator: RadonOperator,
    n_quantiles: int,
    *,
    signed: bool = False,
    scale: float = 1.0,
) -> Reals | tuple[Reals, Floats]:
    """Evaluate quantile functions of all projections of images.

    Parameters
    ----------
    images : ndarray of shape (n_images, n_pixels)
        Flattened images, finite; non-negative and none of them empty, or signed.
    operator : RadonOperator
        The projections.
    n_quantiles : int
        Number of levels, ``(i - 1/2) / n_quantiles``.
    signed : bool, default=False
        Whether to read the positive and the negative part of each projection.
    scale : float, default=1.0
        Factor of all quantiles.

    Returns
    -------
    quantiles : ndarray of shape (n_images, n_directions, n_quantiles)
        Of float32 for float32 images. With ``signed`` of shape (n_images, 2,
        n_directions, n_quantiles), zero where a part is.
    masses : ndarray of shape (n_images, 2, n_directions)
        With ``signed`` only: masses of the parts.

    Notes
    -----
    ``2 * n_directions`` operations for each pixel that is not zero, and
    ``n_directions * (n_bins + n_quantiles)`` for each image.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import radon_operator, radon_quantiles
    >>> operator = radon_operator((1, 4), [[0.0, 1.0]])
    >>> radon_quantiles(np.array([[0.0, 0.0, 1.0, 1.0]]), operator, 2)
    array([[[0.5, 1.5]]])
    """
    from .._line import cdt_kernels as kernels

    n_quantiles = read_count(n_quantiles, "n_quantiles")
    dtype = np.float32 if images.dtype == np.float32 else np.float64
    pixels = np.ascontiguousarray(images, dtype=dtype)
    matrix, edges = operator.matrix, operator.edges
    # unsigned, as an index that may count from the end takes twice the time
    arrays = _unsigned(matrix.indptr), _unsigned(matrix.indices), matrix.data
    if not signed:
        out = np.empty((len(images), len(edges), n_quantiles), dtype=dtype)
        kernels.quantiles_of_projections(pixels, arrays, edges, scale, out)
        return out
    out = np.empty((len(images), 2, len(edges), n_quantiles), dtype=dtype)
    masses = np.empty(out.shape[:-1])
    kernels.signed_quantiles_of_projections(pixels, arrays, edges, scale, out, masses)
    return out, masses


def _unsigned(indices: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
    return indices.view(f"u{indices.dtype.itemsize}")


def radon_masses(quantiles: Floats, operator: RadonOperator) -> Floats:
    """Find projections that have given quantiles.

    Parameters
    ----------
    quantiles : ndarray of shape (n_images, n_directions, n_quantiles)
        Quantiles, as by `radon_quantiles`.
    operator : RadonOperator
        The projections.

    Returns
    -------
    ndarray of shape (n_images, n_directions, n_bins)
        Mass on each bin, as in `quantile_masses`; 1 along each direction.
    """
    parts = [
        quantile_masses(quantiles[:, d], edges)
        for d, edges in enumerate(operator.edges)
    ]
    return np.stack(parts, axis=1)


def back_project(projections: Floats, operator: RadonOperator, n_axes: int) -> Floats:
    r"""Reconstruct images from their projections, by filtered back-projection.

    .. math::
        f(x) = \int_{S / \pm 1} (h * p_w)(\langle x, w \rangle) \, dw, \qquad
        \hat h(\nu) = |\nu|^{d - 1}

    Parameters
    ----------
    projections : ndarray of shape (n_images, n_directions, n_bins)
        Mass on each bin.
    operator : RadonOperator
        The projections' operator; its directions are even on half the circle, or on
        the sphere.
    n_axes : {2, 3}
        Number d of axes of the images.

    Returns
    -------
    ndarray of shape (n_images, n_pixels)
        Images, flattened.

    Notes
    -----
    Exact up to the size of a pixel with ``pi / 2`` times as many angles as pixels along
    a side; fewer leave streaks.

    References
    ----------
    .. [1] Kak, Slaney, "Principles of computerized tomographic imaging", 1988, chapter
       3. https://doi.org/10.1137/1.9780898719277
    """
    n_images, n_directions, n_bins = projections.shape
    # the filter, band-limited to half a cycle a bin, where it was derived: in space
    lag = np.arange(1, n_bins)
    if n_axes == 2:
        area, middle = np.pi, 0.25
        tail = np.where(lag % 2, -1 / (np.pi * lag) ** 2, 0.0)
    else:
        area, middle = 2 * np.pi, 1 / 12
        tail = np.where(lag % 2, -1.0, 1.0) / (2 * (np.pi * lag) ** 2)
    length = fft.next_fast_len(2 * n_bins, real=True)
    kernel = np.zeros(length)
    kernel[0], kernel[1:n_bins], kernel[-n_bins + 1 :] = middle, tail, tail[::-1]
    spectrum = fft.rfft(projections, length) * fft.rfft(kernel)
    filtered = fft.irfft(spectrum, length)[..., :n_bins].reshape(n_images, -1)
    images: Floats = (operator.matrix.T @ filtered.T).T * (area / n_directions)
    return images
