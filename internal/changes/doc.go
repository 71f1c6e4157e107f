// Package changes tells what changed between two states of one relation: which
// rows are new, which differ and which are gone, a row being known by its key.
//
// It knows Arrow records, and Arrow IPC files as an [ipc.FileReader] gives them.
// It does not know which relation it is, what its states are of, where files lie
// or what is done about a change.
//
// [Compare] finds the changes of two states and keeps of them three bits a row.
// What is made of them is read from the states again: [Log], a file with the rows
// that changed, [Differences], the first few of them as text for people, and
// [Examples], a few of each kind and of each column. In how many rows each column
// differs is counted while they are compared ([Tally]). [Share] makes states
// comparable between which the relation got other columns.
//
// # How rows are matched
//
// Most rows of two states stand in the same order. So both are walked in step:
// runs of rows whose keys agree are compared column by column, and where keys
// cease to agree the nearest rows at which they agree again are looked for. What
// the walk passes over is matched by the hash of its key afterwards, in as many
// passes over the states as memory asks for; so is whether keys are unique. A hash
// only says where to look: rows are the same where their keys are.
//
// Where no key tells rows apart they are a bag: a row is matched by all its columns,
// as often as it is in both states.
package changes

// Operation is what happened to a row. It is the text that a log has for it.
type Operation string

// The operations.
const (
	Insert Operation = "insert" // no row of the state before has the key
	Update Operation = "update" // one has it, with other values
	Delete Operation = "delete" // no row of the state after has the key
)

// Counts are numbers of rows.
type Counts struct {
	Inserts, Updates, Deletes int64
}

// Total is how many rows changed.
func (c Counts) Total() int64 { return c.Inserts + c.Updates + c.Deletes }

func (c *Counts) add(op Operation, n int64) {
	switch op {
	case Insert:
		c.Inserts += n
	case Update:
		c.Updates += n
	case Delete:
		c.Deletes += n
	}
}
