# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Frames whose names are markup, and pages that must be well-formed."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd


def drifting_frames(n=120, seed=0):
    rng = np.random.RandomState(seed)
    reference = pd.DataFrame(
        {
            "age": rng.normal(40, 10, n),
            "<script>alert(1)</script>": rng.normal(size=n),
            "town & land": rng.choice(["<b>x</b>", "y"], n),
        }
    )
    current = reference.sample(frac=1, random_state=1).reset_index(drop=True)
    current["age"] += 12
    return reference, current


class Balance(HTMLParser):
    """Every element that opens closes, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.names = [], set()

    def handle_starttag(self, name, attributes):
        self.names.add(name)
        if name not in ("meta", "br"):
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name


def assert_well_formed(html):
    parser = Balance()
    parser.feed(html)
    assert parser.open == []
    assert "script" not in parser.names, "names of columns are no markup"
    assert not re.search(r'(src|href)="|url\(|@import', html), "one file, no other"
