package pipeline

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever fails, and however long anything takes, what was consumed is a prefix
// of the items in their order, each worked on once, and the rest is dropped.
func TestInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, workers := rapid.IntRange(0, 40).Draw(t, "items"), rapid.IntRange(1, 5).Draw(t, "workers")
		never := n + 1
		producing, working, consuming := never, never, never
		where := rapid.SampledFrom([]*int{nil, &producing, &working, &consuming}).Draw(t, "what fails")
		if where != nil {
			*where = rapid.IntRange(0, n).Draw(t, "at")
		}
		slow := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "slow")
		problem := errors.New("it failed")
		var given, dropped, worked atomic.Int64
		var consumed []int
		err := inOrder(t.Context(), workers, func(_ context.Context, push func(int) error) error {
			for i := range n {
				if i == producing {
					return problem
				}
				given.Add(1)
				if err := push(i); err != nil {
					return err
				}
			}
			if producing == n {
				return problem
			}
			return nil
		}, func(_, i int) (int, error) {
			if slow[i] {
				time.Sleep(50 * time.Microsecond)
			}
			worked.Add(1)
			if i == working {
				dropped.Add(1)
				return 0, problem
			}
			return i, nil
		}, func(i int) error {
			consumed = append(consumed, i)
			if i == consuming {
				return problem
			}
			return nil
		}, func(int) { dropped.Add(1) }, func(int) { dropped.Add(1) })

		fails := where == &producing || (where == &working || where == &consuming) && *where < n
		if fails != errors.Is(err, problem) || !fails && err != nil {
			t.Fatalf("the error is %v; it should fail: %v", err, fails)
		}
		for i, got := range consumed {
			if got != i {
				t.Fatalf("consumed %v", consumed)
			}
		}
		if !fails && len(consumed) != n {
			t.Fatalf("consumed %d of %d items", len(consumed), n)
		}
		if where == &working && slices.Contains(consumed, working) || where == &consuming && len(consumed) > consuming+1 {
			t.Fatalf("consumed %v after the failure", consumed)
		}
		if int64(len(consumed))+dropped.Load() != given.Load() {
			t.Fatalf("%d items were given, %d consumed and %d dropped", given.Load(), len(consumed), dropped.Load())
		}
	})
}

// No more is under way than the workers need.
func TestInOrderHoldsFew(t *testing.T) {
	const workers = 3
	var underWay, most atomic.Int64
	err := inOrder(t.Context(), workers, func(_ context.Context, push func(int) error) error {
		for i := range 200 {
			n := underWay.Add(1)
			most.Store(max(most.Load(), n))
			if err := push(i); err != nil {
				return err
			}
		}
		return nil
	}, func(_, i int) (int, error) { return i, nil }, func(int) error {
		time.Sleep(20 * time.Microsecond)
		underWay.Add(-1)
		return nil
	}, func(int) {}, func(int) {})
	if err != nil || most.Load() > 2*workers+4 {
		t.Errorf("%d items were under way, %v", most.Load(), err)
	}
}

// The error of tasks side by side is that of the first which failed by itself, and
// the others are told.
func TestSideBySide(t *testing.T) {
	problem := errors.New("it failed")
	waits := func(ctx context.Context) error {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	fails := func(context.Context) error { return problem }
	if err := sideBySide(t.Context(), []func(context.Context) error{waits, fails, waits}); !errors.Is(err, problem) {
		t.Errorf("the error is %v", err)
	}
	if err := sideBySide(t.Context(), nil); err != nil {
		t.Errorf("of no tasks the error is %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(problem)
	if err := sideBySide(ctx, []func(context.Context) error{waits, waits}); !errors.Is(err, problem) {
		t.Errorf("of a context that has ended the error is %v", err)
	}
}
