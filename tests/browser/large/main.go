// Command large writes the page of a made-up project of 300 nodes and 3,000 columns to
// the file it is given.
package main

import (
	"fmt"
	"os"

	"martlet/internal/docs"
	"martlet/internal/docs/docstest"
)

func main() {
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(path string) error {
	p, err := docstest.Project(1, 300, 10)
	if err != nil {
		return err
	}
	page, err := docs.Page(p, docstest.Files(1, p), false)
	if err != nil {
		return err
	}
	return os.WriteFile(path, page, 0o640)
}
