"""Attacks on the bundle format, each a small file that every reader must refuse with one and the same error."""
