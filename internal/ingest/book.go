package ingest

import (
	"fmt"

	"martlet/internal/xlsx"
)

// book is a workbook file, opened once, if at all.
type book struct {
	digest
	path    string
	open    *xlsx.Book
	openErr error
}

// book gives a workbook by its path from the root.
func (m *maker) book(name string) *book {
	b := m.books[name]
	if b == nil {
		b = &book{digest: m.found[m.path(name)], path: m.path(name)}
		m.books[name] = b
	}
	return b
}

// convert makes a seed as its workbook has it, and compares it with the
// workbook again. The caller drops the draft.
func (m *maker) convert(spec SeedSpec, b *book) (d *draft, c *conversion, values int64, err error) {
	if b.open == nil && b.openErr == nil {
		b.open, b.openErr = xlsx.Open(b.path, spec.Workbook, m.limits.Limits)
	}
	if b.openErr != nil {
		return nil, nil, 0, b.openErr
	}
	if b.open.SHA256() != b.sha256 {
		return nil, nil, 0, fmt.Errorf("%s: the workbook was changed while it was read; expected it to stay as it is: run again", spec.Workbook)
	}
	if d, err = newDraft(m.path(spec.Seed), m.limits.Temporary); err != nil {
		return nil, nil, 0, fmt.Errorf("%s: the seed cannot be written: %w", spec.Seed, cause(err))
	}
	c, err = convertSheet(m.ctx, newSheet(b.open, spec.Workbook, spec.Sheet), spec, d)
	if err == nil {
		values, err = c.verify(m.ctx)
	}
	if err == nil {
		err = b.open.Unchanged()
	}
	if err != nil {
		d.drop()
	}
	return d, c, values, err
}
