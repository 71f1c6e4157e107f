package main

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
)

// checks hold that contenders with one input did the same work. What they do
// takes no part in what is measured.
type checks struct {
	group   group
	rows    map[string]rowDigest // by input: the rows of its first contender
	digests map[string]string    // by contender: of the files it published
	bytes   map[string]string    // by input: digest of its first contender
}

// rowDigest is of rows in any order: their number, and the sum of their hashes.
type rowDigest struct {
	rows int
	sum  uint64
}

// add looks at what a contender wrote.
func (k *checks) add(c contender, scratch string, o outcome) error {
	if k.group.sameRows && o.CSV != "" {
		d, err := digestRows(filepath.Join(scratch, o.CSV))
		if err != nil {
			return err
		}
		if err := agree(&k.rows, c.input.name, d); err != nil {
			return fmt.Errorf("rows of %s: %w", o.CSV, err)
		}
	}
	if !k.group.sameBytes || len(o.Files) == 0 {
		return nil
	}
	sum, err := digestFiles(scratch, o.Files)
	if err != nil {
		return err
	}
	if k.digests == nil {
		k.digests = map[string]string{}
	}
	k.digests[c.name] = sum
	return agree(&k.bytes, c.input.name, sum)
}

// agree keeps the first value of an input, and holds the others equal to it.
func agree[T comparable](seen *map[string]T, input string, v T) error {
	if *seen == nil {
		*seen = map[string]T{}
	}
	if first, ok := (*seen)[input]; ok && first != v {
		return fmt.Errorf("%v, but the first contender's are %v", v, first)
	}
	(*seen)[input] = v
	return nil
}

// seed makes hashes that are compared within this process alone.
var seed = maphash.MakeSeed()

// digestRows reads the lines of a CSV file, none of whose fields has a line end.
func digestRows(path string) (d rowDigest, err error) {
	file, err := os.Open(path)
	if err != nil {
		return d, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		d.rows++
		d.sum += maphash.Bytes(seed, lines.Bytes())
	}
	return d, lines.Err()
}

// digestFiles is the SHA-256 of files, one after the other.
func digestFiles(folder string, files []string) (string, error) {
	h := sha256.New()
	for _, name := range files {
		file, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
