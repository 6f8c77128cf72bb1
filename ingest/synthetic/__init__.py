"""Rendered road cameras for demonstrations and tests: pixels only, a pure function of (url, wall time).

Knows nothing of detection: what is on a plate leaves this package as drawn pixels and in no other way."""

from ingest.synthetic.faults import SyntheticSourceDied
from ingest.synthetic.options import BadSyntheticUrl
from ingest.synthetic.source import SyntheticCamera, open_synthetic

__all__ = ["BadSyntheticUrl", "SyntheticCamera", "SyntheticSourceDied", "open_synthetic"]
