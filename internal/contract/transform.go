package contract

import "errors"

// What a transform does not need to say, as most need only part of its methods.

// NoJoins is embedded by the transform of a model without joins.
type NoJoins struct{}

// Join drops a batch.
func (NoJoins) Join(int, Batch) error { return nil }

// HoldsNothing is embedded by the transform of a model whose stages compute the
// rows of each batch of the base as it comes.
type HoldsNothing struct{}

// Expect does nothing.
func (HoldsNothing) Expect(int) {}

// Fold refuses a batch: it is for a stage.
func (HoldsNothing) Fold(Batch) error { return errHoldsNothing }

// Began is nil.
func (HoldsNothing) Began() []int { return nil }

// Held is 0.
func (HoldsNothing) Held() int { return 0 }

// Drop does nothing.
func (HoldsNothing) Drop(int) {}

// Filtered is 0: the stages drop rows.
func (HoldsNothing) Filtered() int64 { return 0 }

// Folded is 0.
func (HoldsNothing) Folded() int64 { return 0 }

// Give refuses to give rows.
func (HoldsNothing) Give(int, int) (Batch, error) { return Batch{}, errHoldsNothing }

var errHoldsNothing = errors.New("internal error: rows are asked of a model that holds none back; please report this")

// ErrHolds refuses to compute a batch of the base of a model that holds its rows back.
var ErrHolds = errors.New("internal error: a batch is given to the stage of a model that folds its rows; please report this")

// NoParts is embedded by the transform of a model that cannot be computed in parts.
type NoParts struct{}

// Part leaves all rows in one part.
func (NoParts) Part(_ int, _ Batch, part []uint32) { clear(part) }
