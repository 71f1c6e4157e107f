package arrowops

// StringRepeats is IntRepeats of text, or of values of other types as the
// AppendKey functions encode them. It keeps a copy of each distinct text, and a
// count for those that repeat.
//
// It is a hash table as that of StringKeys, but that a lookup begins with a bucket.
type StringRepeats struct {
	table  segments[repeatSlot]
	texts  StringStore    // distinct ones, numbered in the order of first appearance
	n      int            // of texts
	counts repeats[int32] // of numbers of texts
}

// repeatSlot is a slot of text; see textSlot.
type repeatSlot struct {
	code uint32 // the hash
	ref  int32  // number + 1; 0 where the slot is empty
}

func (s repeatSlot) hash() uint32 { return s.code &^ (bucketSlots - 1) }

// NewStringRepeats makes a StringRepeats to which nothing was added.
func NewStringRepeats() *StringRepeats {
	return &StringRepeats{table: newBuckets[repeatSlot](), counts: newRepeats[int32]()}
}

// Size is how many bytes it holds.
func (r *StringRepeats) Size() int64 { return r.table.size() + r.texts.Size() + r.counts.size() }

// AddBytes adds a text and gives how often it was added, with this time. Where that
// is more than once, id is as that of Repeat; else it is -1. Texts are compared
// whole.
func (r *StringRepeats) AddBytes(v []byte) (n int64, id int) {
	text, isNew := r.place(uint32(hashText(alias(v))), alias(v), newTexts{})
	if !isNew {
		return r.counts.next(r.counts.ids.Assign(int32(text)))
	}
	r.texts.Set(r.n, alias(v), true)
	r.n++
	return 1, -1
}

// newTexts are rows of a column whose texts have the next numbers, but are not in
// the store yet.
type newTexts struct {
	src  Strings
	rows []int
}

// place gives the number of v, the next one where it was not there.
func (r *StringRepeats) place(code uint32, v string, added newTexts) (number int, isNew bool) {
	slot := repeatSlot{code: code}
	hash := slot.hash()
	slots := r.table.at(hash)
	mask := uint32(len(slots) - 1)
	for i := hash; ; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			number = r.n + len(added.rows)
			mustFit(number)
			*s = repeatSlot{code: code, ref: int32(number + 1)}
			r.table.added(hash)
			return number, true
		}
		if s.code == code && r.text(int(s.ref-1), added) == v {
			return int(s.ref - 1), false
		}
	}
}

// text is the text of a number.
func (r *StringRepeats) text(number int, added newTexts) string {
	if number >= r.n {
		return added.src.At(added.rows[number-r.n])
	}
	text, _ := r.texts.Get(number)
	return text
}
