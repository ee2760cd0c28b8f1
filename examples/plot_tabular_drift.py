# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================
Drift of a table over the years
==================================

A table of loan applications is compared with its first year, year by year and month by
month: has it moved, since when, and in which columns? The columns are numbers and
categories, the months differ among themselves without a drift, and one of the changes
leaves every column as it was and moves their relation alone.
"""

# %%
# Nine years of applications
# --------------------------
# Incomes rise from 2018 to 2020. From the middle of 2020 people apply with an app,
# which there was not before. From 2022 the amount no longer depends on the income,
# though each column alone stays what it was. Through all of that, applicants of one
# month are alike: a campaign here, a holiday there.

import numpy as np
import pandas as pd

rng = np.random.RandomState(0)


def month(number, n_rows=60):
    """Applications of one month; 0 is January 2014."""
    year = 2014 + number / 12
    mood = rng.normal(scale=0.3, size=4)
    level, size = rng.normal(size=(2, n_rows))
    raise_ = 0.35 * np.clip(year - 2018, 0, 2)
    relation = 0.8 if year < 2022 else 0.0
    amount = relation * level + np.sqrt(1 - relation**2) * size
    app = np.clip(0.4 * (year - 2020.5), 0, 0.6)
    share = np.array([0.6, 0.4, 0.0]) * (1 - app) + [0, 0, app]
    return pd.DataFrame(
        {
            "income": 30 + 8 * (level + mood[0] + raise_),
            "amount": 10 + 3 * (amount + mood[1]),
            "age": 42 + 11 * (rng.normal(size=n_rows) + mood[2]),
            "months employed": rng.gamma(2 + mood[3], 20, n_rows),
            "channel": rng.choice(["branch", "broker", "app"], n_rows, p=share),
            "purpose": rng.choice(["car", "house", "study"], n_rows),
        }
    )


months = [month(number) for number in range(9 * 12)]
table = pd.concat(months, keys=range(len(months)), names=["month"]).reset_index("month")
month_of = table.pop("month").to_numpy()

# %%
# Year by year: which columns
# ---------------------------
# The test compares a year with the first two. Numbers are in standard deviations,
# categories are spread alike. P-values of columns are corrected for their number.

from skot.shift import ShiftMonitor, TransportShiftTest

reference = month_of < 24
test = TransportShiftTest(random_state=0).fit(table[reference])
years = np.arange(2016, 2023)
results = {
    year: test.test(table[month_of // 12 == year - 2014].iloc[::3]) for year in years
}
distance = np.array([results[year].features.distances for year in years]).T
surely = (
    np.array([results[year].features.adjusted_p_values for year in years]).T <= 0.05
)
print(results[2019].to_frame())

# %%
# Rows are not independent here: those of one month are alike, and a test of rows finds
# "age" moved in years in which only the months were other months. That is no fault of
# the p-value, which answers whether the rows come from one law, row by row.
#
# Month by month: with limits that know months
# --------------------------------------------
# The monitor takes the months of the first four years for its chunks. Half of them are
# the baseline, and the distances of the others to it are the limit: whatever sets
# months apart is in it. A false alarm has a chance of one in twenty, each month.

known = month_of < 48
monitor = ShiftMonitor(TransportShiftTest(random_state=0)).fit(
    table[known], chunks=month_of[known]
)
for number in range(48, len(months)):
    monitor.partial_fit(months[number])
alerts = [record.is_alert for record in monitor.history_]
print(f"limits: {monitor.limits_}, from {len(monitor.calibration_)} months")
for year, count in zip(
    years[2:], np.reshape(alerts, (-1, 12)).sum(axis=1), strict=True
):
    print(f"{year}: {count} alerts in 12 months")

# %%
# The relation alone
# ------------------
# Each month taken about its own mean, the columns of 2021 and of 2022 agree. That the
# amount has left the income is in no column, and is seen by a distance between rows:
# here by exact transport, on 200 rows of each year.

columns = ["income", "amount"]
pair = table[columns] - table.groupby(month_of)[columns].transform("mean")
before, after = (pair[month_of // 12 == year - 2014] for year in (2021, 2022))
test = TransportShiftTest("wasserstein", max_samples=200, random_state=0)
relation = test.fit(before).test(after)
print(relation)
print(relation.to_frame())

# %%
import matplotlib.pyplot as plt

from skot.plot import MonitorDisplay

fig = plt.figure(figsize=(9, 6.6), layout="constrained")
top, bottom = fig.subplots(2, 1, height_ratios=[1.2, 1])
image = top.imshow(distance, cmap="Oranges", aspect="auto", vmin=0)
for (i, j), value in np.ndenumerate(distance):
    top.text(
        j, i, f"{value:.2f}", ha="center", va="center",
        weight="bold" if surely[i, j] else "normal",
        color="black" if surely[i, j] else "#888888",
    )  # fmt: skip
top.set_xticks(range(len(years)), years)
top.set_yticks(range(len(distance)), results[2016].features.names)
top.tick_params(length=0)
top.spines[:].set_visible(False)
top.set_title("Distance of each column to 2014 and 2015; bold where surely moved")
MonitorDisplay.from_estimator(monitor, ax=bottom)
bottom.set_xticks(range(0, 60, 12), range(2018, 2023))
bottom.set(xlabel="", title="Distance of each month to the baseline")
plt.show()
