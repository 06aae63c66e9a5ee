"""Examples that stand under the help of verbs."""

from __future__ import annotations

__all__ = ["EXPLAINED", "LOTS", "QUALIFIED", "RECOMMENDED", "SHELVED"]

EXPLAINED = "\n\n".join(
    (
        "Examples:",
        "exocast explain loading.electroporation --full",
        "exocast explain loading.electroporation.field",
        "exocast explain loading.electroporation.open_share --design my-study.toml",
        "exocast explain endosomal_escape --design out/my-study",
        "exocast explain species",
    )
)
"""Examples, under the help of `exocast explain`."""

LOTS = "\n\n".join(
    (
        "Examples:",
        "exocast new --lots",
        "exocast lots lots.csv",
        "exocast lots lots.csv --spec 'particles per ug >= 1e9' --margin 1.5",
        "exocast lots lots.csv --forecast 'yield=out/msc-50-litre'",
    )
)
"""Examples, under the help of `exocast lots`."""

QUALIFIED = "\n\n".join(
    (
        "Examples:",
        "exocast qualify",
        "exocast qualify --data tables --json scores.json",
        "exocast qualify --only morishita_2015 --members 50x1",
        "exocast qualify --opened out/blind-experiments",
    )
)
"""Examples, under the help of `exocast qualify`."""

RECOMMENDED = "\n\n".join(
    (
        "Examples:",
        "exocast recommend isolation --source plasma --purity 'vesicles per ug >= 1e9'",
        "exocast recommend isolation --source culture --scale '50 L' --yield '20 %' --hours 24",
        "exocast recommend isolation --source my-study.toml --top 5",
        "exocast recommend loading --cargo siRNA --load 'copies per vesicle >= 1'",
        "exocast recommend loading --cargo paclitaxel --load 'cargo per dose >= 1 ng' --hours 48",
        "Any other word for the source prints the list of sources.",
    )
)
"""Examples, under the help of `exocast recommend`."""

SHELVED = "\n\n".join(
    (
        "Examples:",
        "exocast shelf-life lyophilised-vesicles --spec 'small EVs > 60 %'",
        "exocast shelf-life lyophilised-vesicles --spec 'surface > 70 %' --at '25 degC'",
    )
)
"""Examples, under the help of `exocast shelf-life`."""
