package xlsx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Book is an open workbook. It is not safe for concurrent use.
type Book struct {
	name    string // for messages
	file    *os.File
	opened  os.FileInfo
	digest  string
	archive *archive
	sheets  []Sheet
	strings string // the part; "" for none
	table   *stringTable
	formats []Format // of numbers, by style
	days    epoch
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool
	Cells  bool // it is a worksheet; charts and dialogs have no cells
	part   string
}

// Open opens the workbook at path, which messages call name. The caller closes it.
func Open(path, name string, limits Limits) (*Book, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: the workbook cannot be read: %w", name, cause(err))
	}
	b := &Book{name: name, file: file}
	if err := b.open(limits); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), b.Close())
	}
	return b, nil
}

func (b *Book) open(limits Limits) (err error) {
	if b.opened, err = b.file.Stat(); err != nil {
		return cause(err)
	}
	if !b.opened.Mode().IsRegular() {
		return errors.New("found a folder or a device; expected an xlsx workbook")
	}
	if b.digest, err = Digest(b.file); err != nil {
		return cause(err)
	}
	if b.archive, err = openArchive(b.file, b.opened.Size(), limits); err != nil {
		return err
	}
	return b.describe()
}

// Digest is the SHA-256 of all that in has, in hex.
func Digest(in io.Reader) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Close gives up what the workbook holds.
func (b *Book) Close() error { return b.file.Close() }

// Unchanged says by an error that the file is not the one any more that was
// opened, so that what was read may be of two workbooks.
func (b *Book) Unchanged() error {
	now, err := b.file.Stat()
	if err != nil {
		return fmt.Errorf("%s: the workbook cannot be read: %w", b.name, cause(err))
	}
	if now.Size() != b.opened.Size() || !now.ModTime().Equal(b.opened.ModTime()) {
		return fmt.Errorf("%s: the workbook was changed while it was read; expected it to stay as it is: run again", b.name)
	}
	return nil
}

// SHA256 is the digest of the file, in hex.
func (b *Book) SHA256() string { return b.digest }

// Sheets lists the sheets in the order of their tabs.
func (b *Book) Sheets() []Sheet { return slices.Clone(b.sheets) }

// describe reads what the workbook says beside its cells.
func (b *Book) describe() error {
	root, err := b.archive.relations("")
	if err != nil {
		return err
	}
	book, ok, err := only(root, relWorkbook)
	switch {
	case err != nil:
		return err
	case !ok || !b.archive.has(book.target):
		return errors.New("found a zip archive without a workbook; expected an xlsx workbook: save the file as .xlsx")
	case strings.HasSuffix(book.target, ".bin"):
		return errors.New("found a binary workbook (.xlsb); expected .xlsx: save it as .xlsx")
	}
	related, err := b.archive.relations(book.target)
	if err != nil {
		return err
	}
	shared, ok, err := only(related, relStrings)
	if err != nil {
		return err
	}
	if ok {
		b.strings = shared.target
	}
	if err := b.listSheets(book.target, related); err != nil {
		return err
	}
	styles, styled, err := only(related, relStyles)
	if err != nil {
		return err
	}
	return b.ask(book.target, styles.target, styled)
}

// listSheets reads the names of the sheets and finds their parts.
func (b *Book) listSheets(workbook string, related map[string]relation) error {
	err := b.archive.scan(workbook, mainSpace, "workbook", func(s *scanner) error {
		if s.space != mainSpace || string(s.name) != "sheets" {
			if exact, ok := s.attr("dateCompatibility"); ok && !truth(exact) {
				return s.fail(s.pos, "found days counted in a way that no spreadsheet program does (dateCompatibility)")
			}
			return s.skip()
		}
		for {
			more, err := s.child()
			if !more || err != nil {
				return err
			}
			if s.space != mainSpace || string(s.name) != "sheet" {
				return s.fail(s.pos, "found something else in the list of sheets")
			}
			name, _ := s.attr("name")
			id, _ := s.link("id")
			sheet := Sheet{Name: string(name)}
			part, ok := related[string(id)]
			if !ok || sheet.Name == "" {
				return s.fail(s.pos, "found a sheet without a name or a part")
			}
			sheet.part, sheet.Cells = part.target, part.kind == relWorksheet
			if b.sheet(sheet.Name) != nil {
				return s.fail(s.pos, "found two sheets of one name")
			}
			if sheet.Cells && !b.archive.has(sheet.part) {
				return s.fail(s.pos, "found no part %s, which a sheet is to stand in", sheet.part)
			}
			if len(b.sheets) > len(b.archive.parts) {
				return s.fail(s.pos, "found more sheets than parts")
			}
			b.sheets = append(b.sheets, sheet)
			if err := s.skip(); err != nil {
				return err
			}
		}
	})
	if err == nil && len(b.sheets) == 0 {
		err = errors.New("found no sheets; expected a workbook with one at least")
	}
	return err
}

// sheet finds a sheet by its name, or gives nil.
func (b *Book) sheet(name string) *Sheet {
	for i := range b.sheets {
		if strings.EqualFold(b.sheets[i].Name, name) {
			return &b.sheets[i]
		}
	}
	return nil
}

// find gives the sheet of exactly that name.
func (b *Book) find(name string) (*Sheet, error) {
	sheet := b.sheet(name)
	switch {
	case sheet == nil || sheet.Name != name:
		names := make([]string, len(b.sheets))
		for i := range b.sheets {
			names[i] = b.sheets[i].Name
		}
		return nil, fmt.Errorf("%s: found no sheet %q; expected one of %s: name one of these, or add the sheet", b.name, name, strings.Join(names, ", "))
	case !sheet.Cells:
		return nil, fmt.Errorf("%s!%s: found a sheet without cells, such as a chart; expected a worksheet: name one", b.name, name)
	}
	return sheet, nil
}

// cause is an error of the os package without the path, which messages have already.
func cause(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
