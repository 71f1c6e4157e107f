// Package spill keeps batches on disk that would not fit into memory.
//
// It knows batches and files, and nothing of models, keys or who runs them. All
// files are in a [Folder], a private temporary one, and are of three kinds:
//
//   - [Partitions]: rows told apart by a number that the caller gives each of
//     them, in practice a part of their key's hash, so that all rows of a key
//     are in one partition. What needs a whole input in memory is then done
//     partition by partition: the grace hash join of Kitsuregawa, Tanaka and
//     Moto-oka, "Application of Hash to Data Base Machine and Its Architecture"
//     (1983), and its like for aggregation.
//   - [Run]: rows in ascending order of their ordinals, as the work on one
//     partition gives them. [Merge] puts the rows of several runs back in order.
//   - [Tape]: batches that are played again as they were, any number of times.
//
// A row keeps its values, its nulls and its Origin; in partitions and runs also
// its ordinal, the number by which order is restored.
//
// # Files
//
// A file is an Arrow IPC stream whose buffers are compressed, without the mark
// at its end. Behind the columns stand those of this package, which have no names
// that could clash as they are known by their place: the origin and, where there
// is one, the ordinal. The file is cut into blocks, one message of the stream
// each. The length and the CRC-32C of every block are remembered in memory, so
// that a file which is not what was written, in whatever way, is found out before
// a row of it is given.
//
// # Ownership and concurrency
//
// Batches given to Add are borrowed; batches handed out are owned by who gets
// them. An error of a write is final for what it happened to. Folder.Close frees
// everything that was made in the folder, so that deferring it is all that a
// caller must do; Drop frees it sooner. Each Partitions, Run and Tape is for one
// goroutine at a time; several goroutines may use one Folder.
package spill
