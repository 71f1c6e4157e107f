package contract

// Drive computes a model from rows that are at hand, on one goroutine, where nothing
// else has to be done meanwhile; a run has its own ways. feed gives a step, which borrows
// them, the batches of an input in order, the base being 0 and Joins[k-1] k; the base is
// asked for once. Of what the model holds back at most so many rows are computed at a
// time. take borrows what comes of it. filtered is how many rows were dropped.
func (m *Model) Drive(env *Env, rows int, feed func(input int, step func(Batch) error) error, take func(Batch) error) (filtered int64, err error) {
	t := m.New(env)
	defer t.Release()
	if err := m.fill(t, feed); err != nil {
		return 0, err
	}
	held := t.Held()
	stage := t.NewStage()
	defer stage.Release()
	given := func(b Batch, err error) error {
		if err != nil {
			return err
		}
		defer b.Release()
		return take(b)
	}
	if !m.Holds() {
		err = feed(0, func(b Batch) error { return given(stage.Apply(b)) })
	}
	for lo := 0; lo < held && err == nil; {
		hi := min(lo+rows, held, lo-lo%BatchRows+BatchRows)
		err = given(stage.Give(lo, hi))
		lo = hi
	}
	return t.Filtered() + stage.Filtered(), err
}

// fill has a transform take in what it holds, in the order that it has to come in.
func (m *Model) fill(t Transform, feed func(input int, step func(Batch) error) error) error {
	if m.Dedupe != nil {
		if err := feed(0, t.Fold); err != nil {
			return err
		}
	}
	for k := range m.Joins {
		if err := feed(k+1, func(b Batch) error { return t.Join(k, b) }); err != nil {
			return err
		}
	}
	if m.Holds() && m.Dedupe == nil {
		return feed(0, t.Fold)
	}
	return nil
}
