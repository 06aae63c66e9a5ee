"""Pages from a saved Forecast: one HTML file that needs nothing else and reads in grey print."""

from exocast.report.page import write_report

__all__ = ["write_report"]
