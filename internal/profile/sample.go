package profile

import (
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
)

// maxSample is how many rows are in a sample at most. There are about half of them at
// least, but where there are no more rows.
const maxSample = 8192

// sample is a uniform sample of the rows of a relation: those whose origins, mixed,
// begin with as many zero bits as it takes for there to be no more than maxSample. So
// the rows alone say which these are. Any goroutine may add to it.
type sample struct {
	level atomic.Uint32 // how many bits are zero

	mu    sync.Mutex
	rows  []int64 // that are in it, by their origins
	drawn []drawn // by column; nil for personal data
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

// belongs says whether a row is in a sample of a level.
func belongs(row int64, level uint32) bool { return mix(uint64(row))>>(64-level) == 0 }

// add adds the rows of a batch that belong to the sample; origins are told from the
// file first.
func (s *sample) add(b contract.Batch, first int) {
	shift := int64(contract.MakeOrigin(first, 0))
	level := s.level.Load()
	var chosen []int // of the batch
	for i, origin := range b.Origins {
		if belongs(int64(origin)-shift, level) {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for { // others may have gone on meanwhile
		level = s.level.Load()
		chosen = slices.DeleteFunc(chosen, func(i int) bool { return !belongs(int64(b.Origins[i])-shift, level) })
		if len(s.rows)+len(chosen) <= maxSample {
			break
		}
		s.halve()
	}
	for _, i := range chosen {
		s.rows = append(s.rows, int64(b.Origins[i])-shift)
	}
	for i, d := range s.drawn {
		if d != nil {
			d.draw(b.Record.Column(i), chosen)
		}
	}
}

// halve drops about half of the rows.
func (s *sample) halve() {
	level := s.level.Load() + 1
	var kept []int
	for i, row := range s.rows {
		if belongs(row, level) {
			kept = append(kept, i)
		}
	}
	s.rows = pick(s.rows, kept)
	for _, d := range s.drawn {
		if d != nil {
			d.keep(kept)
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
