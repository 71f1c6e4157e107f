package arrowops

// ArgMax decides arg_max for each id: it keeps the greatest key seen so far and
// says when a row takes the lead; the argument of that row, null or not, is the
// caller's to keep, in a store.
//
// The order is given when it is made: cmp.Compare, strings.Compare,
// CompareFloat64, CompareDecimal or CompareBool.
type ArgMax[K any] struct {
	compare func(a, b K) int
	leaders leaders[K]
}

// NewArgMax makes an ArgMax by the given order.
func NewArgMax[K any](compare func(a, b K) int) *ArgMax[K] {
	return &ArgMax[K]{compare: compare, leaders: newLeaders[K]()}
}

// Wins considers a row with key k, which is not null, and reports whether it
// now leads: whether k is not less than the keys before it, so that ties go to
// the later row. It copies text that it keeps.
func (a *ArgMax[K]) Wins(id int, k K) bool {
	if best, ok := a.leaders.get(id); ok && a.compare(k, best) < 0 {
		return false
	}
	a.leaders.set(id, k)
	return true
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (a *ArgMax[K]) Drop(lo, hi int) { a.leaders.drop(lo, hi) }

// Size is how many bytes it holds.
func (a *ArgMax[K]) Size() int64 { return a.leaders.size() }

// ArgMin is ArgMax with the least key.
type ArgMin[K any] struct {
	compare func(a, b K) int
	leaders leaders[K]
}

// NewArgMin makes an ArgMin by the given order.
func NewArgMin[K any](compare func(a, b K) int) *ArgMin[K] {
	return &ArgMin[K]{compare: compare, leaders: newLeaders[K]()}
}

// Wins considers a row with key k, which is not null, and reports whether it
// now leads: whether k is not greater than the keys before it.
func (a *ArgMin[K]) Wins(id int, k K) bool {
	if best, ok := a.leaders.get(id); ok && a.compare(k, best) > 0 {
		return false
	}
	a.leaders.set(id, k)
	return true
}

// Drop gives up the chunks that lie wholly in ids lo to hi, as that of Store.
func (a *ArgMin[K]) Drop(lo, hi int) { a.leaders.drop(lo, hi) }

// Size is how many bytes it holds.
func (a *ArgMin[K]) Size() int64 { return a.leaders.size() }

// leaders keeps the leading key of each id: text in a StringStore, so that a
// new leader allocates nothing of its own, everything else as it is.
type leaders[K any] struct {
	keys cells[K]
	text *StringStore // not nil where K is string
}

func newLeaders[K any]() leaders[K] {
	var l leaders[K]
	if _, isText := any(*new(K)).(string); isText {
		l.text = new(StringStore)
	}
	return l
}

func (l *leaders[K]) get(id int) (k K, ok bool) {
	if l.text != nil {
		var s string
		s, ok = l.text.Get(id)
		return *any(&s).(*K), ok
	}
	return l.keys.get(id)
}

func (l *leaders[K]) set(id int, k K) {
	if l.text != nil {
		l.text.Set(id, *any(&k).(*string), true)
		return
	}
	l.keys.set(id, k, true)
}

func (l *leaders[K]) drop(lo, hi int) {
	if l.text != nil {
		l.text.Drop(lo, hi)
	}
	l.keys.drop(lo, hi)
}

func (l *leaders[K]) size() int64 {
	if l.text != nil {
		return l.text.Size()
	}
	return l.keys.size()
}
