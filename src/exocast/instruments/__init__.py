"""What instruments write, read into one type: `Measurement`."""

from exocast.instruments.readers import READERS, guess, read
from exocast.instruments.summary import Summary, headline, summary, toml_block

__all__ = ["READERS", "Summary", "guess", "headline", "read", "summary", "toml_block"]
