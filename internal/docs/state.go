package docs

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

// states are the words for people, and those by which style sheet and scripts know
// them.
var states = [...]struct{ word, class string }{
	NotRun:  {"not run", "none"},
	Passed:  {"passed", "pass"},
	Skipped: {"skipped", "skip"},
	Warned:  {"warning", "warn"},
	Failed:  {"failed", "fail"},
}

// String is the word for it.
func (s State) String() string { return states[s].word }

// Class is what style sheet and scripts call it.
func (s State) Class() string { return states[s].class }

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
