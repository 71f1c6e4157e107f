// Package pipeline runs a compiled project: seeds, models, tests, outputs. It
// is the command line of the binary and the order in which things happen.
//
// It knows the project only as a contract.Project and never imports the code
// generated for one. What a transformation or a test does is not its business;
// that every row passes through each exactly once is.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// The exit statuses of the binary.
const (
	exitDone        = 0   // all passed, warnings included
	exitBadData     = 1   // the data failed: a bad cell, a ragged row, an expression, a test
	exitImpeded     = 2   // the run could not be done: usage, a missing file or column, I/O, a termination
	exitInterrupted = 130 // SIGINT, as shells have it
)

// exitError ends the program with a status. Its err is shown unless it is nil,
// as where the summary has said it all.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// interrupted is why a context ended: a signal. To those who ask it is a
// cancellation.
type interrupted struct{ signal os.Signal }

func (e *interrupted) Error() string { return fmt.Sprintf("stopped by a signal (%v)", e.signal) }

func (e *interrupted) Is(target error) bool { return target == context.Canceled }

// Main runs the command line of the process and ends it.
func Main(p *contract.Project) {
	ctx, stop := onSignal(context.Background())
	status := Execute(ctx, p, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// onSignal gives a context that the first SIGINT, SIGTERM or SIGHUP cancels. A second
// one ends the process, as it would any other.
func onSignal(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(&interrupted{signal: s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// Execute runs one command line and gives the exit status: results to stdout,
// everything else to stderr.
func Execute(ctx context.Context, p *contract.Project, args []string, stdout, stderr io.Writer) int {
	app := &app{project: p, mem: new(arrowops.Pool), stdout: stdout, stderr: stderr}
	return app.execute(ctx, args)
}

func (a *app) execute(ctx context.Context, args []string) int {
	root := a.rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var exit *exitError
	if !errors.As(err, &exit) { // the command line was wrong
		a.complain(err)
		fmt.Fprintln(a.stderr, "See `build --help`.")
		return exitImpeded
	}
	a.complain(exit.err)
	return exit.status
}

// complain shows each error of err; one that joins others joins them anywhere.
func (a *app) complain(err error) {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if joined, ok := e.(interface{ Unwrap() []error }); ok && e.Error() == err.Error() {
			for _, each := range joined.Unwrap() {
				a.complain(each)
			}
			return
		}
	}
	if err != nil {
		fmt.Fprintf(a.stderr, "Error: %v\n", err)
	}
}
