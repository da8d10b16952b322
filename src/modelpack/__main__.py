"""`python -m modelpack` is the command `modelpack`."""

import sys

from modelpack.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
