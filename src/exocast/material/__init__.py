"""What flows from step to step: suspensions, ledgers, wiring, time courses and forecasts."""
