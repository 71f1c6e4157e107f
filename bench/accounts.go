package main

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// account is one record of the sample's user_account table.
type account struct {
	id               int
	email            string
	created, updated time.Time
	internal         bool
}

// accounts gives the same records for the same number, in no order of their ids.
func accounts(n int, do func(i int, a account)) {
	random := rand.New(rand.NewPCG(1, 2))
	epoch := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		a := account{id: 10_000_000 + random.IntN(90_000_000), internal: random.IntN(50) == 0}
		a.email = fmt.Sprintf("user.%d@example%d.org", random.IntN(1_000_000_000), random.IntN(100))
		a.created = epoch.Add(time.Duration(random.IntN(300_000_000)) * time.Second)
		a.updated = a.created.Add(time.Duration(random.IntN(30_000_000)) * time.Second)
		do(i, a)
	}
}

// accountColumns are the headers.
var accountColumns = []string{"user_id", "email", "created_timestamp", "last_updated", "internal_user"}

// makeCSV writes accounts as CSV.
func makeCSV(rows int) func(path string) error {
	return func(path string) error {
		return makeFile(path, func(w io.Writer) error {
			fmt.Fprintln(w, strings.Join(accountColumns, ","))
			var line []byte
			accounts(rows, func(_ int, a account) {
				line = append(strconv.AppendInt(line[:0], int64(a.id), 10), ',')
				line = append(append(line, a.email...), ',')
				line = append(a.created.AppendFormat(line, time.DateTime), ',')
				line = append(a.updated.AppendFormat(line, time.DateTime), ',')
				line = append(strconv.AppendBool(line, a.internal), '\n')
				_, _ = w.Write(line) // Flush tells
			})
			return nil
		})
	}
}

// makeBook writes accounts as a workbook of one sheet, as a spreadsheet program
// would: texts shared, or standing in their cells.
func makeBook(rows int, shared bool) func(path string) error {
	return func(path string) error {
		return makeFile(path, func(out io.Writer) error {
			w := zip.NewWriter(out)
			for _, part := range bookParts {
				if err := putPart(w, part[0], func(w io.Writer) error { _, err := io.WriteString(w, part[1]); return err }); err != nil {
					return err
				}
			}
			if err := putPart(w, "xl/worksheets/sheet1.xml", func(w io.Writer) error { return writeSheet(w, rows, shared) }); err != nil {
				return err
			}
			if err := putPart(w, "xl/sharedStrings.xml", func(w io.Writer) error { return writeStrings(w, rows, shared) }); err != nil {
				return err
			}
			return w.Close()
		})
	}
}

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNS   = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	links    = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	package1 = `http://schemas.openxmlformats.org/package/2006/`
)

// bookParts are the parts of the workbook beside its sheet and strings.
var bookParts = [][2]string{
	{"[Content_Types].xml", xmlHead + `<Types xmlns="` + package1 + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
	{"_rels/.rels", xmlHead + `<Relationships xmlns="` + package1 + `relationships"><Relationship Id="rId1" Type="` + links + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", xmlHead + `<workbook ` + mainNS + ` xmlns:r="` + links + `"><sheets><sheet name="user_account" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", xmlHead + `<Relationships xmlns="` + package1 + `relationships"><Relationship Id="rId1" Type="` + links + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + links + `/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="` + links + `/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", xmlHead + `<styleSheet ` + mainNS + `><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>` +
		`<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`},
}

func putPart(w *zip.Writer, name string, fill func(w io.Writer) error) error {
	part, err := w.Create(name)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(part, 1<<16)
	return errors.Join(fill(buffered), buffered.Flush())
}

func writeSheet(w io.Writer, rows int, shared bool) error {
	text := func(cell string, index int, s string) {
		if shared {
			fmt.Fprintf(w, `<c r="%s" t="s"><v>%d</v></c>`, cell, index)
		} else {
			fmt.Fprintf(w, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, cell, s)
		}
	}
	fmt.Fprintf(w, `%s<worksheet %s><dimension ref="A1:E%d"/><sheetData><row r="1" spans="1:5">`, xmlHead, mainNS, rows+1)
	for i, name := range accountColumns {
		text(string(rune('A'+i))+"1", i, name)
	}
	_, _ = io.WriteString(w, `</row>`)
	accounts(rows, func(i int, a account) {
		r := i + 2
		fmt.Fprintf(w, `<row r="%d" spans="1:5"><c r="A%d"><v>%d</v></c>`, r, r, a.id)
		text("B"+strconv.Itoa(r), len(accountColumns)+i, a.email)
		fmt.Fprintf(w, `<c r="C%d" s="1"><v>%s</v></c><c r="D%d" s="1"><v>%s</v></c>`, r, serial(a.created), r, serial(a.updated))
		internal := 0
		if a.internal {
			internal = 1
		}
		fmt.Fprintf(w, `<c r="E%d" t="b"><v>%d</v></c></row>`, r, internal)
	})
	_, err := io.WriteString(w, `</sheetData></worksheet>`)
	return err
}

func writeStrings(w io.Writer, rows int, shared bool) error {
	fmt.Fprintf(w, `%s<sst %s>`, xmlHead, mainNS)
	if shared {
		for _, name := range accountColumns {
			fmt.Fprintf(w, `<si><t>%s</t></si>`, name)
		}
		accounts(rows, func(_ int, a account) { fmt.Fprintf(w, `<si><t>%s</t></si>`, a.email) })
	}
	_, err := io.WriteString(w, `</sst>`)
	return err
}

// serial is a time as a workbook has it.
func serial(t time.Time) string {
	days := t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Seconds() / 86400
	return strconv.FormatFloat(days, 'g', -1, 64)
}
