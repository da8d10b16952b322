"""Trained tabular models as one verified file."""
