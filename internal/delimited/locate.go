package delimited

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"

	"martlet/internal/contract"
)

// Locate gives the line at which each of the given records of a file begins,
// from 1, the header being record 0. It reads the file once more up to the last
// of them, and so is for messages only. The file must be one whose records up to
// there have been read.
func Locate(path string, dialect contract.Dialect, records []int64) ([]int, error) {
	in, err := openText(path, path)
	if err != nil {
		return nil, err
	}
	defer in.Close() // only read
	text, _, err := decode(in, path, dialect.Encoding)
	if err != nil {
		return nil, err
	}
	return locate(text, newFormat(path, dialect), records)
}

// locate counts quotes: a line end is text where they are odd so far, and ends
// a record where they are even.
func locate(in io.Reader, f *format, records []int64) ([]int, error) {
	marks := "\n"
	if f.quote != 0 {
		marks += string(rune(f.quote))
	}
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
		text := block[:n]
		if ends, plain := plainEnds(text, f.quote); plain && !quoted && records[order[0]] > record+int64(ends) {
			line, record, text = line+ends, record+int64(ends), nil // none of these records is asked for
		}
		for len(text) > 0 && len(order) > 0 {
			if !begun {
				begun = true
				for len(order) > 0 && records[order[0]] <= record {
					lines[order[0]] = line
					order = order[1:]
				}
			}
			i := bytes.IndexAny(text, marks)
			if i < 0 {
				break
			}
			if text[i] != '\n' {
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
				return nil, unreadable(f.name, err)
			}
			return nil, fmt.Errorf("%s: found %d records; expected record %d: the file has changed since it was read", f.name, record, records[order[0]])
		}
	}
	return lines, nil
}

// plainEnds is how many lines end in a text without quotes; plain says whether it is one.
func plainEnds(text []byte, quote byte) (ends int, plain bool) {
	if quote != 0 && bytes.IndexByte(text, quote) >= 0 {
		return 0, false
	}
	return bytes.Count(text, []byte{'\n'}), true
}
