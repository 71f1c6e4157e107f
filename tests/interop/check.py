"""What the readers written in Python share: the files there are, and the comparison."""

import pathlib
import sys

import project

EXPECTED = list(zip(*project.rows()))  # by column
KINDS = [kind for _, kind, _ in project.COLUMNS]
NAMES = [name for name, _, _ in project.COLUMNS]


class Check:
    """Compares files with what is expected, and counts those that differ."""

    def __init__(self, reader, out):
        self.reader, self.out, self.files, self.wrong = reader, pathlib.Path(out), 0, 0

    def each(self, format):
        """The files of a format: model, path and what the schema says of the output."""
        for name, output in project.OUTPUTS.items():
            if format in output["formats"]:
                for model in (name, f"empty_{name}"):
                    self.files += 1
                    yield model, self.out / f"{model}.{format}", output

    def fail(self, path, message):
        self.wrong += 1
        print(f"{self.reader}: {path.name}: {message}", file=sys.stderr)

    def same(self, path, what, got, want):
        if got != want:
            self.fail(path, f"{what} is {got!r}, expected {want!r}")

    def columns(self, path, names, columns):
        """Compares values, given by column."""
        self.same(path, "the list of columns", list(names), NAMES)
        rows = 0 if path.name.startswith("empty_") else project.ROWS
        for name, got, want in zip(NAMES, columns, EXPECTED):
            got = list(got)
            if len(got) != rows:
                self.fail(path, f"column {name} has {len(got)} rows, expected {rows}")
                continue
            for i, (g, w) in enumerate(zip(got, want[:rows])):
                if type(g) is not type(w) or project.same_as(g) != project.same_as(w):
                    self.fail(path, f"column {name}, row {i}: {g!r}, expected {w!r}")
                    break

    def metadata(self, path, model, about):
        """Compares the metadata of a file, a dict of texts."""
        self.same(path, "martlet.model", about.get("martlet.model"), model)
        self.same(path, "martlet.description", about.get("martlet.description"), f"Rows, as {model} has them.")
        self.same(path, "martlet.as_of", about.get("martlet.as_of"), "2024-05-01T00:00:00Z")
        self.same(path, "the length of martlet.run", len(about.get("martlet.run", "")), 64)

    def of_column(self, path, name, about):
        """Compares the metadata of one column, a dict of texts."""
        kind = KINDS[NAMES.index(name)]
        self.same(path, f"the type of {name}", about.get("martlet.type"), kind)
        self.same(path, f"pii of {name}", about.get("martlet.pii"), "true" if name == "name" else None)
        described = {"id": "Which row.", "name": "Whose, as it is written: “é”."}
        self.same(path, f"the description of {name}", about.get("martlet.description"), described.get(name))
        self.same(path, f"whether {name} has tests", "martlet.tests" in about, name in project.CLOSED)

    def done(self):
        print(f"{self.reader}: {self.files} files read, {self.wrong} differences")
        sys.exit(1 if self.wrong else 0)
