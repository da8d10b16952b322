"""The delay at arrival by origin and destination: a model for all flights, one per airport of departure, one per route;
each kept only where it beats the one above it on flights that neither was trained on."""

from __future__ import annotations

import time
from pathlib import Path

import keys
import numpy as np
import pandas as pd
from data import NUMBERS, Flights
from lightgbm import LGBMRegressor

import modelpack

BY = ("origin", "dest")
COLUMNS = [*BY, *NUMBERS]
# By how much a child must beat its parent, in minutes: less than this is chance.
MARGIN_MINUTES = 0.05


def train(flights: Flights) -> modelpack.PartitionedModel:
    trees = LGBMRegressor(n_estimators=40, num_leaves=15, min_child_samples=50, random_state=2013, n_jobs=1, verbose=-1)
    model = modelpack.PartitionedModel(trees, BY, min_rows=500, metric="mae", margin=MARGIN_MINUTES)
    return model.fit(flights.X_train[COLUMNS], flights.delay_train)


def pack(model: modelpack.PartitionedModel, flights: Flights, folder: Path, signer: keys.Keys) -> modelpack.Packed:
    return modelpack.pack(
        model,
        flights.X_train[COLUMNS].head(5_000),
        folder / "arrival-delay-by-route-1.0.0.mpk",
        name="arrival-delay-by-route",
        version="1.0.0",
        evaluation=(flights.X_test[COLUMNS], flights.delay_test),
        signers=signer.private,
        overwrite=True,
    )


def show(flights: Flights, folder: Path, signer: keys.Keys) -> int:
    """Trains, packs, and compares the file with the models; answers how many rows differ."""
    started = time.time()
    model = train(flights)
    kept = [node for node in model.nodes_.values() if not node.pruned]
    print(f"{len(model.nodes_)} nodes in {time.time() - started:.0f} s, {len(kept)} keep a model of their own")
    gains = sorted((node for node in kept if node.key), key=lambda node: node.metric - node.parent_metric)
    for node in gains[:5]:
        print(f"  {node}")
    packed = pack(model, flights, folder, signer)
    print(f"packed {packed.path.stat().st_size / 1024:,.0f} KiB; {packed.report}")
    X = flights.X_test[COLUMNS]
    with modelpack.load(packed, trust=signer.policy, name="arrival-delay-by-route") as predictor:
        answers = predictor.predict(X)
        expected = model.predict(X)
        root = model.nodes_[()].model.predict(X[NUMBERS])
        error, root_error = (np.abs(found - flights.delay_test).mean() for found in (answers, root))
        print(f"mean error of the held-out flights: {error:.2f} minutes, of the one model for all {root_error:.2f}")
        fall_back(predictor, X)
    return int((answers != expected).sum())


def fall_back(predictor: modelpack.Predictor, X: pd.DataFrame) -> None:
    """Who answers for a route that is known, one that is not, and a row without a key."""
    row = X.iloc[0].to_dict()
    for origin, dest in ((row["origin"], row["dest"]), (row["origin"], "XXX"), ("WAW", "XXX"), (None, None)):
        found = predictor.predict_one({**row, "origin": origin, "dest": dest})
        print(f"  {origin!s:>4} → {dest!s:<4} {found.value:7.2f} minutes, answered by {found.node} ({found.reason})")
