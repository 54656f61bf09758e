"""A Dockerfile as its instructions, stage by stage."""

import json
import re
from pathlib import Path
from typing import NamedTuple


class Instruction(NamedTuple):
    """One instruction with its words, continuation lines joined."""

    name: str
    text: str

    @property
    def form(self) -> list[str] | None:
        """The words of the exec form, or None when it is not in that form."""
        match = re.search(r"(\[.*\])$", self.text)
        return json.loads(match[1]) if match else None


class Stage(NamedTuple):
    """A stage: what it starts from, its name if it has one, its instructions."""

    image: str
    name: str | None
    instructions: list[Instruction]

    def all(self, name: str) -> list[Instruction]:
        """Its instructions of one name, in order."""
        return [each for each in self.instructions if each.name == name]

    def last(self, name: str) -> Instruction:
        """The last instruction of a name: the one in force."""
        return self.all(name)[-1]


def stages(path: Path) -> list[Stage]:
    """Every stage in order."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text(), flags=re.MULTILINE)
    found: list[Stage] = []
    for line in re.sub(r"\s*\\\n\s*", " ", text).splitlines():
        if not line.strip():
            continue
        name, rest = line.strip().split(maxsplit=1)
        if name == "FROM":
            image, *alias = re.split(r"\s+AS\s+", rest)
            found.append(Stage(image, alias[0] if alias else None, []))
        else:
            found[-1].instructions.append(Instruction(name, rest))
    return found
