# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What pytest does not collect here: what the build wrote, and what builds."""

collect_ignore = ["conf.py", "_ext", "_build", "api", "auto_examples", "gen_modules"]
