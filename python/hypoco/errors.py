"""Errors: exceptions that carry the sentence of the program, one class for each exit code."""


class Error(RuntimeError):
    """The program refused or failed. The message is its sentence, `code` its exit code."""

    code = 3

    def __init__(self, sentence: str, code: int = 0):
        super().__init__(sentence)
        self.code = code or self.code


class BadInput(Error, ValueError):
    """Exit code 2: the sentence says what was found and what is allowed."""

    code = 2


class NumericalFailure(Error, ArithmeticError):
    """Exit code 3."""


class FileFailure(Error, OSError):
    """Exit code 4: a file could not be read or written, or the program could not be started."""

    code = 4


class Stopped(Error):
    """Exit code 5: the run stopped before its end, by a signal or a limit of time."""

    code = 5


class Warned(UserWarning):
    """What the program warns of, as a Python warning."""


CLASSES = {2: BadInput, 3: NumericalFailure, 4: FileFailure, 5: Stopped}


def error(sentence: str, code: int) -> Error:
    """The exception for an exit code."""
    return CLASSES.get(code, Error)(sentence, code)
