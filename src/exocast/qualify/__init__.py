"""The model judged against published experiments and the user's own, whatever the agreement."""

from exocast.qualify.observed import observed_record, with_observed
from exocast.qualify.published import published_record, with_published

__all__ = ["observed_record", "published_record", "with_observed", "with_published"]
