package contract

import (
	"strings"
	"time"
	_ "time/tzdata" // a project's timezone must be known on every machine

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// Define completes a node with its Arrow schema. Descriptions, grain, lineage,
// tests and the pii tag travel in the schema's metadata, so that whoever opens
// a published file finds them there.
func Define(n Node) Node {
	fields := make([]arrow.Field, len(n.Columns))
	for i, c := range n.Columns {
		fields[i] = arrow.Field{Name: c.Name, Type: c.Arrow, Nullable: c.Nullable, Metadata: c.metadata(n.Tests)}
	}
	about := metadata{}
	about.add("martlet.name", n.Name)
	about.add("martlet.description", n.Description)
	about.add("martlet.grain", strings.Join(n.Grain, ","))
	about.add("martlet.tests", testNames(n.Tests, ""))
	md := about.done()
	n.Schema = arrow.NewSchema(fields, &md)
	return n
}

func (c Column) metadata(tests []Test) arrow.Metadata {
	md := metadata{}
	md.add("martlet.type", c.Type)
	md.add("martlet.description", c.Description)
	md.add("martlet.lineage", strings.Join(c.Lineage, ","))
	md.add("martlet.tests", testNames(tests, c.Name))
	if c.PII {
		md.add("martlet.pii", "true")
	}
	return md.done()
}

func testNames(tests []Test, column string) string {
	var names []string
	for _, t := range tests {
		if t.Column == column {
			names = append(names, t.Name)
		}
	}
	return strings.Join(names, ",")
}

// metadata is Arrow's key-value metadata while it is put together.
type metadata struct{ keys, values []string }

func (m *metadata) add(key, value string) {
	if value != "" {
		m.keys, m.values = append(m.keys, key), append(m.values, value)
	}
}

func (m *metadata) done() arrow.Metadata { return arrow.NewMetadata(m.keys, m.values) }

// NewRecord makes a record of columns of one length, which it takes over. The
// caller owns the record.
func NewRecord(schema *arrow.Schema, columns ...arrow.Array) arrow.Record {
	rec := array.NewRecord(schema, columns, int64(columns[0].Len()))
	for _, c := range columns {
		c.Release()
	}
	return rec
}

// KeyPart is one column of a row's key, for messages.
func KeyPart(column string, ok bool, text string) string {
	return column + "=" + OrNull(ok, text)
}

// OrNull is the text of a value for messages, "null" where ok is false.
func OrNull(ok bool, text string) string {
	if !ok {
		return "null"
	}
	return text
}

// Redacted stands for a personal value in everything that people read.
const Redacted = "<redacted>"

// Zone is a timezone by its IANA name. The generator has checked that it exists.
func Zone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic("contract: " + err.Error())
	}
	return zone
}

// TakeOrigins gives the origins at the given rows, in memory of their own.
func TakeOrigins(origins []Origin, rows []int) []Origin {
	out := make([]Origin, len(rows))
	for i, r := range rows {
		out[i] = origins[r]
	}
	return out
}

// Sequence fills rows with lo, lo+1 ... hi-1, reusing its memory.
func Sequence(rows []int, lo, hi int) []int {
	rows = rows[:0]
	for i := lo; i < hi; i++ {
		rows = append(rows, i)
	}
	return rows
}
