"""What the tutorials print comes from a run, never from the hand of a writer."""

from __future__ import annotations

import itertools
import re

import pytest
from tests.docs.reading import DOCS

TUTORIALS = sorted((DOCS / "tutorials").glob("*.md"))

PAGE = """
```python
number = 6 * 7
print("answer", number)
```

```text output
(printed while the site is built)
```

```console
$ exocast new --list
```

```python
print("Raise    what is low")
print("Other    nothing")
print("Answer   " + "many words " * 20)
```

```text output=Answer,Raise
```
"""


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_no_output_of_a_tutorial_is_written_by_hand(path):
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w.*?^```", text, re.MULTILINE | re.DOTALL)
    runs = ("```console", "```python")
    by_hand = [
        after
        for before, after in itertools.pairwise(blocks)
        if before.startswith(runs) and after.startswith("```text\n")
    ]
    assert not by_hand


def test_outputs_are_those_of_a_run():
    from generator.outputs import filled

    blocks = re.findall(r"^```text\n(.*?)\n```$", filled(PAGE), re.MULTILINE | re.DOTALL)
    assert blocks[0] == "answer 42"
    lines = blocks[1].splitlines()
    assert lines[0] == "Raise    what is low"
    assert lines[1].startswith("Answer   many words")
    assert re.match(" {9}[a-z]", lines[2])
    assert max(map(len, lines)) <= 92
    assert "Other" not in blocks[1]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("```python\n1 / 0\n```\n\n```text output\n```\n", "ZeroDivisionError"),
        ("```console\n$ exocast open nowhere\n```\n\n```text output\n```\n", "nowhere"),
        ("```python\npass\n```\n\n```text output\n```\n", "nothing was printed"),
    ],
)
def test_an_example_that_fails_stops_the_build(page, words):
    from generator.outputs import filled

    with pytest.raises(RuntimeError, match=words):
        filled(page)


def test_a_page_without_outputs_is_left_alone():
    from generator.outputs import filled

    page = "```python\n1 / 0\n```\n"
    assert filled(page) is page
