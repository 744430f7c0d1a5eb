"""Chinese policy documents (公文) as a knowledge base: queried, checked, and proved sentence by sentence."""

from __future__ import annotations

__version__ = "0.1.0"
