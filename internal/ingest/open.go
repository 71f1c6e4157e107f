package ingest

import (
	"errors"
	"fmt"
	"io"

	"martlet/internal/contract"
	"martlet/internal/delimited"
)

// OpenSource opens a file of a source and finds the declared columns in its header,
// in any order. Messages call the file by name, its path from the root; file is
// its index in the run's list, for origins. passedOver names the columns that
// are not declared, where the source may have such.
func OpenSource(path, name string, source *contract.Source, file int) (r *delimited.Reader, passedOver []string, err error) {
	if r, err = delimited.Open(path, name, source.Dialect); err != nil {
		return nil, nil, err
	}
	return matched(r, name, source, file)
}

// ContinueSource is OpenSource for the records behind a position, at which an
// earlier reading of the file ended: see delimited.OpenAt.
func ContinueSource(path, name string, source *contract.Source, file int, from delimited.Position) (r *delimited.Reader, passedOver []string, err error) {
	if r, err = delimited.OpenAt(path, name, source.Dialect, from); err != nil {
		return nil, nil, err
	}
	return matched(r, name, source, file)
}

// matched has a reader give the declared columns, or closes it.
func matched(r *delimited.Reader, name string, source *contract.Source, file int) (*delimited.Reader, []string, error) {
	passedOver, err := match(r, name, source.Columns, source.ExtraColumns, file)
	if err != nil {
		return nil, nil, errors.Join(err, r.Close())
	}
	return r, passedOver, nil
}

// openSeed is OpenSource for the text of a seed, which a workbook was or is to be
// converted to.
func openSeed(in io.Reader, name string, columns []contract.Column) (*delimited.Reader, error) {
	r, err := delimited.NewReader(in, name, contract.Dialect{})
	if err == nil {
		_, err = match(r, name, columns, false, 0)
	}
	return r, err
}

// match has a reader give the declared columns.
func match(r *delimited.Reader, name string, columns []contract.Column, extra bool, file int) (passedOver []string, err error) {
	index, passedOver, err := findColumns(r.Header(), columns, extra, func(i int) string {
		if i < 0 {
			return name + ":1"
		}
		return fmt.Sprintf("%s:1: column %d", name, i+1)
	})
	if err != nil {
		return nil, err
	}
	r.Select(index, file)
	return passedOver, nil
}
