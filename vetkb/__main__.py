"""`python -m vetkb` is the command `vetkb`."""

from __future__ import annotations

import sys

from vetkb.cli import main

sys.exit(main())
