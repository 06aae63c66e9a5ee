"""Donor cells: where the vesicles come from."""

from __future__ import annotations

from exocast.stages.donor.flask_culture import FlaskCulture

__all__ = ["METHODS", "FlaskCulture"]

METHODS = {"flask_culture": FlaskCulture}
