"""Settings of all tests: the same examples each time, whatever the machine's speed, and no files left behind."""

from hypothesis import settings

settings.register_profile("modelpack", deadline=None, derandomize=True, database=None)
settings.load_profile("modelpack")
