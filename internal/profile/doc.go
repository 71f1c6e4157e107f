// Package profile says what is in the columns of a relation: how many nulls and
// distinct values, the least and the greatest, the most frequent ones, how they are
// spread. And it compares two such profiles.
//
// It knows Arrow arrays, columns as the contract has them, and numbers. It opens no
// file and does not know what a run is; what it finds does not depend on how the rows
// were cut into batches, nor on who looked at which of them.
package profile
