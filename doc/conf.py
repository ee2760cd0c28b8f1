# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the documentation; it builds without a network."""

import os
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
os.environ.setdefault("OMP_NUM_THREADS", "1")  # sums in one order: the same pages

import skot

project = "skot"
author = "The skot developers"
copyright = "2026, The skot developers"
version = release = skot.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "sphinx_design",
    "sphinx_copybutton",
    "api_pages",
    "markdown_page",
    "mathml",
    "parameters",
]

exclude_patterns = ["_build", "sg_execution_times.rst", "**/sg_execution_times.rst"]
default_role = "py:obj"  # `PointSets` in a docstring or a page is a link
autosummary_generate = False  # pages come from `api_pages`
autodoc_typehints = "none"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
highlight_language = "python3"

# -- gallery -------------------------------------------------------------------------

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"plot_.*\.py$",
    "within_subsection_order": "gallery_order.example_order",
    "doc_module": ("skot",),
    "reference_url": {"skot": None},
    "backreferences_dir": "gen_modules",
    "inspect_global_variables": False,
    "write_computation_times": False,
    "min_reported_time": 3600,  # times are no part of a page: same source, same site
    "show_signature": False,
    "remove_config_comments": True,
    "download_all_examples": False,
    "matplotlib_animations": False,
    "abort_on_example_error": False,
    "only_warn_on_example_error": False,
}

warnings.filterwarnings("ignore", message=".*FigureCanvasAgg is non-interactive.*")

# -- html ----------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "skot"
html_static_path = ["_static"]
html_css_files = ["skot.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"install": [], "changelog": [], "glossary": [], "parameters": []}
html_theme_options = {
    "logo": {"text": "skot"},
    "github_url": "https://github.com/skot-dev/skot",
    "navigation_with_keys": False,
    "show_prev_next": False,
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
