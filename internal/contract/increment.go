package contract

// Part numbers the rows of a batch by a key of theirs, one number a row: rows
// that have the same key have the same number, in every relation that has the
// key, and few others share it. It borrows b. A null is a key like any other.
type Part func(b Batch, part []uint32)

// Increments says which rows of the incremental models of a project can differ
// for which rows of its sources. All of them are known by one key: a row of
// theirs is computed from the rows of sources that have its key, and from those
// of sources that have none.
//
// So a run that knows the rows of all sources computes the rows of some keys by
// computing the models from the rows of those keys, and what it computes for
// more keys than it had to is right as well.
type Increments struct {
	// Sources are those of the project, in its order.
	Sources []KeyedSource
	// Lookups find the keys that rows without one are joined to.
	Lookups []Lookup
	// Models are the names of the incremental models and of the models between
	// them and the sources whose rows have the key, in dependency order.
	Models []string
}

// KeyedSource is what one source is to the incremental models. Its zero value is
// that of a source which none of them rests on.
type KeyedSource struct {
	// Key are the columns that are the key, Part numbers its rows by them. They are nil
	// where its rows have none.
	Key  []string
	Part Part
	// Whole says that all its rows are needed whatever keys are computed, as some
	// model reads it by another column than the key.
	Whole bool
	// Anywhere says that a new row may change rows of any key, as no lookup knows whom
	// it is joined to.
	Anywhere bool
}

// Lookup is a join of rows that have the key to rows that have none.
type Lookup struct {
	// Input is the joined relation: a source or a model computed row by row from one,
	// of which there are but new rows, or a model with a grain, of which rows change.
	Input string
	Base  string // the relation whose rows, which have the key, are joined to it
	// OfInput and OfBase number the rows of either by the columns that the join
	// matches, so that rows which match have the same number; Key numbers the rows
	// of Base by the key.
	OfInput, OfBase, Key Part
}

// Increment is of an incremental model.
type Increment struct {
	// Part numbers the model's rows by the key.
	Part Part
	// Timed are its columns that depend on now(), by index; Constant those among
	// them that read nothing else, so that they say nothing of a row.
	Timed, Constant []int
	// Refresh makes what computes Timed anew and hands the other columns on: its
	// base input are rows of the model as of another time, in the model's schema,
	// and it gives each of them. It is nil where nothing is timed.
	Refresh func(env *Env) Transform
}
