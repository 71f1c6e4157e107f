package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/state"
)

// renewal makes the rows of one incremental model: those of the earlier run whose
// keys are not touched, with what depends on now() computed anew, and between them,
// in the order of their ordinals, those that were computed. They are tested and
// written as in any run.
type renewal struct {
	u        *update
	node     *node
	observer *observer
	model    *contract.Increment
	refresh  contract.Transform // nil where nothing depends on now()
	compared []int              // columns that may change with the time, and say something of the row
	repeats  *restricted        // nil where no uniqueness test is to run
	workers  []renewer
	fresh    *captured // rows that were computed
	places   []place   // of fresh, in order

	emit    contract.Emit // takes over the rows
	dropped int           // rows of the earlier run with touched keys
	kept    *captured     // rows with a value that a uniqueness test looks at, as they stay
	was, is *captured     // rows that changed with the time: before and after
	many    bool          // they are too many to be held
}

// renewer is what one worker has.
type renewer struct {
	stage   contract.Stage
	desk    *desk
	gather  *arrowops.Gather
	numbers []uint32
}

// renewed is what came of a stretch.
type renewed struct {
	sight   sight
	dropped int
	kept    []contract.Batch
	was, is []contract.Batch
}

func (r renewed) drop() {
	if r.sight.batch.Record != nil {
		r.sight.drop()
	}
	for _, b := range slices.Concat(r.kept, r.was, r.is) {
		b.Release()
	}
}

// manyChanged is how many rows that change with the time alone are held; where there
// are more, the published files are compared.
const manyChanged = 1 << 19

func (u *update) newRenewal(n *node) *renewal {
	r := &renewal{u: u, node: n, observer: u.observers[n.index], model: n.model.Increment, fresh: u.after[n.index],
		workers: make([]renewer, u.settings.threads), kept: &captured{room: u.room}, was: &captured{}, is: &captured{}}
	if r.model.Refresh != nil {
		r.refresh = r.model.Refresh(u.env)
	}
	for _, c := range r.model.Timed {
		if !slices.Contains(r.model.Constant, c) {
			r.compared = append(r.compared, c)
		}
	}
	r.places = r.fresh.places()
	if u.repeatsIn(n) && !u.repeatsWhole(n) {
		values := u.watchValues(n)
		for _, of := range []*captured{u.before[n.index], r.fresh} {
			if of == nil {
				continue
			}
			for _, b := range of.batches {
				_ = values.add(b) // it has no error
			}
		}
		u.recallTests(r.observer, &u.manifest.Nodes[n.index])
		r.repeats = u.newRestricted(r.observer, values)
	}
	return r
}

// recallTests gives an observer what the earlier run found by the uniqueness tests
// of its node.
func (u *update) recallTests(o *observer, known *state.Node) {
	shift := u.firstFile(o.node.baseSource())
	for i := range o.tests {
		if t := &o.node.Tests[i]; o.runs[i] && t.Unique() && t.Runs(u.env) {
			rows := o.tests[i].Rows
			o.tests[i] = recalled(&known.Tests[i], shift)
			if t.Where == "" { // they are counted as they come
				o.tests[i].Rows = rows
			}
		}
	}
}

// release frees what the renewal holds.
func (r *renewal) release() {
	for i := range r.workers {
		if w := &r.workers[i]; w.gather != nil {
			w.gather.Release()
			if w.stage != nil {
				w.stage.Release()
			}
		}
	}
	if r.refresh != nil {
		r.refresh.Release()
	}
	for _, c := range []*captured{r.kept, r.was, r.is} {
		c.release()
	}
}

// perform makes the rows; it is a source.
func (r *renewal) perform(ctx context.Context, emit contract.Emit) error {
	r.emit = emit
	err := inOrder(ctx, len(r.workers), r.produce, r.work, r.consume, stretch.drop, renewed.drop)
	if err == nil {
		err = r.end()
	}
	return blame(r.node, err)
}

func (r *renewal) end() error {
	if had := r.u.before[r.node.index].Len(); r.dropped != had {
		return fmt.Errorf("internal error: %d published rows have keys that are touched, and %d were computed for them; please report this and run `build --full-refresh`", r.dropped, had)
	}
	if err := r.finishRepeats(); err != nil {
		return err
	}
	return r.observer.end()
}

// produce cuts the rows of the earlier run, and the computed ones, into stretches.
func (r *renewal) produce(_ context.Context, push func(stretch) error) error {
	c := &cutting{places: r.places, push: push}
	var numbers []uint32
	err := r.u.eachPublished(r.node, func(old contract.Batch) error {
		defer old.Release()
		numbers = slices.Grow(numbers[:0], old.Len())[:old.Len()]
		touched := make([]bool, old.Len())
		if !r.u.keys.Empty() {
			r.model.Part(old, numbers)
			for i, number := range numbers {
				touched[i] = r.u.keys.Has(number)
			}
		}
		return c.add(old, touched)
	})
	if err == nil {
		err = c.end()
	}
	if err != nil {
		c.stretch.drop()
	}
	return err
}

// work makes the rows of a stretch.
func (r *renewal) work(worker int, s stretch) (out renewed, err error) {
	defer s.drop()
	defer r.u.watch.time(r.node.index)()
	w := &r.workers[worker]
	if w.gather == nil {
		w.gather = arrowops.NewGather(r.u.mem, r.node.Schema)
		w.desk = r.observer.newDesk()
		if r.refresh != nil {
			w.stage = r.refresh.NewStage()
		}
	}
	defer func() {
		if err != nil {
			out.drop()
			out = renewed{}
		}
	}()
	now := make([]standing, 0, len(s.old))
	defer func() {
		for _, b := range now {
			b.Release()
		}
	}()
	for _, old := range s.old {
		b, err := r.upToDate(w, old, &out)
		if err != nil {
			return out, err
		}
		now = append(now, standing{b, old.touched})
	}
	b, err := r.merged(w, now, s.fresh)
	if err != nil {
		return out, err
	}
	out.sight, err = r.observer.look(b, w.desk)
	return out, err
}

// upToDate brings rows of the earlier run up to the time of this one. The batch is
// the caller's.
func (r *renewal) upToDate(w *renewer, old standing, out *renewed) (now contract.Batch, err error) {
	for _, touched := range old.touched {
		if touched {
			out.dropped++
		}
	}
	if r.refresh == nil {
		old.Retain()
		now = old.Batch
	} else {
		if now, err = w.stage.Apply(old.Batch); err != nil {
			return now, err
		}
		now.Ordinals = old.Ordinals
	}
	if rows := r.changed(old.Record, now.Record, old.touched); len(rows) > 0 {
		out.was, out.is = append(out.was, takeRows(r.u.mem, old.Batch, rows)), append(out.is, takeRows(r.u.mem, now, rows))
	}
	if r.repeats != nil {
		rows := choose(r.repeats.values, r.repeats.sets, now, &w.numbers, nil)
		rows = slices.DeleteFunc(rows, func(row int) bool { return old.touched[row] })
		if len(rows) > 0 {
			out.kept = append(out.kept, takeRows(r.u.mem, now, rows))
		}
	}
	return now, nil
}

// changed gives the rows that the time has changed.
func (r *renewal) changed(old, now arrow.Record, touched []bool) (rows []int) {
	if r.refresh == nil {
		return nil
	}
	differs := arrowops.Differences(old, now, r.compared)
	for row, differs := range differs {
		if differs && !touched[row] {
			rows = append(rows, row)
		}
	}
	return rows
}

// consume takes the rows of a stretch, in order.
func (r *renewal) consume(out renewed) error {
	defer r.u.watch.time(r.node.index)()
	r.dropped += out.dropped
	for _, hold := range []struct {
		in   *captured
		rows []contract.Batch
	}{{r.kept, out.kept}, {r.was, out.was}, {r.is, out.is}} {
		if r.many && hold.in != r.kept {
			continue
		}
		for _, b := range hold.rows {
			if err := hold.in.add(b); err != nil {
				return err
			}
		}
	}
	if r.is.Len() > manyChanged {
		r.many = true
		r.was.release()
		r.is.release()
	}
	defer out.drop()
	if err := r.observer.see(&out.sight); err != nil || out.sight.batch.Len() == 0 {
		return err
	}
	out.sight.batch.Retain()
	return r.emit(out.sight.batch)
}

// finishRepeats does the uniqueness tests for the values of touched rows.
func (r *renewal) finishRepeats() error {
	if r.repeats == nil {
		return nil
	}
	for _, side := range []struct {
		of   *repeated
		rows *captured
	}{{&r.repeats.before, r.u.before[r.node.index]}, {&r.repeats.after, r.fresh}} {
		see := func(b contract.Batch) error {
			side.of.see(b)
			return nil
		}
		if err := rowsInOrder(r.u.mem, r.node.Schema, see, r.kept, side.rows); err != nil {
			return err
		}
	}
	return r.repeats.finish()
}
