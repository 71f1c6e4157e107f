package pipeline

import (
	"context"
	"sync"
)

// inOrder does work on the items that produce gives, on so many goroutines, and
// has consume take the results in the order of the items, on the caller's. So
// many items are under way at a time that the workers are busy and no more.
//
// The first error, of whichever of the three, ends it; drop is given the items
// and results that nobody took then. work tells the worker by its number.
func inOrder[T, R any](ctx context.Context, workers int,
	produce func(ctx context.Context, push func(T) error) error,
	work func(worker int, item T) (R, error), consume func(R) error,
	dropItem func(T), dropResult func(R)) error {
	type slot struct {
		item   T
		result R
		err    error
		done   chan struct{}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan *slot, 2*workers+1) // in order; what is in work is in it too
	jobs := make(chan *slot)
	var group sync.WaitGroup
	var produced error
	group.Go(func() {
		defer close(queue)
		defer close(jobs)
		produced = produce(ctx, func(item T) error {
			s := &slot{item: item, done: make(chan struct{})}
			select {
			case queue <- s:
			case <-ctx.Done():
				dropItem(item)
				return context.Cause(ctx)
			}
			select {
			case jobs <- s:
			case <-ctx.Done():
				dropItem(item)
				s.err = context.Cause(ctx)
				close(s.done)
				return s.err
			}
			return nil
		})
	})
	for worker := range workers {
		group.Go(func() {
			for s := range jobs {
				if s.err = context.Cause(ctx); s.err != nil {
					dropItem(s.item)
				} else {
					s.result, s.err = work(worker, s.item)
				}
				close(s.done)
			}
		})
	}
	var failed error
	for s := range queue {
		<-s.done
		switch {
		case s.err == nil && failed == nil:
			s.err = consume(s.result)
		case s.err == nil:
			dropResult(s.result)
		}
		if s.err != nil && failed == nil {
			failed = s.err
			cancel(failed)
		}
	}
	group.Wait()
	if failed == nil {
		failed = produced
	}
	return failed
}

// upTo gives the numbers from 0 to n-1 to inOrder.
func upTo(n int) func(ctx context.Context, push func(int) error) error {
	return func(_ context.Context, push func(int) error) error {
		for i := range n {
			if err := push(i); err != nil {
				return err
			}
		}
		return nil
	}
}

// sideBySide runs tasks at the same time and gives the error of the first, in
// their order, that failed by itself; the others are cancelled.
func sideBySide(ctx context.Context, tasks []func(ctx context.Context) error) error {
	if len(tasks) == 1 {
		return tasks[0](ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	problems := make([]error, len(tasks))
	var group sync.WaitGroup
	for i, task := range tasks {
		group.Go(func() {
			if problems[i] = task(ctx); problems[i] != nil {
				cancel(context.Canceled)
			}
		})
	}
	group.Wait()
	return firstOf(problems)
}

// together does tasks that nothing cancels at the same time, and gives the error of
// the first, in their order, that failed.
func together(tasks []func() error) error {
	if len(tasks) == 0 {
		return nil
	}
	problems := make([]error, len(tasks))
	var group sync.WaitGroup
	for i, task := range tasks[1:] {
		group.Go(func() { problems[i+1] = task() })
	}
	problems[0] = tasks[0]()
	group.Wait()
	return firstOf(problems)
}
