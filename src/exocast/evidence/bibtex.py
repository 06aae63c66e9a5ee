"""BibTeX that compiles: what a source holds, escaped, with authors as BibTeX reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

__all__ = ["authors_of", "entry", "escaped"]

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "&": r"\&",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "µ": r"$\mu$",
    "μ": r"$\mu$",
    "°": r"$^{\circ}$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "ß": r"{\ss}",
    "ø": r"{\o}",
    "Ø": r"{\O}",
    "ł": r"{\l}",
    "Ł": r"{\L}",
    "æ": r"{\ae}",
    "å": r"{\aa}",
    "ı": r"{\i}",
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}
_INITIALS = re.compile(r"(?P<last>.+?) (?P<first>(?:[A-Z]-?){1,4})")
_PLACE = re.compile(r"(?P<journal>.+?) (?P<volume>\d+(?: Suppl \d+)?)(?::(?P<pages>[\w-]+))?")
_OTHERS = re.compile(r",?\s+(?:and\s+)?(?:others|et al\.?)(?:\s*\(.*\))?$")


def escaped(text: str) -> str:
    r"""Return text with what LaTeX would take for a command escaped; letters keep their accents.

    Examples
    --------
    >>> print(escaped("R&D at 50 % of T_max, Théry {sic}"))
    R\&D at 50 \% of T\_max, Th{\'e}ry \{sic\}
    """
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", text))


def authors_of(text: str) -> str:
    """Return authors as BibTeX reads them: ``Last, I. and Last, I. and others``.

    A name without initials is an institution and stays together.

    Examples
    --------
    >>> authors_of("de Smedt SC, Hendrix A, et al")
    'de Smedt, S. C. and Hendrix, A. and others'
    >>> authors_of("The exocast developers")
    '{The exocast developers}'
    """
    names, several = _OTHERS.subn("", text.strip())
    parts = [part.strip() for part in re.split(r"\s+and\s+|,\s*", names)]
    found = [_INITIALS.fullmatch(part) for part in parts]
    if not all(found):
        written = ["{" + escaped(names) + "}"] if names else []
    else:
        written = [f"{escaped(one['last'])}, {_initials(one['first'])}" for one in found if one]
    return " and ".join([*written, *(["others"] if several else [])])


def entry(key: str, kind: str, fields: Mapping[str, str]) -> str:
    r"""Return one entry.

    Parameters
    ----------
    key : str
        Citation key.
    kind : str
        ``article``, ``misc`` ...
    fields : mapping of str to str
        Plain text; empty fields are left out. ``authors`` and ``journal`` are taken apart.

    Examples
    --------
    >>> print(entry("a_2020", "article", {"title": "5 % of all", "journal": "J. Ex. 3:1-9"}))
    @article{a_2020,
      title = {{5 \% of all}},
      journal = {J. Ex.},
      volume = {3},
      pages = {1--9}
    }
    """
    plain = {name: text for name, text in fields.items() if text}
    written = {}
    if "title" in plain:
        written["title"] = "{" + escaped(plain["title"]) + "}"
    if "authors" in plain:
        written["author"] = authors_of(plain["authors"])
    if "journal" in plain:
        place = _PLACE.fullmatch(plain["journal"])
        parts = place.groupdict() if place else {"journal": plain["journal"]}
        written |= {name: escaped(text) for name, text in parts.items() if text}
        if "pages" in written:
            written["pages"] = written["pages"].replace("-", "--")
    # An address is set by \url or \href, which take it as it is.
    as_they_are = ("doi", "url")
    taken = ("title", "authors", "journal", *as_they_are)
    written |= {name: escaped(text) for name, text in plain.items() if name not in taken}
    written |= {name: plain[name].replace("%", r"\%") for name in as_they_are if name in plain}
    lines = ",\n".join(f"  {name} = {{{text}}}" for name, text in written.items())
    return f"@{kind}{{{key},\n{lines}\n}}"


def _initials(letters: str) -> str:
    return " ".join(f"{letter}." for letter in letters if letter != "-")


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter.isascii():
        return letter
    parts = unicodedata.normalize("NFD", letter)
    base, marks = parts[0], parts[1:]
    if marks in _ACCENTS and base.isascii():
        accent = _ACCENTS[marks]
        return f"{{\\{accent}{' ' if accent.isalpha() else ''}{base}}}"
    return letter
