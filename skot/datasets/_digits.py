# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Data sets that come with scikit-learn, read as sets."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.utils import Bunch

from ..sets import PointSets

_DESCR = """\
Digit clouds: {n_sets} handwritten digits as weighted point sets in the plane.

Each of the 8 x 8 grey images of scikit-learn's digits data set is a set: inked pixels
are points, at pixel centres in units of a pixel, the lower left corner of the image at
(0, 0); intensities, 1 to 16, are weights. Blank pixels are left out.

Source: E. Alpaydin, C. Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI
Machine Learning Repository. https://doi.org/10.24432/C50P49
"""


def load_digit_clouds(
    *, n_class: int = 10, return_X_y: bool = False
) -> Bunch | tuple[PointSets, np.ndarray]:
    """Load scikit-learn's digits as weighted point sets; nothing is downloaded.

    Inked pixels are points, intensities are weights. The second coordinate points up,
    so that ``plt.scatter(*cloud.points.T, s=cloud.weights)`` shows an upright digit.

    Parameters
    ----------
    n_class : int, default=10
        Number of digits, from 0 up; between 1 and 10.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like, with attributes

        data : PointSets of shape (n_sets, 2)
            The clouds, 1797 for all digits, of 16 to 42 points, in units of a pixel.
        target : ndarray of int of shape (n_sets,)
            Digit each cloud shows.
        target_names : ndarray of int of shape (n_class,)
            The digits.
        feature_names : list of str
            "x" and "y".
        images : ndarray of shape (n_sets, 8, 8)
            The images, intensities 0 to 16.
        DESCR : str
            Description and source.

    (data, target) : tuple if ``return_X_y`` is True
        The first two of these.

    See Also
    --------
    sklearn.datasets.load_digits : The same digits as vectors.
    skot.sets.PointSets.from_images : Reads images in array order.

    Examples
    --------
    >>> from skot.datasets import load_digit_clouds
    >>> X, y = load_digit_clouds(n_class=2, return_X_y=True)
    >>> X
    PointSets(360 sets of 16 to 41 weighted points in R^2)
    """
    digits = load_digits(n_class=n_class)
    row, column = np.divmod(np.arange(64), 8)
    centres = np.column_stack([column + 0.5, 7.5 - row])
    clouds = PointSets.from_histograms(digits.data, centres)
    if return_X_y:
        return clouds, digits.target
    return Bunch(
        data=clouds,
        target=digits.target,
        target_names=digits.target_names,
        feature_names=["x", "y"],
        images=digits.images,
        DESCR=_DESCR.format(n_sets=len(clouds)),
    )
