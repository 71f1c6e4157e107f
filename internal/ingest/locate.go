package ingest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
)

// Locate gives the line at which each of the given records of a CSV file
// begins, from 1, the header being record 0. It reads the file once more up to
// the last of them, and so is for messages only. The file must be one whose
// records up to there have been read.
func Locate(path string, records []int64) ([]int, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: the file cannot be read: %w", path, cause(err))
	}
	defer in.Close() // only read
	lines, err := locate(in, records)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return lines, nil
}

// locate counts quotes: in strict CSV a line end is text where they are odd so
// far, and ends a record where they are even.
func locate(in io.Reader, records []int64) ([]int, error) {
	order := make([]int, len(records))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(records[a], records[b]) })
	lines := make([]int, len(records))
	block := make([]byte, 64<<10)
	record, line, quoted, begun := int64(0), 1, false, false
	for len(order) > 0 {
		n, err := in.Read(block)
		for text := block[:n]; len(text) > 0 && len(order) > 0; {
			if !begun {
				begun = true
				for len(order) > 0 && records[order[0]] <= record {
					lines[order[0]] = line
					order = order[1:]
				}
			}
			i := bytes.IndexAny(text, "\"\n")
			if i < 0 {
				break
			}
			if text[i] == '"' {
				quoted = !quoted
			} else {
				line++
				if !quoted {
					record++
					begun = false
				}
			}
			text = text[i+1:]
		}
		if err != nil && len(order) > 0 {
			if err != io.EOF {
				return nil, fmt.Errorf("the file cannot be read: %w", cause(err))
			}
			return nil, fmt.Errorf("found %d records; expected record %d: the file has changed since it was read", record, records[order[0]])
		}
	}
	return lines, nil
}
