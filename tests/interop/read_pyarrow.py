"""Reads the Arrow and Parquet files with pyarrow, Arrow's implementation in C++."""

import datetime
import math
import sys

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

import project
from check import EXPECTED, KINDS, NAMES, Check

TYPES = {
    "bool": pa.bool_(), "int64": pa.int64(), "float64": pa.float64(), "string": pa.string(), "date": pa.date32(),
    "decimal(12,2)": pa.decimal128(12, 2), "decimal(38,10)": pa.decimal128(38, 10),
    "timestamp": pa.timestamp("us"), "timestamptz": pa.timestamp("us", "UTC"),
}  # fmt: skip


def values(column, kind):
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if kind == "date":
        column = column.cast(pa.int32())
    if kind in ("timestamp", "timestamptz"):
        column = column.cast(pa.int64())
    return column.to_pylist()


def texts(about):
    return {k.decode(): v.decode() for k, v in (about or {}).items()}


def compare(check, model, path, table, coded):
    table.validate(full=True)
    for field, kind in zip(table.schema, KINDS):
        want = TYPES[kind]
        if coded and field.name in project.CLOSED:
            want = pa.dictionary(pa.int8() if field.name == "state" else pa.int16(), want)
        check.same(path, f"the Arrow type of {field.name}", field.type, want)
        check.same(path, f"whether {field.name} may be null", field.nullable, field.name != "id")
        check.of_column(path, field.name, texts(field.metadata))
        if pa.types.is_dictionary(field.type):
            for chunk in table[field.name].chunks:
                check.same(path, f"the dictionary of {field.name}", chunk.dictionary.to_pylist(), project.CLOSED[field.name])
    check.metadata(path, model, texts(table.schema.metadata))
    check.columns(path, table.column_names, [values(c, kind) for c, kind in zip(table.columns, KINDS)])


def comparable(bound):
    """What the statistics say of a day or an instant as it is expected."""
    if isinstance(bound, datetime.datetime):
        return (bound.replace(tzinfo=None) - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1)
    if isinstance(bound, datetime.date):
        return (bound - datetime.date(1970, 1, 1)).days
    return bound


def statistics(check, path, i, chunk, first):
    """Readers pass over a row group where these say that nothing in it is wanted."""
    values = EXPECTED[i][first : first + chunk.num_values]
    there = [v for v in values if v is not None and not (isinstance(v, float) and math.isnan(v))]
    said = chunk.statistics
    check.same(path, f"the statistics of {NAMES[i]}", (said.null_count, comparable(said.min), comparable(said.max)),
               (values.count(None), min(there), max(there)))  # fmt: skip


check = Check("pyarrow " + pa.__version__, sys.argv[1])
for model, path, output in check.each("arrow"):
    with pa.memory_map(str(path)) as source:
        file = pa.ipc.open_file(source)
        check.same(path, "the number of batches", file.num_record_batches, 0 if model.startswith("empty_") else 2)
        compare(check, model, path, file.read_all(), output.get("dictionaries"))
for model, path, output in check.each("parquet"):
    file = pa.parquet.ParquetFile(path)
    groups = file.metadata.num_row_groups
    check.same(path, "the number of row groups", groups, 0 if model.startswith("empty_") else 2)
    check.same(path, "created_by", file.metadata.created_by, "martlet")
    codec = {"none": "UNCOMPRESSED", "lz4": "LZ4", "zstd": "ZSTD"}[output.get("compression", "zstd")]
    first = 0
    for group in range(groups):
        for i in range(len(NAMES)):
            chunk = file.metadata.row_group(group).column(i)
            check.same(path, f"the compression of {NAMES[i]}", chunk.compression, codec)
            statistics(check, path, i, chunk, first)
        first += file.metadata.row_group(group).num_rows
    compare(check, model, path, file.read(), False)
    if groups:  # statistics decide which row groups a filter reads
        for i in (1, 35_000, project.ROWS):
            found = pa.parquet.read_table(path, columns=["id"], filters=[("id", "=", i)])
            check.same(path, f"what is found of id {i}", found["id"].to_pylist(), [i])
check.done()
