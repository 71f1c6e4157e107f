// Package arrowops holds the columnar kernels that generated code is written
// with: views that read Arrow arrays, builders that make them, keys that turn
// values into dense ids, and what is kept for each id (stores, accumulators),
// plus taking rows out of records and regrouping records into batches.
//
// It knows Arrow and, for text, the fields of a column (value.Fields), and
// nothing else: no schema, no file, no SQL text, no parsing.
// Nothing in it is safe for concurrent use, except that any number of
// goroutines may read one view, and stores once setting has ended.
//
// # Ownership
//
//   - A view (Column, Bools, Strings) borrows: it holds no reference, allocates
//     nothing, and is good for as long as the array, or the store, it looks at.
//   - A builder owns what it allocates from its memory.Allocator until NewArray
//     hands it over to an array, which the caller releases. Release frees what
//     was not handed over. Its scratch memory is on Go's heap and stays with it
//     from one array to the next.
//   - Keys, stores and accumulators live on Go's heap and need no release; Drop
//     gives up what they keep for ids that are done with, and Size tells how many
//     bytes they hold. They copy the text they keep.
//   - Functions that take a record borrow it, functions that give one give a
//     reference the caller releases; an emit function takes its record over.
//
// # Nulls
//
// A nullable value is a pair (v, ok); where ok is false, v is the zero value.
// In the same way a zero stands under every null of an array made here, and an
// array without nulls has no validity bitmap, so that equal columns are equal
// byte for byte.
//
// # Ids
//
// Keyed work is a fold: keys give each distinct value an id, 0, 1, 2, … in the
// order of first appearance, and stores and accumulators keep something for each
// id, in chunks of ChunkRows.
// A store or accumulator asked for an id that it was never given (a negative
// one too, which is what Find gives for an absent key) answers with null.
package arrowops
