"""Ends of a command that are no success: one clear line and the right exit code, never a traceback."""

DONE, FAILED, WRONG_USAGE, INPUT_REJECTED = 0, 1, 2, 3


class CommandError(Exception):
    """What is wrong and what to do about it, in one line; and the exit code."""

    def __init__(self, line: str, code: int = FAILED) -> None:
        super().__init__(line)
        self.line = line
        self.code = code


def counted(faults: list[str]) -> str:
    """How many faults, in words."""
    return "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
