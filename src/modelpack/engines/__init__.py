"""Engines beside the native one: what is made from a program, and how it joins a bundle after its answers were
compared."""
