"""AMICI compiles a model for half a minute or more: once for each document, kept on disk."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from _alone import unpin

__all__ = ["compile_model", "is_compiled", "load_model"]

LONGEST = 1800.0  # seconds that a model may compile


def _place(sbml: str) -> Path:
    """Return the folder of a document's model."""
    import amici

    top = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    digest = hashlib.sha256((amici.__version__ + sbml).encode()).hexdigest()[:16]
    return Path(top) / "exocast" / "benchmark-amici" / f"m{digest}"


def is_compiled(sbml: str) -> bool:
    """Return whether this document was compiled before."""
    return (_place(sbml) / "done").is_file()


def compile_model(sbml: str) -> str:
    """Compile a document in a process of its own; return why that failed, or nothing."""
    folder = _place(sbml)
    folder.mkdir(parents=True, exist_ok=True)
    document = folder / "network.xml"
    document.write_text(sbml, encoding="utf-8")
    # The generator of the binding must be the one that AMICI was built with.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, __file__, folder.name, str(folder / "model"), str(document)]
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            env={**os.environ, "PATH": path},
            preexec_fn=unpin,
        )
    except subprocess.TimeoutExpired:
        return f"AMICI did not compile this case in {LONGEST:.0f} s"
    if done.returncode:
        return (
            "AMICI does not compile this case: " + (done.stderr.strip().splitlines() or ["?"])[-1]
        )
    (folder / "done").touch()
    return ""


def load_model(sbml: str) -> Any:
    """Return a compiled model."""
    import amici
    import amici.sim.sundials  # a model's module looks for it

    folder = _place(sbml)
    return amici.import_model_module(folder.name, folder / "model").get_model()


if __name__ == "__main__":
    from amici.importers.sbml import SbmlImporter

    SbmlImporter(sys.argv[3]).sbml2amici(
        sys.argv[1],
        sys.argv[2],
        verbose=False,
        generate_sensitivity_code=False,
        compute_conservation_laws=False,
    )
