"""Reads the CSV files with Python's own package."""

import csv
import math
import sys

import project
from check import Check

check = Check("csv", sys.argv[1])
for model, path, _ in check.each("csv"):
    with open(path, encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    check.same(path, "the header", header, [name for name, _, _ in project.COLUMNS])
    rows = [] if model.startswith("empty_") else list(project.rows())
    check.same(path, "the number of lines", len(lines), len(rows))
    for i, (line, row) in enumerate(zip(lines, rows)):
        for got, value, (name, kind, _) in zip(line, row, project.COLUMNS):
            want = "" if value is None else project.text(value, kind)
            if kind == "float64" and value is not None and math.isfinite(value):
                got, want = repr(float(got)), repr(value)  # a number may be written in several ways
            check.same(path, f"{name} of line {i + 2}", got, want)
check.done()
