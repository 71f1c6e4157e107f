package xlsx

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"strings"
	"testing"
)

// rawPart is an entry of an archive as it is to stand there.
type rawPart struct {
	header zip.FileHeader
	data   []byte
}

// rawParts gives the entries of a sound workbook, deflated, sizes before the data.
func (p parts) rawParts(t testing.TB) []rawPart {
	t.Helper()
	var list []rawPart
	for _, name := range sorted(p) {
		var data bytes.Buffer
		w, err := flate.NewWriter(&data, flate.BestSpeed)
		if err == nil {
			_, err = io.WriteString(w, p[name])
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rawPart{zip.FileHeader{
			Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(p[name])),
			CompressedSize64: uint64(data.Len()), UncompressedSize64: uint64(len(p[name])),
		}, data.Bytes()})
	}
	return list
}

func archived(t testing.TB, list []rawPart) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range list {
		header := part.header
		to, err := w.CreateRaw(&header)
		if err == nil {
			_, err = to.Write(part.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// find gives the entry of a name.
func find(list []rawPart, name string) *rawPart {
	for i := range list {
		if list[i].header.Name == name {
			return &list[i]
		}
	}
	return nil
}

const sheetPart = "xl/worksheets/sheet1.xml"

// Each change is to the entry of the sheet.
func TestArchives(t *testing.T) {
	sound := oneSheet(oneRow)
	stored := func(p *rawPart) {
		p.data, p.header.Method = []byte(sound[sheetPart]), zip.Store
		p.header.CompressedSize64 = uint64(len(p.data))
	}
	for name, test := range map[string]struct {
		change func(p *rawPart)
		want   string // of the message; "" where it is a sound workbook
	}{
		"as it is":                {func(*rawPart) {}, ""},
		"stored":                  {stored, ""},
		"extra fields":            {func(p *rawPart) { p.header.Extra = bytes.Repeat([]byte("\x99\x99\x04\x00PK\x03\x04"), 9) }, ""},
		"descriptor":              {func(p *rawPart) { p.header.Flags |= 8 }, ""},
		"a zero for the checksum": {func(p *rawPart) { p.header.CRC32 = 0 }, "its checksum is "},
		"another checksum":        {func(p *rawPart) { p.header.CRC32 ^= 1 << 7 }, "its checksum is "},
		"more than it says":       {func(p *rawPart) { p.header.UncompressedSize64-- }, "has more than the "},
		"less than it says":       {func(p *rawPart) { p.header.UncompressedSize64++ }, "bytes instead of "},
		"nothing, it says":        {func(p *rawPart) { p.header.UncompressedSize64 = 0 }, "has more than the 0 bytes"},
		"cut":                     {func(p *rawPart) { p.data = p.data[:len(p.data)-9]; p.header.CompressedSize64 -= 9 }, "its compressed data end too early"},
		"cut, its size kept":      {func(p *rawPart) { p.data = p.data[:len(p.data)-9] }, "the workbook is damaged (" + sheetPart},
		"bytes behind":            {func(p *rawPart) { p.data = append(p.data, "behind it"...); p.header.CompressedSize64 += 9 }, "bytes follow its compressed data"},
		"longer than the archive": {func(p *rawPart) { p.header.CompressedSize64 = 1 << 40 }, "is longer than the archive"},
		"encrypted":               {func(p *rawPart) { p.header.Flags |= 1 }, "found an encrypted archive"},
		"another method":          {func(p *rawPart) { p.header.Method = 12 }, "is compressed in a way that no workbook is (method 12)"},
		"stored, it says":         {func(p *rawPart) { p.header.Method = zip.Store }, "the workbook is damaged (" + sheetPart},
		"stored and cut":          {func(p *rawPart) { stored(p); p.data = p.data[:9]; p.header.CompressedSize64 = 9 }, "has 9 bytes instead of "},
		"deflated, it says":       {func(p *rawPart) { stored(p); p.header.Method = zip.Deflate }, sheetPart + ": flate: corrupt input"},
		"nothing at all":          {func(p *rawPart) { p.data, p.header.CompressedSize64 = nil, 0 }, "its compressed data end too early"},
	} {
		t.Run(name, func(t *testing.T) {
			list := sound.rawParts(t)
			test.change(find(list, sheetPart))
			got, err := dumpBytes(t, archived(t, list))
			if test.want == "" {
				if err != nil || got != oneRowRead {
					t.Errorf("%q, %v", got, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "; expected ") {
				t.Errorf("%v; want ...%s...", err, test.want)
			}
		})
	}
}

// Entries that take each other's place, that stand twice or lie elsewhere.
func TestEntriesThatAreNotTheirOwn(t *testing.T) {
	sound := oneSheet(oneRow).with("xl/worksheets/sheet2.xml", strings.Replace(oneSheet(oneRow)[sheetPart], "45390", "45391", 1))
	content := archived(t, sound.rawParts(t))
	if got, err := dumpBytes(t, content); err != nil || got != oneRowRead {
		t.Fatalf("%q, %v", got, err)
	}
	directory := bytes.Index(content, []byte("PK\x01\x02"))
	swap := func(from, to int) []byte { // the names of two sheets, in a part of the file
		swapped := bytes.Clone(content)
		text := bytes.ReplaceAll(swapped[from:to], []byte("sheet1.xml"), []byte("sheet?.xml"))
		text = bytes.ReplaceAll(text, []byte("sheet2.xml"), []byte("sheet1.xml"))
		copy(swapped[from:to], bytes.ReplaceAll(text, []byte("sheet?.xml"), []byte("sheet2.xml")))
		return swapped
	}
	list := sound.rawParts(t)
	twice := append(list, *find(list, sheetPart))
	folded := append(sound.rawParts(t), *find(list, sheetPart))
	folded[len(folded)-1].header.Name = "XL/Worksheets/SHEET1.xml"
	for name, test := range map[string]struct {
		content []byte
		want    string
	}{
		"swapped in the directory": {swap(directory, len(content)), "the archive's directory and the file's header are not about the same file"},
		"swapped before the data":  {swap(0, directory), "the archive's directory and the file's header are not about the same file"},
		"twice":                    {archived(t, twice), sheetPart + " stands in the archive twice"},
		"twice, in another case":   {archived(t, folded), "stands in the archive twice"},
		"cut":                      {content[:directory], "the archive: zip: not a valid zip file"},
	} {
		if _, err := dumpBytes(t, test.content); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want ...%s", name, err, test.want)
		}
	}
	for name, content := range map[string][]byte{
		"with a comment": append(content[:len(content)-2:len(content)-2], "\x03\x00abc"...),
		"with a folder":  archived(t, append(sound.rawParts(t), rawPart{header: zip.FileHeader{Name: "xl/"}})),
	} {
		if got, err := dumpBytes(t, content); err != nil || got != oneRowRead {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A directory in the form for archives of more than four gigabytes.
func TestZip64(t *testing.T) {
	p := oneSheet(oneRow)
	list := p.rawParts(t)
	for i := range list {
		h := &list[i].header
		var extra []byte
		extra = append(extra, 1, 0, 16, 0)
		for _, size := range []uint64{h.UncompressedSize64, h.CompressedSize64} {
			for shift := range 8 {
				extra = append(extra, byte(size>>(8*shift)))
			}
		}
		h.Extra = extra
	}
	content := archived(t, list)
	// Sizes of 0xFFFFFFFF are to be found in the extra field.
	for at := 0; ; {
		n := bytes.Index(content[at:], []byte("PK\x01\x02"))
		if n < 0 {
			break
		}
		at += n
		copy(content[at+20:], "\xff\xff\xff\xff\xff\xff\xff\xff")
		at += 4
	}
	if got, err := dumpBytes(t, content); err != nil || got != oneRowRead {
		t.Errorf("%q, %v", got, err)
	}
}

// unarchived gives the entries of an archive.
func unarchived(t testing.TB, content []byte) []rawPart {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var list []rawPart
	for _, f := range r.File {
		raw, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(raw)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rawPart{f.FileHeader, data})
	}
	return list
}
