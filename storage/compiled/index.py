"""`bot.ports.SearchIndex` from the compiled index while it is in step with the papers, from SQL's own else."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock, Thread

import structlog

from bot.model import Clause, Interest, Occur, Paper, PaperId, Phrase
from bot.ports import Papers, SearchIndex, StorageUnavailable
from storage.compiled.edition import NO_MASK, Edition
from storage.compiled.files import Base, open_base, write_base
from storage.compiled.segment import Segment, Stream, joined, read, segment_of, without
from storage.compiled.terms import Terms
from storage.search import searchable

import numpy as np  # isort: skip

_log = structlog.get_logger(__name__)

# So many changes are folded in while somebody waits for an answer; more are left to the background.
AT_ONCE = 2_000
_READ_AT_ONCE = 5_000
# Small segments are joined when there are so many of them …
_MOST_SMALL = 6
# … and written into the file with all the rest when they have so many papers and this share of the file's.
REWRITE_FROM = 10_000
REWRITE_SHARE = 0.05
