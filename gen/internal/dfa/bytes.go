package dfa

import (
	"fmt"
	"regexp/syntax"
	"unicode/utf8"
)

// prefix is the begin of a character of several bytes: what may follow it.
type prefix struct {
	bytes int        // so many were read
	next  [64]target // by continuation byte, 0x80 to 0xBF
}

// target is where a byte leads: to the end of a character, to a longer prefix,
// or nowhere.
type target struct {
	kind  targetKind
	value int // a class of characters, or the number of a prefix
}

type targetKind uint8

const (
	broken targetKind = iota
	complete
	longer
)

// prefixes are the prefixes of UTF-8 that lead to different classes; those
// that lead to the same are one.
type prefixes struct {
	classes *classes
	all     []prefix
	known   map[prefix]int
	uniform map[string]int
	lead    [256]target // by first byte
}

func newPrefixes(c *classes) *prefixes {
	p := &prefixes{classes: c, known: map[prefix]int{}, uniform: map[string]int{}}
	for b := range rune(utf8.RuneSelf) {
		p.lead[b] = target{complete, c.at(b)}
	}
	for b := 0xC2; b <= 0xF4; b++ {
		switch {
		case b < 0xE0:
			p.lead[b] = p.block(1, 1, rune(b&0x1F)<<6)
		case b < 0xF0:
			p.lead[b] = p.block(1, 2, rune(b&0x0F)<<12)
		default:
			p.lead[b] = p.block(1, 3, rune(b&0x07)<<18)
		}
	}
	return p
}

// block is the prefix after so many bytes, of which more are missing, of the
// characters from base on.
func (p *prefixes) block(read, missing int, base rune) target {
	size := rune(1) << (6 * missing)
	same := ""
	if valid(read+missing, base) && valid(read+missing, base+size-1) && p.classes.uniform(base, base+size-1) && !(base < 0xE000 && base+size > 0xD800) {
		same = fmt.Sprint(read, missing, p.classes.at(base))
		if id, ok := p.uniform[same]; ok {
			return target{longer, id}
		}
	}
	x := prefix{bytes: read}
	for i := range x.next {
		at := base + rune(i)*size/64
		switch {
		case missing > 1:
			x.next[i] = p.block(read+1, missing-1, at)
		case valid(read+missing, at):
			x.next[i] = target{complete, p.classes.at(at)}
		}
	}
	if x.next == ([64]target{}) {
		return target{} // no character begins like this
	}
	id, ok := p.known[x]
	if !ok {
		id = len(p.all)
		p.all, p.known[x] = append(p.all, x), id
	}
	if same != "" {
		p.uniform[same] = id
	}
	return target{longer, id}
}

// valid says whether a character is written in so many bytes.
func valid(bytes int, r rune) bool { return utf8.RuneLen(r) == bytes }

// builder makes the automaton over bytes.
type builder struct {
	sets     *sets
	prefixes *prefixes
	broken   int

	states []state
	known  map[state]int
	next   [][256]int32
	end    []bool
}

// state is a place in a text: the set before a character, and what was read of it.
type state struct{ set, prefix int }

const noPrefix = -1

func newBuilder(prog *syntax.Prog) *builder {
	c := newClasses(prog)
	return &builder{sets: newSets(prog, c), prefixes: newPrefixes(c), broken: c.broken, known: map[state]int{}}
}

// build finds the states that can be reached from the start, which is the first.
func (b *builder) build() error {
	b.number(state{b.sets.start(), noPrefix})
	for at := 0; at < len(b.states); at++ {
		if len(b.states) > maxStates || b.sets.work > maxWork {
			return ErrTooLarge
		}
		s := b.states[at]
		var next [256]int32
		for c := range next {
			next[c] = int32(b.number(b.step(s, byte(c))))
		}
		b.next = append(b.next, next)
		b.end = append(b.end, b.sets.end(b.spoil(s)))
	}
	return nil
}

func (b *builder) number(s state) int {
	if b.sets.all[s.set].match {
		s.prefix = noPrefix // settled
	}
	id, ok := b.known[s]
	if !ok {
		id = len(b.states)
		b.states, b.known[s] = append(b.states, s), id
	}
	return id
}

// step is the state after a byte. A prefix that does not go on is no character:
// each of its bytes counts as U+FFFD, and the byte begins anew, as Go decodes.
func (b *builder) step(s state, c byte) state {
	t := b.prefixes.lead[c]
	if s.prefix != noPrefix {
		t = target{}
		if c>>6 == 0b10 {
			t = b.prefixes.all[s.prefix].next[c&0x3F]
		}
		if t.kind == broken {
			return b.step(state{b.spoil(s), noPrefix}, c)
		}
	}
	switch t.kind {
	case complete:
		return state{b.sets.step(s.set, t.value), noPrefix}
	case longer:
		return state{s.set, t.value}
	}
	return state{b.sets.step(s.set, b.broken), noPrefix}
}

// spoil is the set after the bytes of a prefix that is no character.
func (b *builder) spoil(s state) int {
	set := s.set
	if s.prefix != noPrefix {
		for range b.prefixes.all[s.prefix].bytes {
			set = b.sets.step(set, b.broken)
		}
	}
	return set
}
