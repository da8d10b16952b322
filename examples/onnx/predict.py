"""Runs the exported file under ONNX Runtime alone: modelpack is not imported, nor installed where this runs."""

import json
import os
import sys

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # from 1.29 on ONNX Runtime sends telemetry unless told not to

import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
metadata = session.get_modelmeta().custom_metadata_map
print(metadata["modelpack.name"], metadata["modelpack.version"], metadata["modelpack.model_digest"])

# Missing numbers are NaN. ONNX has no missing text: the file says which texts stand for it.
inputs = {one["name"]: one for one in json.loads(metadata["modelpack.onnx"])["inputs"]}
absent = inputs["carrier"]["missing"]["null"]
label, probability = session.run(
    ["label", "probability"],
    {
        "distance": np.array([[1400.0], [760.0], [760.0]]),
        "wind": np.array([[11.5], [np.nan], [18.0]]),
        "carrier": np.array([["UA"], ["WN"], [absent]], dtype=object),
    },
)
for index, (_, late) in zip(label[:, 0], probability, strict=True):
    print(index, late.hex())
