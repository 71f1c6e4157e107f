// Package delimited reads delimited text: files of records of raw fields that
// know where they come from, in any dialect of CSV, encoding and compression.
//
// It knows dialects, encodings, compression and the names in a header. It does
// not know what the fields mean, no type, no Arrow and no workbook: a field that
// is not of its type is for the parser of the source to refuse.
//
// A file is read in three stages, so that all but copying its bytes can be
// spread over processors. Reader.Next, for one goroutine, reads text and cuts
// it into chunks at the ends of records. Chunk.Split, side by side with that of
// other chunks, finds the fields. Reader.Place, in the order of the chunks,
// tells each where it stands in the file. What comes out, errors included, does
// not depend on where chunks were cut nor on how many were split at a time.
//
// Two classes of errors leave this package. A *DataError means that a file is
// what its name says and one of its records is not. Every other error means
// that the file as a whole could not be used: it is missing, is something else
// or damaged.
package delimited
