// Command gen compiles a project's schema.toml into the Go package generated/.
//
//	go generate ./...             writes generated/ where it is not current
//	go run ./gen -check           fails where it is not
//	go run ./gen plan             prints the typed plan
//	go run ./gen -root DIR ...    for a project in another folder
//
// It reads declarations (internal/schema), types them into a plan
// (internal/plan) and emits files (internal/goemit); it decides nothing itself.
// Exit status: 0 done, 1 the schema has errors or generated/ is not current, 2
// usage or I/O.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"martlet/gen/internal/goemit"
	"martlet/gen/internal/plan"
	"martlet/gen/internal/schema"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	var usage usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// usageError is an error of the call or the machine, not of the schema.
type usageError struct{ error }

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	root := flags.String("root", ".", "the project's folder: it holds schema.toml and generated/")
	check := flags.Bool("check", false, "write nothing; fail where generated/ is not what schema.toml gives")
	flags.Usage = func() {
		fmt.Fprintf(stderr, "usage: gen [-root DIR] [-check]\n       gen [-root DIR] plan\n\nCompiles DIR/schema.toml into DIR/generated.\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usageError{err}
	}
	p, err := load(filepath.Join(*root, "schema.toml"))
	if err != nil {
		return err
	}
	switch {
	case flags.NArg() == 1 && flags.Arg(0) == "plan":
		_, err := io.WriteString(stdout, p.Text())
		return err
	case flags.NArg() > 0:
		return usageError{fmt.Errorf("unknown argument %q; see gen -help", flags.Arg(0))}
	}
	files, err := goemit.Emit(p, "generated")
	if err != nil {
		return err
	}
	dir := filepath.Join(*root, "generated")
	if *check {
		return current(dir, files)
	}
	if err := write(dir, files); err != nil {
		return usageError{err}
	}
	return nil
}

// load reads and plans a schema; every error in it is in the one returned.
func load(path string) (*plan.Plan, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, usageError{err}
	}
	decl, errs := schema.Load(path)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	p, errs := plan.Build(decl)
	return p, errs.Err()
}
