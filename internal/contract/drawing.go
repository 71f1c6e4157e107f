package contract

// RowUnits is how many units of Place.Row are the height of a node with the gap
// to the next one.
const RowUnits = 100

// Place is where a node stands when the lineage graph is drawn from left to right.
type Place struct {
	Column int // from 0 on the left; a node stands to the right of all it reads
	Row    int // how far down its middle is, in RowUnits, from 0
	// Passes are the rows at which the edges from the node pass the columns behind
	// its own, up to those that read it, so that they cross no node.
	Passes []int
}
