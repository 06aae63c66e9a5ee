"""The model judged against published experiments, whatever the agreement."""

from exocast.qualify.published import published_record, with_published

__all__ = ["published_record", "with_published"]
