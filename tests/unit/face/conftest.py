"""Two small runs: the packaged design, and labelled vesicles with animals of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

import exocast

TABLE = """\
study,subject,time,organ,label,quantity,value,unit,sd,n,lloq
ours,,5 min,plasma,zirconium-89,percent_injected_per_volume,30,%ID/mL,6,4,0.01
ours,,30 min,plasma,zirconium-89,percent_injected_per_volume,14,%ID/mL,3,4,0.01
ours,,2 h,plasma,zirconium-89,percent_injected_per_volume,6,%ID/mL,1,4,0.01
ours,,8 h,plasma,zirconium-89,percent_injected_per_volume,2,%ID/mL,0.5,4,0.01
ours,,24 h,liver,zirconium-89,percent_injected,45,%ID,9,4,
ours,,24 h,liver,lipophilic-dye,percent_injected,20,%ID,5,4,
"""


@pytest.fixture(scope="session")
def forecast() -> exocast.Forecast:
    return exocast.run(exocast.template(), members=(4, 3), threads=2)


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("animals") / "mice.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def observed(table: Path) -> exocast.Forecast:
    design = exocast.template("labelled-biodistribution").with_observed(table)
    return exocast.run(design, members=(4, 3), threads=2)
