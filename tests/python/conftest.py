"""Settings of all tests: the same examples each time, whatever the machine's speed, and no files left behind.

The keys and the trust policy of whoever runs the tests are not seen.
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("modelpack", deadline=None, derandomize=True, database=None)
settings.load_profile("modelpack")


@pytest.fixture(scope="session", autouse=True)
def nobodys_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("configuration")))
        patch.delenv("MODELPACK_TRUST", raising=False)
        patch.delenv("MODELPACK_KEY_PASSPHRASE", raising=False)
        yield
