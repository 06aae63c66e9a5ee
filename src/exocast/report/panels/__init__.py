"""The panels of the report, one file each; `exocast.report.page` holds them in order."""
