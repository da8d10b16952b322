"""`python -m modelpack.cli`."""

import sys

from modelpack.cli.main import main

sys.exit(main())
