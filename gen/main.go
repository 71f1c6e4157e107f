// Command gen compiles a project's schema.toml into the Go package generated/.
//
//	go generate ./...             writes generated/ where it is not current
//	go run ./gen -check           fails where it is not
//	go run ./gen plan             prints the typed plan
//	go run ./gen sql              prints the models as SQL (-dialect duckdb, the only one)
//	go run ./gen -root DIR ...    for a project in another folder
//
// It reads declarations (internal/schema), types them into a plan
// (internal/plan) and emits files (internal/goemit) or SQL (internal/sqlemit); it
// decides nothing itself.
// Exit status: 0 done, 1 the schema has errors or generated/ is not current, 2
// usage or I/O.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"martlet/gen/internal/goemit"
	"martlet/gen/internal/plan"
	"martlet/gen/internal/schema"
	"martlet/gen/internal/sqlemit"
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
		fmt.Fprintf(stderr, "usage: gen [-root DIR] [-check]\n       gen [-root DIR] plan\n       gen [-root DIR] sql [-dialect duckdb]\n\nCompiles DIR/schema.toml into DIR/generated.\n\n")
		flags.PrintDefaults()
	}
	if err := parse(flags, args); err != nil {
		return err
	}
	print, err := printed(flags.Args(), stderr)
	if err != nil {
		return err
	}
	p, err := load(filepath.Join(*root, "schema.toml"))
	if err != nil {
		return err
	}
	if print != nil {
		text, err := print(p)
		if err != nil {
			return err
		}
		_, err = io.WriteString(stdout, text)
		return err
	}
	files, err := goemit.Emit(p, "generated", sqlemit.Views(p))
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

// parse reads flags; what is wrong with them is an error of the call.
func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return usageError{err}
}

// dialects are the languages of `gen sql`.
var dialects = map[string]func(*plan.Plan) (string, error){"duckdb": sqlemit.DuckDB}

// printed gives what a command prints of the plan; nil where there is no command.
func printed(args []string, stderr io.Writer) (func(*plan.Plan) (string, error), error) {
	if len(args) == 0 {
		return nil, nil
	}
	flags := flag.NewFlagSet("gen "+args[0], flag.ContinueOnError)
	flags.SetOutput(stderr)
	print := func(p *plan.Plan) (string, error) { return p.Text(), nil }
	dialect := "duckdb"
	switch args[0] {
	case "plan":
	case "sql":
		flags.StringVar(&dialect, "dialect", dialect, "the SQL to write: "+strings.Join(slices.Sorted(maps.Keys(dialects)), ", "))
	default:
		return nil, usageError{fmt.Errorf("unknown argument %q; see gen -help", args[0])}
	}
	if err := parse(flags, args[1:]); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, usageError{fmt.Errorf("unknown argument %q after %s; see gen -help", flags.Arg(0), args[0])}
	}
	emit, known := dialects[dialect]
	if !known {
		return nil, usageError{fmt.Errorf("found -dialect %q; expected one of: %s", dialect, strings.Join(slices.Sorted(maps.Keys(dialects)), ", "))}
	}
	if args[0] == "sql" {
		print = emit
	}
	return print, nil
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
