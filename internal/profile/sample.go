package profile

import (
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
)

// maxSample is how many rows are in a sample at most. There are no less than half of
// them but where there are no more rows.
const maxSample = 8192

// sample is a uniform sample of the rows of a relation: those whose origins, mixed,
// begin with as many zero bits as it takes for there to be no more than maxSample. So
// the rows alone say which these are. Any goroutine may add to it.
type sample struct {
	level atomic.Uint32 // how many bits are zero

	mu    sync.Mutex
	mixed []uint64 // of the rows in it
	drawn []drawn  // by column; nil for personal data
}

// drawn are the values of one column in the rows of a sample.
type drawn interface {
	draw(a arrow.Array, rows []int)
	keep(rows []int) // and drop the others
	state() *drawnState
	restore(s *drawnState, rows int) error
}

// whole says whether no row was left out.
func (s *sample) whole() bool { return s.level.Load() == 0 }

func (s *sample) add(b contract.Batch, first int) {
	shift := int64(contract.MakeOrigin(first, 0))
	level := s.level.Load()
	var rows []int
	var mixed []uint64
	for row, origin := range b.Origins {
		if m := mix(uint64(int64(origin) - shift)); m>>(64-level) == 0 {
			rows, mixed = append(rows, row), append(mixed, m)
		}
	}
	if len(rows) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		level = s.level.Load()
		kept := 0
		for i, m := range mixed {
			if m>>(64-level) == 0 {
				rows[kept], mixed[kept] = rows[i], m
				kept++
			}
		}
		rows, mixed = rows[:kept], mixed[:kept]
		if len(s.mixed)+kept <= maxSample {
			break
		}
		s.halve()
	}
	s.mixed = append(s.mixed, mixed...)
	for i, d := range s.drawn {
		if d != nil {
			d.draw(b.Record.Column(i), rows)
		}
	}
}

// halve drops about half of the rows.
func (s *sample) halve() {
	level := s.level.Load() + 1
	var rows []int
	for row, m := range s.mixed {
		if m>>(64-level) == 0 {
			rows = append(rows, row)
		}
	}
	s.mixed = pick(s.mixed, rows)
	for _, d := range s.drawn {
		if d != nil {
			d.keep(rows)
		}
	}
	s.level.Store(level)
}

// pick moves the chosen items, which ascend, to the front.
func pick[T any](items []T, rows []int) []T {
	for i, row := range rows {
		items[i] = items[row]
	}
	clear(items[len(rows):])
	return items[:len(rows)]
}

// drawnWords are words.
type drawnWords struct {
	read  func(a arrow.Array) func(row int) int64
	keys  []int64
	valid []bool
}

func (d *drawnWords) draw(a arrow.Array, rows []int) {
	read := d.read(a)
	for _, row := range rows {
		key, valid := int64(0), a.IsValid(row)
		if valid {
			key = read(row)
		}
		d.keys, d.valid = append(d.keys, key), append(d.valid, valid)
	}
}

func (d *drawnWords) keep(rows []int) {
	d.keys, d.valid = pick(d.keys, rows), pick(d.valid, rows)
}

// words are the values that are not null.
func (d *drawnWords) words() (keys []int64) {
	for i, key := range d.keys {
		if d.valid[i] {
			keys = append(keys, key)
		}
	}
	return keys
}

// drawnTexts are byte strings, as far as they are shown.
type drawnTexts struct {
	kind    *textKind
	keys    []string
	lengths []int32 // in characters; -1 of a null
}

func (d *drawnTexts) draw(a arrow.Array, rows []int) {
	all := d.kind.read(&textScratch{}, a)
	for _, row := range rows {
		key, length := "", int32(-1)
		if a.IsValid(row) {
			text := all.data[all.offsets[row]:all.offsets[row+1]]
			key, length = string(text[:min(len(text), maxShownBytes)]), int32(utf8.RuneCount(text))
		}
		d.keys, d.lengths = append(d.keys, key), append(d.lengths, length)
	}
}

func (d *drawnTexts) keep(rows []int) {
	d.keys, d.lengths = pick(d.keys, rows), pick(d.lengths, rows)
}

// texts are the values that are not null, with their lengths.
func (d *drawnTexts) texts() (keys []string, lengths []int64) {
	for i, key := range d.keys {
		if d.lengths[i] >= 0 {
			keys, lengths = append(keys, key), append(lengths, int64(d.lengths[i]))
		}
	}
	return keys, lengths
}
