package arrowops

// BoolAnd keeps, for each id, whether all values added are true.
type BoolAnd struct{ all BoolStore }

// Add considers v for an id.
func (a *BoolAnd) Add(id int, v bool) {
	all, ok := a.all.Get(id)
	a.all.Set(id, v && (all || !ok), true)
}

// Get is whether all values added for an id are true; null without any.
func (a *BoolAnd) Get(id int) (all, ok bool) { return a.all.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (a *BoolAnd) Store() *BoolStore { return &a.all }

// BoolOr keeps, for each id, whether any value added is true.
type BoolOr struct{ any BoolStore }

// Add considers v for an id.
func (a *BoolOr) Add(id int, v bool) {
	found, _ := a.any.Get(id)
	a.any.Set(id, v || found, true)
}

// Get is whether any value added for an id is true; null without any.
func (a *BoolOr) Get(id int) (found, ok bool) { return a.any.Get(id) }

// Store is what the values are kept in, to be read, dropped and measured.
func (a *BoolOr) Store() *BoolStore { return &a.any }

// MinBool is the least boolean of each id, false being less than true.
type MinBool = BoolAnd

// MaxBool is the greatest boolean of each id.
type MaxBool = BoolOr
