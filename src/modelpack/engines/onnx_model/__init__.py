"""Models that come as ONNX: files that a user brings, estimators that skl2onnx converts. No program is made."""
