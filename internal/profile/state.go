package profile

import (
	"errors"
	"fmt"

	"martlet/internal/contract"
)

// State is all that an accumulator has gathered, to be written as JSON and gone on
// from. It has personal data.
type State struct {
	Rows     int64          `json:"rows"`
	Counters []counterState `json:"counters"`
	Level    uint32         `json:"level"`  // of the sample
	Sample   []int64        `json:"sample"` // its rows
	Drawn    []*drawnState  `json:"drawn"`  // null of personal data
}

// counterState is a counter: a table of words or of texts, or a sketch with the least
// and the greatest value.
type counterState struct {
	Nulls  int64    `json:"nulls"`
	Words  []int64  `json:"words,omitempty"`
	Texts  [][]byte `json:"texts,omitempty"`
	Counts []int64  `json:"counts,omitempty"`
	Sketch []byte   `json:"sketch,omitempty"`
}

// drawnState are the values of a column in a sample: words, or texts with their
// lengths. Nulls are the rows that have none.
type drawnState struct {
	Words   []int64  `json:"words,omitempty"`
	Texts   [][]byte `json:"texts,omitempty"`
	Lengths []int32  `json:"lengths,omitempty"`
	Nulls   []int    `json:"nulls,omitempty"`
}

// State gives what was added and merged so far.
func (a *Accumulator) State() *State {
	s := &State{Rows: a.rows, Level: a.sample.level.Load(), Sample: a.sample.rows}
	for _, c := range a.counters {
		s.Counters = append(s.Counters, c.state())
	}
	for _, d := range a.sample.drawn {
		if d == nil {
			s.Drawn = append(s.Drawn, nil)
		} else {
			s.Drawn = append(s.Drawn, d.state())
		}
	}
	return s
}

// Restore makes an accumulator that goes on from a state, of a relation with these
// columns; see New. A state that is not of it is an error.
func Restore(columns []contract.Column, first int, s *State) (*Accumulator, error) {
	a := New(columns, first)
	if len(s.Counters) != len(columns) || len(s.Drawn) != len(columns) || s.Rows < 0 {
		return nil, fmt.Errorf("found the profile of a relation of %d columns, expected one of %d", len(s.Counters), len(columns))
	}
	a.rows = s.Rows
	if err := a.sample.restore(s); err != nil {
		return nil, err
	}
	for i, c := range columns {
		if err := a.restore(i, s); err != nil {
			return nil, fmt.Errorf("the profile of column %q: %w", c.Name, err)
		}
	}
	return a, nil
}

func (a *Accumulator) restore(i int, s *State) error {
	c, d := &s.Counters[i], s.Drawn[i]
	if c.Nulls < 0 || c.Nulls > s.Rows {
		return fmt.Errorf("found %d nulls, expected at most %d", c.Nulls, s.Rows)
	}
	if c.Sketch == nil {
		if err := c.addsUp(s.Rows); err != nil {
			return err
		}
	}
	if err := a.counters[i].restore(c); err != nil {
		return err
	}
	if (d == nil) != a.columns[i].PII {
		return errors.New("found values of personal data in a sample, or none of others")
	}
	if d == nil {
		return nil
	}
	return a.sample.drawn[i].restore(d, len(s.Sample))
}

// addsUp checks that a table has all rows.
func (c *counterState) addsUp(rows int64) error {
	left := rows - c.Nulls
	for _, n := range c.Counts {
		if n <= 0 || n > left {
			return fmt.Errorf("found values that stand %d times, expected between 1 and %d", n, left)
		}
		left -= n
	}
	if left != 0 {
		return fmt.Errorf("found %d rows without a value, expected none", left)
	}
	return nil
}

func (s *sample) restore(from *State) error {
	if len(from.Sample) > maxSample || from.Level > 64 {
		return fmt.Errorf("found a sample of %d rows, expected at most %d", len(from.Sample), maxSample)
	}
	for _, row := range from.Sample {
		if !belongs(row, from.Level) {
			return errors.New("found a row in a sample that does not belong there")
		}
	}
	s.rows = from.Sample
	s.level.Store(from.Level)
	return nil
}

func (c *words) state() counterState {
	s := counterState{Nulls: c.null}
	if c.sketch != nil {
		s.Sketch, s.Words = c.sketch[:], []int64{c.least, c.most}
		return s
	}
	for _, t := range c.all() {
		s.Words, s.Counts = append(s.Words, t.value), append(s.Counts, t.count)
	}
	return s
}

func (c *words) restore(s *counterState) (err error) {
	c.null = s.Nulls
	if s.Sketch != nil {
		if len(s.Words) != 2 {
			return fmt.Errorf("found %d bounds, expected 2", len(s.Words))
		}
		c.least, c.most = s.Words[0], s.Words[1]
		c.sketch, err = restoreSketch(s.Sketch)
		return err
	}
	if len(s.Words) != len(s.Counts) || len(s.Words) > maxExact {
		return fmt.Errorf("found %d values and %d counts, expected as many, and at most %d", len(s.Words), len(s.Counts), maxExact)
	}
	for i, v := range s.Words {
		c.put(v, s.Counts[i])
	}
	return nil
}

func (c *texts) state() counterState {
	s := counterState{Nulls: c.null}
	if c.sketch != nil {
		s.Sketch, s.Texts = c.sketch[:], [][]byte{c.least.text, c.most.text}
		return s
	}
	for _, t := range c.all() {
		s.Texts, s.Counts = append(s.Texts, []byte(t.value)), append(s.Counts, t.count)
	}
	return s
}

func (c *texts) restore(s *counterState) (err error) {
	c.null = s.Nulls
	for _, text := range s.Texts {
		if c.kind.spread != nil && len(text) != wideBytes {
			return fmt.Errorf("found a decimal of %d bytes, expected %d", len(text), wideBytes)
		}
	}
	if s.Sketch != nil {
		if len(s.Texts) != 2 {
			return fmt.Errorf("found %d bounds, expected 2", len(s.Texts))
		}
		for _, text := range s.Texts {
			c.extend(text, markOf(text).head())
		}
		c.sketch, err = restoreSketch(s.Sketch)
		return err
	}
	if len(s.Texts) != len(s.Counts) || len(s.Texts) > maxExact {
		return fmt.Errorf("found %d values and %d counts, expected as many, and at most %d", len(s.Texts), len(s.Counts), maxExact)
	}
	for i, text := range s.Texts {
		if c.sketch != nil {
			return fmt.Errorf("found more than %d bytes of texts", maxExactBytes)
		}
		c.put(text, markOf(text), s.Counts[i])
	}
	return nil
}

func (d *drawnWords) state() *drawnState {
	s := &drawnState{Words: d.keys}
	for row, valid := range d.valid {
		if !valid {
			s.Nulls = append(s.Nulls, row)
		}
	}
	return s
}

func (d *drawnWords) restore(s *drawnState, rows int) error {
	if len(s.Words) != rows {
		return fmt.Errorf("found %d words in a sample, expected %d", len(s.Words), rows)
	}
	d.keys, d.valid = s.Words, make([]bool, rows)
	for i := range d.valid {
		d.valid[i] = true
	}
	for _, row := range s.Nulls {
		if row < 0 || row >= rows {
			return fmt.Errorf("found a null in row %d of a sample of %d", row, rows)
		}
		d.valid[row] = false
	}
	return nil
}

func (d *drawnTexts) state() *drawnState {
	s := &drawnState{Lengths: d.lengths}
	for _, key := range d.keys {
		s.Texts = append(s.Texts, []byte(key))
	}
	return s
}

func (d *drawnTexts) restore(s *drawnState, rows int) error {
	if len(s.Texts) != rows || len(s.Lengths) != rows {
		return fmt.Errorf("found %d texts and %d lengths in a sample, expected %d", len(s.Texts), len(s.Lengths), rows)
	}
	d.lengths = s.Lengths
	for i, text := range s.Texts {
		if s.Lengths[i] >= 0 && d.kind.spread != nil && len(text) != wideBytes {
			return fmt.Errorf("found a decimal of %d bytes, expected %d", len(text), wideBytes)
		}
		d.keys = append(d.keys, string(text))
	}
	return nil
}
