"""The error of a publisher's file that is not of its format."""


class FileUnreadableError(Exception):
    """A file is not of this format; nothing of it was imported, so repair it and import it again.

    `path` is the place in a document without lines, such as `$.report[3].bike`.
    """

    def __init__(self, line: int, column: int, problem: str, path: str = "") -> None:
        super().__init__(f"{path or f'line {line}, column {column}'}: {problem}")
        self.problem = problem
        self.line = line
        self.column = column
