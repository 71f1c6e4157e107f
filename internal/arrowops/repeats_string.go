package arrowops

// StringRepeats is IntRepeats of text, or of values of other types as the
// AppendKey functions encode them. It keeps a copy of each distinct text, as
// StringKeys does, and a count for those that repeat.
type StringRepeats struct {
	texts  *StringKeys
	counts repeats[int32] // of ids of texts
}

// NewStringRepeats makes a StringRepeats to which nothing was added.
func NewStringRepeats() *StringRepeats {
	return &StringRepeats{texts: NewStringKeys(), counts: newRepeats[int32]()}
}

// Size is how many bytes it holds.
func (r *StringRepeats) Size() int64 { return r.texts.Size() + r.counts.size() }

// Add adds v, and gives what IntRepeats.Add does. Texts are compared whole.
func (r *StringRepeats) Add(v string) (n int64, id int) {
	text, isNew := r.texts.Assign(v)
	if isNew {
		return 1, -1
	}
	return r.counts.next(r.counts.ids.Assign(int32(text)))
}

// AddBytes is Add of the same bytes.
func (r *StringRepeats) AddBytes(v []byte) (n int64, id int) { return r.Add(alias(v)) }

// AddNull adds a null, which is a value like any other.
func (r *StringRepeats) AddNull() (n int64, id int) { return r.counts.null() }

// AddOption adds v, or a null where ok is false.
func (r *StringRepeats) AddOption(v string, ok bool) (n int64, id int) {
	if !ok {
		return r.AddNull()
	}
	return r.Add(v)
}
