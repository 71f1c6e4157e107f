package value

// DFA tests text against a pattern by an automaton that the generator made of
// it: one table lookup a byte. It is safe for concurrent use.
type DFA struct {
	class   [256]uint8 // of each byte
	next    []uint16   // by state and class: where the row of the state after it begins
	end     []bool     // by state: the text matches where it ends here
	classes int

	// Of an automaton with few states, as most are, each state is a place in a word,
	// from bit fewBits*state on. The word of a byte has at the place of each state
	// that of the state after it. So what a byte takes is a shift: its word is known
	// before the state is (Per Vognsen, Shift-based DFAs, 2022).
	few    *[256]uint64
	fewEnd uint64 // the bit at the place of a state: the text matches where it ends here
}

const (
	fewBits = 6
	maxFew  = 64 / fewBits
)

// The states that settle the answer, and the one before the first byte.
const (
	dfaNo    = 0
	dfaYes   = 1
	dfaStart = 2
)

// NewDFA makes an automaton of what the generator writes down: the class of
// each byte; the states in which a text that ends there matches; and of each
// state, from dfaStart on, the state after a byte of each class. Numbers are
// written as the characters that have them, rows of them as pairs: the last
// index of a run of one number, and the number.
func NewDFA(classes, end string, next ...string) *DFA {
	d := &DFA{end: make([]bool, dfaStart+len(next))}
	eachRun(classes, func(b, class int) { d.class[b], d.classes = uint8(class), max(d.classes, class+1) })
	for _, state := range end {
		d.end[state] = true
	}
	d.next = make([]uint16, len(d.end)*d.classes) // the rows of the settled states are not read
	for i, row := range next {
		from := d.next[(dfaStart+i)*d.classes:]
		eachRun(row, func(class, state int) { from[class] = uint16(state * d.classes) })
	}
	if len(d.end) <= maxFew {
		d.shift()
	}
	return d
}

// shift makes few of the rest.
func (d *DFA) shift() {
	d.few, d.fewEnd = new([256]uint64), 1<<(fewBits*dfaYes)
	for state, end := range d.end {
		if end {
			d.fewEnd |= 1 << (fewBits * state)
		}
		for b, class := range d.class {
			after := state // which is settled
			if state >= dfaStart {
				after = int(d.next[state*d.classes+int(class)]) / d.classes
			}
			d.few[b] |= uint64(fewBits*after) << (fewBits * state)
		}
	}
}

// eachRun gives the numbers of a row, one by one.
func eachRun(runs string, give func(index, number int)) {
	from, last, isLast := 0, 0, true
	for _, r := range runs {
		if isLast {
			last = int(r)
		} else {
			for ; from <= last; from++ {
				give(from, int(r))
			}
		}
		isLast = !isLast
	}
}

// Match says whether the pattern matches anywhere in s.
func (d *DFA) Match(s string) bool {
	if d.few == nil {
		return d.matchMany(s)
	}
	return d.matchFew(s)
}

func (d *DFA) matchFew(s string) bool {
	at, few := uint64(fewBits*dfaStart), d.few
	for i := 0; i < len(s); i++ {
		at = few[s[i]] >> (at % 64) // of which the lowest bits are the place
	}
	return d.fewEnd>>(at%64)&1 != 0
}

func (d *DFA) matchMany(s string) bool {
	yes := dfaYes * d.classes
	at := dfaStart * d.classes
	for i := 0; i < len(s); i++ {
		at = int(d.next[at+int(d.class[s[i]])])
		if at <= yes {
			return at == yes
		}
	}
	return d.end[at/d.classes]
}
