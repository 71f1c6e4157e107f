package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/sink"
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

	dropped int       // rows of the earlier run with touched keys
	kept    *captured // rows with a value that a uniqueness test looks at, as they stay
	was, is *captured // rows that changed with the time: before and after
	many    bool      // they are too many to be held
}

// renewer is what one worker has.
type renewer struct {
	stage    contract.Stage
	encoders []sink.Encoder
	gather   *arrowops.Gather
	numbers  []uint32
}

// stretch is what a worker takes: rows of the earlier run, and those that were
// computed and stand between them or right behind.
type stretch struct {
	old   contract.Batch // without a record where it is of computed rows alone
	fresh []place
}

func (s stretch) drop() {
	if s.old.Record != nil {
		s.old.Release()
	}
}

// renewed is what came of a stretch.
type renewed struct {
	sight   sight
	dropped int
	kept    contract.Batch // without a record where there is none
	was, is contract.Batch
}

func (r renewed) drop() {
	r.sight.drop()
	for _, b := range []contract.Batch{r.kept, r.was, r.is} {
		if b.Record != nil {
			b.Release()
		}
	}
}

// manyChanged is how many rows that change with the time alone are held; where there
// are more, the published files are compared.
const manyChanged = 1 << 19

// renewAll makes the rows of all incremental models.
func (u *update) renewAll(ctx context.Context) error {
	for i, n := range u.graph.nodes {
		if !u.plan.renewed[i] {
			continue
		}
		r := u.newRenewal(n)
		u.renewals = append(u.renewals, r)
		if err := r.perform(ctx); err != nil {
			return blame(n, err)
		}
	}
	return nil
}

func (u *update) newRenewal(n *node) *renewal {
	r := &renewal{u: u, node: n, observer: u.observers[n.index], model: n.model.Increment, fresh: u.after[n.index],
		workers: make([]renewer, u.settings.threads), kept: &captured{}, was: &captured{}, is: &captured{}}
	if r.model.Refresh != nil {
		r.refresh = r.model.Refresh(u.env)
	}
	for _, c := range r.model.Timed {
		if !slices.Contains(r.model.Constant, c) {
			r.compared = append(r.compared, c)
		}
	}
	r.places = r.fresh.places()
	if u.repeatsIn(n) {
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

func (r *renewal) perform(ctx context.Context) error {
	err := inOrder(ctx, len(r.workers), r.produce, r.work, r.consume, stretch.drop, renewed.drop)
	if err != nil {
		return err
	}
	if had := r.u.before[r.node.index].Len(); r.dropped != had {
		return fmt.Errorf("internal error: %d published rows have keys that are touched, and %d were computed for them; please report this and run `build --full-refresh`", r.dropped, had)
	}
	if err := r.finishRepeats(); err != nil {
		return err
	}
	if err := r.observer.end(); err != nil {
		return err
	}
	r.u.progress.nodeDone(r.observer)
	return nil
}

// produce cuts the rows of the earlier run into stretches.
func (r *renewal) produce(_ context.Context, push func(stretch) error) error {
	next := 0
	err := r.u.eachPublished(r.node, func(old contract.Batch) error {
		defer old.Release()
		for lo := 0; lo < old.Len(); {
			hi, to := r.cut(old, lo, next)
			old.Retain()
			s := stretch{old: sliceOf(old, lo, hi), fresh: r.places[next:to]}
			old.Release()
			if err := push(s); err != nil {
				return err
			}
			lo, next = hi, to
		}
		return nil
	})
	for err == nil && next < len(r.places) {
		to := min(next+contract.BatchRows, len(r.places))
		err = push(stretch{fresh: r.places[next:to]})
		next = to
	}
	return err
}

// cut says where a stretch that begins at row lo and the computed row next ends: it
// has few enough of either.
func (r *renewal) cut(old contract.Batch, lo, next int) (hi, to int) {
	hi = min(lo+pieceRows, old.Len())
	to = next
	for to < len(r.places) && r.places[to].ordinal <= old.Ordinals[hi-1] && to-next < pieceRows {
		to++
	}
	if to-next == pieceRows { // those behind belong to the next stretch, with the old ones behind these
		last := r.places[to-1].ordinal
		end, _ := slices.BinarySearch(old.Ordinals[lo:hi], last+1)
		hi = lo + end
	}
	return hi, to
}

// sliceOf gives some rows of a batch, with a reference of its own.
func sliceOf(b contract.Batch, lo, hi int) contract.Batch {
	return contract.Batch{Record: b.Record.NewSlice(int64(lo), int64(hi)), Origins: b.Origins[lo:hi], Ordinals: b.Ordinals[lo:hi]}
}

// work makes the rows of a stretch.
func (r *renewal) work(worker int, s stretch) (out renewed, err error) {
	defer s.drop()
	defer r.u.watch.time(r.node.index)()
	w := &r.workers[worker]
	if w.gather == nil {
		w.gather = arrowops.NewGather(r.u.mem, r.node.Schema)
		w.encoders = r.observer.encoders()
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
	now, touched, err := r.untouched(w, s.old, &out)
	if err != nil {
		return out, err
	}
	b, err := r.merged(w, now, touched, s.fresh)
	if err != nil {
		return out, err
	}
	out.sight, err = r.observer.look(b, w.encoders)
	return out, err
}

// untouched brings the rows of the earlier run up to the time of this one, and says
// which of them have keys that are touched. The batch is the caller's.
func (r *renewal) untouched(w *renewer, old contract.Batch, out *renewed) (now contract.Batch, touched []bool, err error) {
	if old.Record == nil {
		return old, nil, nil
	}
	w.numbers = slices.Grow(w.numbers[:0], old.Len())[:old.Len()]
	r.model.Part(old, w.numbers)
	touched = make([]bool, old.Len())
	for i, number := range w.numbers {
		if !r.u.keys.Empty() && r.u.keys.Has(number) {
			touched[i] = true
			out.dropped++
		}
	}
	if r.refresh == nil {
		old.Retain()
		now = old
	} else {
		if now, err = w.stage.Apply(old); err != nil {
			return now, nil, err
		}
		now.Ordinals = old.Ordinals
	}
	if rows := r.changed(old.Record, now.Record, touched); len(rows) > 0 {
		out.was, out.is = takeRows(r.u.mem, old, rows), takeRows(r.u.mem, now, rows)
	}
	if r.repeats != nil {
		rows := choose(r.repeats.values, r.repeats.sets, now, &w.numbers, nil)
		rows = slices.DeleteFunc(rows, func(row int) bool { return touched[row] })
		if len(rows) > 0 {
			out.kept = takeRows(r.u.mem, now, rows)
		}
	}
	return now, touched, nil
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

// merged puts computed rows between those that stay; it takes over now.
func (r *renewal) merged(w *renewer, now contract.Batch, touched []bool, fresh []place) (contract.Batch, error) {
	if len(fresh) == 0 && !slices.Contains(touched, true) {
		return now, nil
	}
	m := merging{gather: w.gather}
	if r.fresh != nil {
		m.fresh = r.fresh.batches
	}
	w.gather.Reserve(len(now.Ordinals) + len(fresh))
	if now.Record != nil {
		defer now.Release()
		w.gather.Bind(0, now.Record)
	}
	from := 0 // of the rows of now that are not copied yet
	for row, ordinal := range now.Ordinals {
		for len(fresh) > 0 && (fresh[0].ordinal < ordinal || fresh[0].ordinal == ordinal && touched[row]) {
			m.copy(now, from, row)
			from = row
			m.add(fresh[0])
			fresh = fresh[1:]
		}
		if touched[row] {
			m.copy(now, from, row)
			from = row + 1
		}
	}
	m.copy(now, from, len(now.Ordinals))
	for _, p := range fresh {
		m.add(p)
	}
	var err error
	m.out.Record, err = w.gather.Finish()
	return m.out, err
}

// merging is a batch being put together of rows that stay and of computed ones.
type merging struct {
	gather *arrowops.Gather
	fresh  []contract.Batch
	bound  []int32 // the batches of fresh that the gather is bound to, from its source 1 on
	out    contract.Batch
}

// copy adds rows lo to hi-1 of those that stay.
func (m *merging) copy(now contract.Batch, lo, hi int) {
	if lo == hi {
		return
	}
	m.gather.Range(0, lo, hi)
	m.out.Origins = append(m.out.Origins, now.Origins[lo:hi]...)
	m.out.Ordinals = append(m.out.Ordinals, now.Ordinals[lo:hi]...)
}

// add adds a computed row.
func (m *merging) add(p place) {
	source := slices.Index(m.bound, p.batch) + 1
	if source == 0 {
		m.bound = append(m.bound, p.batch)
		source = len(m.bound)
		m.gather.Bind(source, m.fresh[p.batch].Record)
	}
	m.gather.Range(source, int(p.row), int(p.row)+1)
	m.out.Origins = append(m.out.Origins, m.fresh[p.batch].Origins[p.row])
	m.out.Ordinals = append(m.out.Ordinals, p.ordinal)
}

// consume takes the rows of a stretch, in order.
func (r *renewal) consume(out renewed) error {
	defer r.u.watch.time(r.node.index)()
	r.dropped += out.dropped
	for _, hold := range []struct {
		in *captured
		b  contract.Batch
	}{{r.kept, out.kept}, {r.was, out.was}, {r.is, out.is}} {
		if hold.b.Record == nil {
			continue
		}
		if r.many && hold.in != r.kept {
			continue
		}
		if err := hold.in.add(hold.b); err != nil {
			return err
		}
	}
	if r.is.Len() > manyChanged {
		r.many = true
		r.was.release()
		r.is.release()
	}
	err := r.observer.see(&out.sight)
	out.drop()
	return err
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
