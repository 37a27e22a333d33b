"""A publisher's file that is not of its format: where, what is wrong, and that nothing of it was taken."""


class FileUnreadableError(Exception):
    """A file is not of this format; nothing of it was taken, so repair it and offer it again.

    `path` places the problem in a document that has no lines of its own, such as `$.report[3].bike`.
    """

    def __init__(self, line: int, column: int, problem: str, path: str = "") -> None:
        super().__init__(f"{path or f'line {line}, column {column}'}: {problem}")
        self.line = line
        self.column = column
