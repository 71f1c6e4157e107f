package arrowops

// repeats counts the values that were added more than once.
type repeats[T Int] struct {
	ids    *IntKeys[T]
	counts chunked[int64] // by id
	nulls  int64
}

func newRepeats[T Int]() repeats[T] { return repeats[T]{ids: NewIntIndex[T]()} }

// next counts one more of the value that ids has just given an id.
func (r *repeats[T]) next(id int, isNew bool) (n int64, _ int) {
	count := r.counts.at(id)
	if isNew {
		*count = 1 // the time that was not counted
	}
	*count++
	return *count, id
}

// null counts one more null.
func (r *repeats[T]) null() (n int64, id int) {
	if r.nulls++; r.nulls == 1 {
		return 1, -1
	}
	return r.next(r.ids.AssignNull())
}

func (r *repeats[T]) size() int64 { return r.ids.Size() + r.counts.size() }
