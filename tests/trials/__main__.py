"""`python -m tests.trials`: see `runner`."""

import sys

from tests.trials.runner import main

sys.exit(main())
