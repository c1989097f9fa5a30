"""The action tracker for SIN, Rapid Review and LCSPR."""

from __future__ import annotations

__version__ = "0.1.0"
