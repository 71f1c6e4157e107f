package arrowops

import "github.com/apache/arrow/go/v17/arrow/decimal128"

// Int is the Go types of integers, dates and timestamps.
type Int interface{ ~int32 | ~int64 }

// Min keeps the least integer, date or timestamp of each id. Like every
// accumulator here its zero value is ready to use, Add is for values that are
// not null, and Get gives null for an id without any.
type Min[T Int] struct{ best Store[T] }

// Add considers v for an id.
func (m *Min[T]) Add(id int, v T) {
	if best, ok := m.best.Get(id); !ok || v < best {
		m.best.Set(id, v, true)
	}
}

// Get is the least value added for an id.
func (m *Min[T]) Get(id int) (T, bool) { return m.best.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (m *Min[T]) Store() *Store[T] { return &m.best }

// Max keeps the greatest integer, date or timestamp of each id.
type Max[T Int] struct{ best Store[T] }

// Add considers v for an id.
func (m *Max[T]) Add(id int, v T) {
	if best, ok := m.best.Get(id); !ok || v > best {
		m.best.Set(id, v, true)
	}
}

// Get is the greatest value added for an id.
func (m *Max[T]) Get(id int) (T, bool) { return m.best.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (m *Max[T]) Store() *Store[T] { return &m.best }

// MinFloat64 keeps the least float64 of each id, in the order of CompareFloat64;
// of equal ones, as 0 and -0 are, the first.
type MinFloat64 struct{ best Store[float64] }

// Add considers v for an id.
func (m *MinFloat64) Add(id int, v float64) {
	if best, ok := m.best.Get(id); !ok || CompareFloat64(v, best) < 0 {
		m.best.Set(id, v, true)
	}
}

// Get is the least value added for an id.
func (m *MinFloat64) Get(id int) (float64, bool) { return m.best.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (m *MinFloat64) Store() *Store[float64] { return &m.best }

// MaxFloat64 keeps the greatest float64 of each id, in the order of
// CompareFloat64; of equal ones the first.
type MaxFloat64 struct{ best Store[float64] }

// Add considers v for an id.
func (m *MaxFloat64) Add(id int, v float64) {
	if best, ok := m.best.Get(id); !ok || CompareFloat64(v, best) > 0 {
		m.best.Set(id, v, true)
	}
}

// Get is the greatest value added for an id.
func (m *MaxFloat64) Get(id int) (float64, bool) { return m.best.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (m *MaxFloat64) Store() *Store[float64] { return &m.best }

// MinDecimal keeps the least decimal of each id; all have one scale.
type MinDecimal struct{ best Store[decimal128.Num] }

// Add considers v for an id.
func (m *MinDecimal) Add(id int, v decimal128.Num) {
	if best, ok := m.best.Get(id); !ok || CompareDecimal(v, best) < 0 {
		m.best.Set(id, v, true)
	}
}

// Get is the least value added for an id.
func (m *MinDecimal) Get(id int) (decimal128.Num, bool) { return m.best.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (m *MinDecimal) Store() *Store[decimal128.Num] { return &m.best }

// MaxDecimal keeps the greatest decimal of each id; all have one scale.
type MaxDecimal struct{ best Store[decimal128.Num] }

// Add considers v for an id.
func (m *MaxDecimal) Add(id int, v decimal128.Num) {
	if best, ok := m.best.Get(id); !ok || CompareDecimal(v, best) > 0 {
		m.best.Set(id, v, true)
	}
}

// Get is the greatest value added for an id.
func (m *MaxDecimal) Get(id int) (decimal128.Num, bool) { return m.best.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (m *MaxDecimal) Store() *Store[decimal128.Num] { return &m.best }

// MinString keeps the least text of each id, by its bytes.
type MinString struct{ best StringStore }

// Add considers v for an id and copies what it keeps.
func (m *MinString) Add(id int, v string) {
	if best, ok := m.best.Get(id); !ok || v < best {
		m.best.Set(id, v, true)
	}
}

// Get is the least text added for an id, good until the next Add.
func (m *MinString) Get(id int) (string, bool) { return m.best.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (m *MinString) Store() *StringStore { return &m.best }

// MaxString keeps the greatest text of each id, by its bytes.
type MaxString struct{ best StringStore }

// Add considers v for an id and copies what it keeps.
func (m *MaxString) Add(id int, v string) {
	if best, ok := m.best.Get(id); !ok || v > best {
		m.best.Set(id, v, true)
	}
}

// Get is the greatest text added for an id, good until the next Add.
func (m *MaxString) Get(id int) (string, bool) { return m.best.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (m *MaxString) Store() *StringStore { return &m.best }
