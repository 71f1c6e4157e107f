package docs

import (
	"fmt"
	"strings"
)

// State is how a node or a test stands, worst last.
type State int

// The states. What a state looks like never rests on colour alone: each has a word
// and a sign of its own.
const (
	NotRun State = iota // no run has been, or it left this out
	Passed
	Skipped // the run ended before it, or a failure closed its gate
	Warned
	Failed
)

// states are the words for people, those by which style sheet and scripts know them,
// and their signs, in SVG's path language, 16 by 16.
var states = [...]struct{ word, class, sign string }{
	NotRun:  {"not run", "none", "M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0Zm0 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8Z"},
	Passed:  {"passed", "pass", "M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0Zm4.2 5.6-1.3-1.2L7 8.6 5.1 6.8 3.8 8.1 7 11.2Z"},
	Skipped: {"skipped", "skip", "M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0ZM4 7v2h8V7Z"},
	Warned:  {"warning", "warn", "M8 .6a1.4 1.4 0 0 1 1.2.7l6.6 11.8a1.4 1.4 0 0 1-1.2 2.1H1.4a1.4 1.4 0 0 1-1.2-2.1L6.8 1.3A1.4 1.4 0 0 1 8 .6ZM7.1 5.4v4.4h1.8V5.4Zm0 5.6v1.9h1.8V11Z"},
	Failed:  {"failed", "fail", "M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7Zm.9 4.3L4.3 5.6 6.7 8l-2.4 2.4 1.3 1.3L8 9.3l2.4 2.4 1.3-1.3L9.3 8l2.4-2.4-1.3-1.3L8 6.7Z"},
}

// String is the word for it.
func (s State) String() string { return states[s].word }

// Class is what style sheet and scripts call it.
func (s State) Class() string { return states[s].class }

// Sign is the line around its sign.
func (s State) Sign() string { return states[s].sign }

// signs are the signs as masks, for the style sheet.
func signs() string {
	var css strings.Builder
	for _, s := range states {
		fmt.Fprintf(&css, ".sign.%s { --shape: url(\"data:image/svg+xml,%%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%%3E%%3Cpath fill-rule='evenodd' d='%s'/%%3E%%3C/svg%%3E\"); }\n", s.class, s.sign)
	}
	return css.String()
}

// Bad says that somebody should look at it.
func (s State) Bad() bool { return s >= Warned }

// stateOf reads a status of the result files, in dbt's words.
func stateOf(status string) State {
	switch status {
	case "success", "pass":
		return Passed
	case "warn":
		return Warned
	case "fail", "error", "runtime error":
		return Failed
	case "skipped":
		return Skipped
	}
	return NotRun
}
