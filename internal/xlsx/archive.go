package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// archive is the zip file that a workbook is. Its parts are named as the
// package conventions have it: from the root, without regard to ASCII case.
type archive struct {
	in     io.ReaderAt
	size   int64
	parts  map[string]*zip.File // by folded name
	limits Limits
}

// The first bytes of what is mistaken for a workbook.
var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") // .xls, and every workbook with a password
)

// openArchive reads the directory of the archive and holds every entry against
// its own header.
func openArchive(in io.ReaderAt, size int64, limits Limits) (*archive, error) {
	head := make([]byte, min(size, 8))
	if _, err := in.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, oleMagic):
		return nil, errors.New("found an old .xls file or one with a password; expected .xlsx: save it as .xlsx, without a password")
	case !bytes.HasPrefix(head, zipMagic):
		return nil, errors.New("found no xlsx workbook; expected one: save the file as .xlsx")
	}
	directory, err := zip.NewReader(in, size)
	if err != nil {
		return nil, damaged("the archive: %w", err)
	}
	if limits.Entries > 0 && len(directory.File) > limits.Entries {
		return nil, fmt.Errorf("found %d files in the archive; expected at most %d: if it is a sound workbook, raise the limit \"entries\"", len(directory.File), limits.Entries)
	}
	a := &archive{in: in, size: size, parts: make(map[string]*zip.File, len(directory.File)), limits: limits}
	for _, f := range directory.File {
		if strings.HasSuffix(f.Name, "/") {
			continue // a folder
		}
		name := fold(f.Name)
		if a.parts[name] != nil {
			return nil, damaged("%s stands in the archive twice", f.Name)
		}
		a.parts[name] = f
	}
	return a, nil
}

// fold is a part's name as the archive's index has it.
func fold(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// has says whether there is such a part.
func (a *archive) has(name string) bool { return a.parts[fold(name)] != nil }

const (
	localHeader   = 30 // bytes, without name and extra fields
	flagEncrypted = 1
)

// checkHeader holds an entry's name and method in the directory against those
// that stand before its data, so that two entries cannot be swapped unseen.
func (a *archive) checkHeader(f *zip.File) error {
	data, err := f.DataOffset()
	if err != nil {
		return damaged("%s: %w", f.Name, err)
	}
	// The header ends where the data begin; how long its extra field is, is told by the header alone.
	span := min(data, localHeader+int64(len(f.Name))+1<<16)
	before := make([]byte, span)
	if _, err := a.in.ReadAt(before, data-span); err != nil {
		return damaged("%s: %w", f.Name, err)
	}
	for at := len(before) - localHeader - len(f.Name); at >= 0; at-- {
		h := before[at:]
		if !bytes.HasPrefix(h, zipMagic) {
			continue
		}
		name, extra := int(h[26])|int(h[27])<<8, int(h[28])|int(h[29])<<8
		if localHeader+name+extra != len(h) {
			continue
		}
		if method := uint16(h[8]) | uint16(h[9])<<8; string(h[localHeader:localHeader+name]) != f.Name || method != f.Method {
			break
		}
		return nil
	}
	return damaged("%s: the archive's directory and the file's header are not about the same file", f.Name)
}

// open gives the text of a part. The reader's last word is io.EOF only if all
// of the part was there and is what the archive says it is.
func (a *archive) open(name string) (*partReader, error) {
	f := a.parts[fold(name)]
	switch {
	case f == nil:
		return nil, damaged("found no part %s", name)
	case f.Flags&flagEncrypted != 0:
		return nil, errors.New("found an encrypted archive; expected a workbook: save it without a password")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return nil, damaged("%s is compressed in a way that no workbook is (method %d)", name, f.Method)
	case f.CompressedSize64 > uint64(a.size):
		return nil, damaged("%s is longer than the archive", name)
	case a.limits.Part > 0 && f.UncompressedSize64 > uint64(a.limits.Part):
		return nil, fmt.Errorf("found %s of %d bytes; expected at most %d: if it is a sound workbook, raise the limit \"part\"", name, f.UncompressedSize64, a.limits.Part)
	}
	if err := a.checkHeader(f); err != nil {
		return nil, err
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, damaged("%s: %w", name, err)
	}
	return newPartReader(name, f, raw, a.limits), nil
}

// openSmall is open for a part that is held in memory as a whole.
func (a *archive) openSmall(name string) (*partReader, error) {
	if f := a.parts[fold(name)]; f != nil && f.UncompressedSize64 > maxSmallPart {
		return nil, fmt.Errorf("found %s of %d bytes; expected at most %d: it lists sheets or formats, and no sound workbook has so many", name, f.UncompressedSize64, maxSmallPart)
	}
	return a.open(name)
}

// read gives the whole text of a small part, checked.
func (a *archive) read(name string) ([]byte, error) {
	in, err := a.openSmall(name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(in)
}

// maxSmallPart bounds the parts that are held in memory as a whole.
const maxSmallPart = 64 << 20

// resolve is the name of the part that a relationship of another part points at.
func resolve(from, target string) string {
	if strings.HasPrefix(target, "/") {
		return path.Clean(target)[1:]
	}
	return path.Join(path.Dir(from), target)
}

// damaged is an error of a file that is not what a spreadsheet program saves.
func damaged(format string, args ...any) error {
	return fmt.Errorf("the workbook is damaged (%w); expected what a spreadsheet program saves: open it in one and save it again", fmt.Errorf(format, args...))
}
