package xlsx

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func readSample(t testing.TB) []byte {
	t.Helper()
	content, err := os.ReadFile(sampleBook)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// largeBook is a workbook of some thousand cells of every kind, two sheets of them.
func largeBook(t testing.TB) []byte {
	t.Helper()
	var rows strings.Builder
	for i := range 400 {
		n := i + 1
		fmt.Fprintf(&rows, `<row r="%d" hidden="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="s"><v>%d</v></c><c r="C%d" s="%d"><v>%.9f</v></c>`+
			`<c r="D%d" t="inlineStr"><is><t>person%d@example.org</t></is></c><c r="E%d" t="b"><v>%d</v></c><c r="F%d" t="e"><v>#N/A</v></c><c r="G%d" t="str"><f>A%d</f><v>%x</v></c></row>`,
			n, i%7/6, n, i*i, n, i%3, n, i%6, 45000+float64(i)/997, n, i, n, i%2, n, n, n, i)
	}
	p := oneSheet(rows.String()).
		replaced("xl/workbook.xml", "</sheets>", `<sheet name="T" sheetId="2" state="hidden" r:id="rId4"/></sheets>`).
		replaced("xl/_rels/workbook.xml.rels", "</Relationships>", `<Relationship Id="rId4" Type="`+relType+`worksheet" Target="worksheets/sheet2.xml"/></Relationships>`)
	other := strings.Replace(p[sheetPart], "</sheetData>", `</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`, 1)
	return p.with("xl/worksheets/sheet2.xml", other).zipped(t)
}
