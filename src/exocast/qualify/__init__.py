"""The model judged against published experiments and the user's own, whatever the agreement."""

from exocast.qualify.claims import claim_records, packaged_claims, with_claims
from exocast.qualify.observed import observed_record, with_observed
from exocast.qualify.published import published_record, with_published

__all__ = [
    "claim_records",
    "observed_record",
    "packaged_claims",
    "published_record",
    "with_claims",
    "with_observed",
    "with_published",
]
