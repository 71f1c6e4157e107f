package contract

import (
	"sort"

	"martlet/internal/value"
)

// Rows is a run of records of delimited text as raw fields, cut but not yet
// typed. Field f, counted through all records, is column f%Width of record
// f/Width.
type Rows struct {
	Data []byte // backs the fields and the records
	// Start[f] is the place of the byte before field f, End[f+1] that of the byte
	// behind it. One delimiter stands behind a field and before the next, so that
	// where no field has quotes the two may be one slice.
	Start, End []uint32
	// Bounds[2*i] and Bounds[2*i+1] are where record i begins and ends in Data,
	// its line end not counted. It is nil where all begin with their first field
	// and end with their last.
	Bounds []uint32
	Quoted []uint64 // bit f: the field stood in quotes; read only for empty fields, those behind its end are 0
	Count  int      // of records
	Width  int      // fields a record in the file
	Column []int    // the file's column at which each declared column stands
	Base   Origin   // of the first record, were none left out; see Origin
	// Skipped tells of the records of the file that were left out: each is the
	// number of records of the run that stand before one. They ascend.
	Skipped []int
}

// Len is the number of records.
func (r *Rows) Len() int { return r.Count }

// Fields are the fields of declared column j.
func (r *Rows) Fields(j int) value.Fields {
	if r.Count == 0 {
		return value.Fields{}
	}
	c := r.Column[j]
	return value.Fields{Data: r.Data, Start: r.Start[c:], End: r.End[c+1:], Step: r.Width, Count: r.Count}
}

// Field is declared column j of record i. An empty one is null for every type
// but string.
func (r *Rows) Field(i, j int) []byte {
	f := i*r.Width + r.Column[j]
	return r.Data[r.Start[f]+1 : r.End[f+1]]
}

// IsNull says whether declared column j of record i, which is empty, is null as
// text too: it has no quotes.
func (r *Rows) IsNull(i, j int) bool { return !r.quoted(i*r.Width + r.Column[j]) }

// Text is declared column j of record i as a string column reads it: not ok is
// null, an empty field without quotes.
func (r *Rows) Text(i, j int) (text []byte, ok bool) {
	f := i*r.Width + r.Column[j]
	text = r.Data[r.Start[f]+1 : r.End[f+1]]
	return text, len(text) > 0 || r.quoted(f)
}

func (r *Rows) quoted(f int) bool { return f/64 < len(r.Quoted) && r.Quoted[f/64]>>(f%64)&1 == 1 }

// Raw is record i as it stands in the file, without its line end. It must not
// be changed.
func (r *Rows) Raw(i int) []byte {
	if r.Bounds == nil {
		return r.Data[r.Start[i*r.Width]+1 : r.End[(i+1)*r.Width]]
	}
	return r.Data[r.Bounds[2*i]:r.Bounds[2*i+1]]
}

// Origin names record i.
func (r *Rows) Origin(i int) Origin {
	skipped := 0
	if len(r.Skipped) > 0 {
		skipped = sort.SearchInts(r.Skipped, i+1)
	}
	return r.Base + Origin(i+skipped)
}

// Origins names all records, as Origin does.
func (r *Rows) Origins() []Origin {
	origins := make([]Origin, r.Count)
	next, skipped := r.Base, r.Skipped
	for i := range origins {
		for len(skipped) > 0 && skipped[0] <= i {
			next, skipped = next+1, skipped[1:]
		}
		origins[i] = next
		next++
	}
	return origins
}
