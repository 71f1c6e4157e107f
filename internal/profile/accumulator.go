package profile

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
)

// Accumulator gathers the profile of one relation. One serves one goroutine; others,
// made by Beside, look at other batches of the same relation meanwhile, and in the
// end all are merged. What comes out does not depend on which of them saw what.
type Accumulator struct {
	columns  []contract.Column
	first    int // index of the file from which origins are told
	rows     int64
	counters []counter
	settled  []bool  // the columns that are known and passed over, see Settle; nil where none is
	sample   *sample // shared by all
}

// New makes an accumulator of a relation with some columns, which must be of the
// types of the schema language. first is the index of the file from which its origins
// are told, so that files before it make no difference.
func New(columns []contract.Column, first int) *Accumulator {
	a := &Accumulator{columns: columns, first: first}
	drawn := make([]drawn, len(columns))
	for i, c := range columns {
		a.counters = append(a.counters, newCounter(c.Arrow))
		if !c.PII {
			drawn[i] = a.counters[i].newDrawn()
		}
	}
	a.sample = &sample{drawn: drawn}
	return a
}

// Beside makes an accumulator for another goroutine, to be merged into a.
func (a *Accumulator) Beside() *Accumulator {
	b := &Accumulator{columns: a.columns, first: a.first, settled: a.settled, sample: a.sample}
	for _, c := range a.counters {
		b.counters = append(b.counters, c.beside())
	}
	return b
}

// Add adds a batch, which it borrows. Every row of the relation has an origin of its
// own.
func (a *Accumulator) Add(b contract.Batch) {
	a.rows += int64(b.Len())
	columns := b.Record.Columns()
	for i, c := range a.counters {
		if a.settled == nil || !a.settled[i] {
			c.add(columns[i])
		}
	}
	a.sample.add(b, a.first)
}

// Merge adds what an accumulator made by Beside has seen, which is given up.
func (a *Accumulator) Merge(b *Accumulator) {
	a.rows += b.rows
	for i, c := range a.counters {
		c.merge(b.counters[i])
	}
	*b = Accumulator{}
}

// Profile is the profile of the rows added and merged so far.
func (a *Accumulator) Profile() Relation {
	p := Relation{Rows: a.rows, Columns: make([]Column, len(a.columns))}
	for i, c := range a.columns {
		counter := a.counters[i]
		out := Column{Name: c.Name, Type: c.Type, PII: c.PII, Nulls: counter.nulls()}
		out.Distinct, out.DistinctExact = counter.distinct()
		out.Distinct = min(out.Distinct, a.rows-out.Nulls) // which an estimate may exceed
		if !c.PII {
			out.Values = counter.values(a.sample.drawn[i], a.sample.whole())
		}
		p.Columns[i] = out
	}
	return p
}

// counter is what an accumulator has of one column: every value is counted as long
// as there are few distinct ones.
type counter interface {
	add(a arrow.Array)
	beside() counter // an empty one for another goroutine
	merge(from counter)
	replace(was, is counter) (ok bool, err error)
	nulls() int64
	distinct() (n int64, exact bool)
	newDrawn() drawn
	// values describes the values. drawn are those of the sample, whole where that is
	// no sample but all.
	values(drawn drawn, whole bool) *Values
	state() counterState
	restore(s *counterState) error
}

// newCounter makes the counter of a type.
func newCounter(t arrow.DataType) counter {
	switch t := t.(type) {
	case *arrow.BooleanType:
		return &bools{words: words{kind: boolKind}}
	case *arrow.StringType:
		return &texts{kind: stringKind}
	case *arrow.Int64Type:
		return &words{kind: int64Kind}
	case *arrow.Float64Type:
		return &words{kind: float64Kind}
	case *arrow.Date32Type:
		return &words{kind: dateKind}
	case *arrow.TimestampType:
		if t.TimeZone != "" {
			return &words{kind: timestampTZKind}
		}
		return &words{kind: timestampKind}
	case *arrow.Decimal128Type:
		if t.Precision <= maxWordDigits {
			return &words{kind: narrowKind(t.Scale)}
		}
		return &texts{kind: wideKind(t.Scale)}
	}
	panic(fmt.Sprintf("profile: no column is of type %s", t)) // the schema language has no other
}
