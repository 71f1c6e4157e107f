package xlsx

import (
	"fmt"
	"strings"
	"testing"
)

// cellTests are one cell each, and what comes of it.
var cellTests = map[string]struct{ cell, want string }{
	"text of digits":              {`<c t="str"><v>00042</v></c>`, `text "00042"`},
	"inline text of digits":       {`<c t="inlineStr"><is><t>00042</t></is></c>`, `text "00042"`},
	"integer":                     {`<c><v>13456</v></c>`, `number "13456"`},
	"integer beyond a double":     {`<c t="n"><v>9007199254740993</v></c>`, `number "9007199254740993"`},
	"number as written":           {`<c><v>1.1000000000000001</v></c>`, `number "1.1000000000000001"`},
	"number with an exponent":     {`<c><v>-1.5E+20</v></c>`, `number "-1.5E+20"`},
	"number amid white space":     {"<c><v>\n 7\t</v></c>", `number "7"`},
	"number in pieces":            {`<c><v>1<!-- x -->2<![CDATA[3]]>&#52;<?p?>5</v></c>`, `number "12345"`},
	"date":                        {`<c s="1"><v>45390</v></c>`, `number date "45390"`},
	"date and time":               {`<c s="2"><v>45390.5</v></c>`, `number datetime "45390.5"`},
	"duration":                    {`<c s="3"><v>1.5</v></c>`, `number elapsed "1.5"`},
	"time":                        {`<c s="4"><v>0.5</v></c>`, `number time "0.5"`},
	"scientific":                  {`<c s="5"><v>0.5</v></c>`, `number "0.5"`},
	"true":                        {`<c t="b"><v>1</v></c>`, `bool "1"`},
	"false in letters":            {`<c t="b"><v>false</v></c>`, `bool "0"`},
	"error":                       {`<c t="e"><v>#DIV/0!</v></c>`, `error "#DIV/0!"`},
	"iso":                         {`<c t="d"><v>2024-04-08T11:01:54.25</v></c>`, `iso "2024-04-08T11:01:54.25"`},
	"shared":                      {`<c t="s"><v>0</v></c>`, `text "first"`},
	"shared and empty":            {`<c t="s"><v>1</v></c>`, `text ""`},
	"rich, phonetic":              {`<c t="s"><v>2</v></c>`, `text "rich "`},
	"inline rich, phonetic":       {`<c t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r><r><t xml:space="preserve"> b</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c>`, `text "a b"`},
	"inline and empty":            {`<c t="inlineStr"><is><t/></is></c>`, `text ""`},
	"inline without a text":       {`<c t="inlineStr"><is/></c>`, `text ""`},
	"white space":                 {"<c t=\"inlineStr\"><is><t> a\tb\nc </t></is></c>", `text " a\tb\nc "`},
	"white space not preserved":   {`<c t="str"><v> a </v></c>`, `text " a "`},
	"line ends":                   {"<c t=\"str\"><v>a\r\nb\rc&#13;&#10;d</v></c>", `text "a\nb\nc\r\nd"`},
	"escaped line end":            {`<c t="inlineStr"><is><t>a_x000D_&#10;b</t></is></c>`, `text "a\r\nb"`},
	"escaped pair":                {`<c t="inlineStr"><is><t>_xD83D__xDE00_</t></is></c>`, `text "😀"`},
	"escaped half":                {`<c t="inlineStr"><is><t>a_xD83D_b</t></is></c>`, `bad text "a_xD83D_b"`},
	"escaped halves, turned":      {`<c t="str"><v>_xDE00__xD83D_</v></c>`, `bad text "_xDE00__xD83D_"`},
	"escaped NUL":                 {`<c t="str"><v>_x0000_</v></c>`, `bad text "_x0000_"`},
	"escaped escape":              {`<c t="str"><v>_x005F_x000D_</v></c>`, `text "_x000D_"`},
	"no escape":                   {`<c t="str"><v>_x00G0_ _X000D_ _x000D</v></c>`, `text "_x00G0_ _X000D_ _x000D"`},
	"escapes in pieces are none":  {`<c t="inlineStr"><is><r><t>_x00</t></r><r><t>0D_</t></r></is></c>`, `text "_x000D_"`},
	"no escape in a number":       {`<c t="e"><v>_x0041_</v></c>`, `error "_x0041_"`},
	"references":                  {`<c t="str"><v>&lt;&amp;&gt;&quot;&apos;&#x1F600;&#65;</v></c>`, `text "<&>\"'😀A"`},
	"section":                     {`<c t="str"><v><![CDATA[<a>&amp;]]></v></c>`, `text "<a>&amp;"`},
	"formula":                     {`<c><f>1+1</f><v>2</v></c>`, `number "2"`},
	"formula of a text":           {`<c t="str"><f>"a"</f><v>a</v></c>`, `text "a"`},
	"formula of an empty text":    {`<c t="str"><f>""</f><v></v></c>`, `text ""`},
	"formula of a boolean":        {`<c t="b"><f>TRUE</f><v>1</v></c>`, `bool "1"`},
	"formula without a result":    {`<c><f>1+1</f></c>`, `formula ""`},
	"formula, an empty result":    {`<c><f>1+1</f><v/></c>`, `formula ""`},
	"formula of a text, no value": {`<c t="str"><f>A1</f></c>`, `formula ""`},
	"formula of a shared one":     {`<c><f t="shared" si="0"/><v>3</v></c>`, `number "3"`},
	"value before formula":        {`<c><v>3</v><f>A1</f></c>`, `number "3"`},
	"no value":                    {`<c s="1"/>`, ""},
	"an empty value":              {`<c><v></v></c>`, ""},
	"a formula of text, unsaved":  {`<c t="s"><f>A1</f><v/></c>`, `formula ""`},
	"text without a value":        {`<c t="str"/>`, ""},
	"boolean without a value":     {`<c t="b"/>`, ""},
	"extensions":                  {`<c><v>1</v><extLst><ext uri="u"><v>2</v></ext></extLst></c>`, `number "1"`},
	"attributes of others":        {`<c xmlns:o="u" o:t="s" o:r="B9" o:s="99"><v>1</v></c>`, `number "1"`},
	"style of a text, unused":     {`<c t="str" s="99"><v>a</v></c>`, `text "a"`},
}

func TestCells(t *testing.T) {
	for name, test := range cellTests {
		t.Run(name, func(t *testing.T) {
			got, err := dumpBytes(t, oneSheet("<row>"+test.cell+"</row>").zipped(t))
			want := ""
			if test.want != "" {
				want = "A1 " + test.want + "\n"
			}
			if err != nil || got != want {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		})
	}
}

// Where cells stand is what their references say.
func TestPlacesOfCells(t *testing.T) {
	const v = `<v>1</v></c>`
	for name, test := range map[string]struct{ rows, want string }{
		"no references":       {`<row><c>` + v + `<c/><c>` + v + `</row><row/><row><c>` + v + `</row>`, "A1 C1 A3"},
		"cells out of order":  {`<row><c r="D1">` + v + `<c r="B1">` + v + `<c r="C1">` + v + `</row>`, "B1 C1 D1"},
		"gaps":                {`<row r="3"><c r="C3">` + v + `<c>` + v + `</row><row><c>` + v + `</row><row r="9"><c r="AB9">` + v + `</row>`, "C3 D3 A4 AB9"},
		"lower case":          {`<row r="1"><c r="xfd1">` + v + `</row>`, "XFD1"},
		"the last of all":     {`<row r="1048576"><c r="XFD1048576">` + v + `</row>`, "XFD1048576"},
		"no cells":            {``, ""},
		"zeros before":        {`<row r="007"><c>` + v + `</row>`, "A7"},
		"prefixed attributes": {`<row xmlns:o="u" o:r="9" o:hidden="1"><c>` + v + `</row>`, "A1"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := dumpBytes(t, oneSheet(test.rows).zipped(t))
			want := ""
			for _, cell := range strings.Fields(test.want) {
				want += cell + ` number "1"` + "\n"
			}
			if err != nil || got != want {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		})
	}
}

// What is no sheet, and what is said of it. Each has a text that no message may show.
func TestFaultsOfSheets(t *testing.T) {
	const damage = "b.xlsx!S: after row 1: the workbook is damaged (xl/worksheets/sheet1.xml, byte "
	inText := func(text string) string { return `<row><c t="str"><v>secret` + text + `</v></c></row>` }
	second := func(cell string) string { return `<row><c t="str"><v>secret</v></c>` + cell + `</row>` }
	for name, test := range map[string]struct{ rows, want string }{
		"a bare &":                  {inText(" & Co"), damage},
		"an unknown entity":         {inText("&nbsp;"), damage},
		"a reference to half a one": {inText("&#xD83D;"), damage},
		"a reference to NUL":        {inText("&#0;"), damage},
		"]]> in a text":             {inText("]]>"), damage},
		"a tag in a text":           {inText("<secret>"), damage},
		"a tag in a text, closed":   {inText("<secret>x</secret>"), damage},
		"no UTF-8":                  {inText("\xff"), damage},
		"a surrogate in UTF-8":      {inText("\xed\xa0\x80"), damage},
		"an overlong slash":         {inText("\xc0\xaf"), damage},
		"NUL":                       {inText("\x00"), damage},
		"a control character":       {inText("\x0b"), damage},
		"no character":              {inText("\uFFFF"), damage},
		"cut within a cell":         {`<row><c t="str"><v>secret`, damage},
		"a wrong end":               {inText("</secret>"), damage},
		"nested cells":              {second(`<c><c/></c>`), "b.xlsx!S!B1: found <c> in the cell, where none is to be"},
		"a row in a row":            {second(`<row/>`), damage},
		"text among cells":          {second("secret"), damage},
		"text in a cell":            {second("<c>secret</c>"), damage},
		"a cell among rows":         {`<row/><c r="A1"/>`, damage},
		"a row of another name":     {`<row/><x:row xmlns:x="u"/>`, damage},
		"a cell of another name":    {second(`<x:c xmlns:x="u"><v>1</v></x:c>`), damage},
		"rows out of order":         {`<row r="1"/><row r="3"/><row r="2"/>`, "b.xlsx!S: after row 3: the workbook is damaged"},
		"a row twice":               {`<row r="1"/><row r="1"/>`, damage},
		"row 0":                     {`<row/><row r="0"/>`, damage},
		"a row of no number":        {`<row/><row r="x"/>`, damage},
		"a row too far":             {`<row/><row r="1048577"/>`, damage},
		"a row far too far":         {`<row/><row r="99999999999999999999"/>`, damage},
		"a cell of another row":     {second(`<c r="B2"/>`), damage},
		"a cell without a row":      {second(`<c r="B"/>`), damage},
		"a cell without a column":   {second(`<c r="1"/>`), damage},
		"an empty reference":        {second(`<c r=""/>`), damage},
		"an absolute reference":     {second(`<c r="$B$1"/>`), damage},
		"a column too far":          {second(`<c r="XFE1"/>`), damage},
		"a column far too far":      {second(`<c r="AAAAAAAAAAAAAAAA1"/>`), damage},
		"after the last column":     {second(`<c r="XFD1"/><c/>`), "b.xlsx!S!XFE1: found column 16385; expected at most 16384"},
		"a cell twice":              {second(`<c r="A1"><v>1</v></c>`), "b.xlsx!S!A1: found the cell twice; expected it once"},
		"two values":                {second(`<c><v>1</v><v>2</v></c>`), "b.xlsx!S!B1: found <v> in the cell"},
		"two kinds of values":       {second(`<c t="inlineStr"><is><t>a</t></is><v>2</v></c>`), "b.xlsx!S!B1: found <v> in the cell"},
		"two formulas":              {second(`<c><f>A1</f><f>A1</f></c>`), "b.xlsx!S!B1: found <f> in the cell"},
		"inline of another type":    {second(`<c t="str"><is><t>secret</t></is></c>`), "b.xlsx!S!B1: found a value of another kind than the cell's type"},
		"inline as a value":         {second(`<c t="inlineStr"><v>secret</v></c>`), "b.xlsx!S!B1: found a value of another kind than the cell's type"},
		"an unknown type":           {second(`<c t="x"><v>secret</v></c>`), `b.xlsx!S!B1: found a cell of the type "x"`},
		"no number":                 {second(`<c><v>secret</v></c>`), "b.xlsx!S!B1: found a number that is none"},
		"a number in two":           {second(`<c><v>1 2</v></c>`), "b.xlsx!S!B1: found a number that is none"},
		"NaN":                       {second(`<c><v>NaN</v></c>`), "b.xlsx!S!B1: found a number that is none"},
		"hexadecimal":               {second(`<c><v>0x10</v></c>`), "b.xlsx!S!B1: found a number that is none"},
		"no boolean":                {second(`<c t="b"><v>secret</v></c>`), "b.xlsx!S!B1: found a boolean that is neither 0 nor 1"},
		"an empty index":            {second(`<c t="s"><v/></c>`), "b.xlsx!S!B1: found a cell with a type and an empty value"},
		"an empty boolean":          {second(`<c t="b"><v></v></c>`), "b.xlsx!S!B1: found a cell with a type and an empty value"},
		"an empty error":            {second(`<c t="e"><v> </v></c>`), "b.xlsx!S!B1: found a cell with a type and an empty value"},
		"no such string":            {second(`<c t="s"><v>3</v></c>`), "b.xlsx!S!B1: found a shared string that the workbook does not have"},
		"no index of a string":      {second(`<c t="s"><v>secret</v></c>`), "b.xlsx!S!B1: found a shared string that the workbook does not have"},
		"a string before the first": {second(`<c t="s"><v>-1</v></c>`), "b.xlsx!S!B1: found a shared string that the workbook does not have"},
		"no such style":             {second(`<c s="6"><v>1</v></c>`), "b.xlsx!S!B1: found the style 6, which the workbook does not have"},
		"a style of no number":      {second(`<c s="-1"><v>1</v></c>`), `b.xlsx!S!B1: found the style "-1"; expected a number`},
		"a run within a run":        {second(`<c t="inlineStr"><is><r><r><t>secret</t></r></r></is></c>`), damage},
		"a string of other things":  {second(`<c t="inlineStr"><is><secret/></is></c>`), damage},
		"a string of other's text":  {second(`<c t="inlineStr"><is><x:t xmlns:x="u">secret</x:t></is></c>`), damage},
		"an undeclared prefix":      {second(`<c><x:v>1</x:v></c>`), damage},
		"an attribute twice":        {second(`<c r="B1" r="B1"/>`), damage},
		"an attribute in no quotes": {second(`<c r=B1/>`), damage},
		"a document type":           {`<row/><!DOCTYPE a>`, damage},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := dumpBytes(t, oneSheet(test.rows).zipped(t))
			want := test.want
			if err == nil {
				t.Fatal("no error")
			}
			message := strings.Replace(err.Error(), "after row 0:", "after row 1:", 1) // within the first
			if !strings.HasPrefix(message, want) || !strings.Contains(message, "; expected ") {
				t.Errorf("%v\nwant %s...; expected ...", err, want)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "xlsx.") {
				t.Errorf("the message shows what it should not: %v", err)
			}
		})
	}
}

// An error is final, and so is the end.
func TestRowsAfterTheEnd(t *testing.T) {
	for _, rows := range []string{`<row><c><v>1</v></c></row>`, `<row><c><v>x</v></c></row><row><c><v>1</v></c></row>`} {
		b, err := openBytes(t, oneSheet(rows).zipped(t))
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.Rows("S")
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = r.Next()
		}
		for range 2 {
			if row, again := r.Next(); row != nil || fmt.Sprint(again) != fmt.Sprint(err) {
				t.Errorf("after %v there came %v, %v", err, row, again)
			}
		}
		for range 2 {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		if row, again := r.Next(); row != nil || fmt.Sprint(again) != fmt.Sprint(err) {
			t.Errorf("after %v and the closing there came %v, %v", err, row, again)
		}
	}
}

// What is read holds good whatever comes of the next cells.
func TestMergedAndHidden(t *testing.T) {
	p := oneSheet(`<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3" hidden="0"/><row r="4" hidden="true"/>`)
	sheet := strings.Replace(p["xl/worksheets/sheet1.xml"], "<sheetData>", `<cols><col min="2" max="3" hidden="1"/><col min="4" max="4"/><col min="16384" max="16384" hidden="true"/></cols><sheetData>`, 1)
	sheet = strings.Replace(sheet, "</sheetData>", `</sheetData><mergeCells count="2"><mergeCell ref="A2:B3"/><mergeCell ref="C4"/></mergeCells><drawing xmlns:r="u" r:id="rId1"/>`, 1)
	b, err := openBytes(t, p.with("xl/worksheets/sheet1.xml", sheet).zipped(t))
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Rows("S")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	hidden := ""
	for row, err := r.Next(); err == nil; row, err = r.Next() {
		hidden += fmt.Sprint(row.Number, row.Hidden, " ")
	}
	if got, want := fmt.Sprint(hidden, r.Merged(), r.HiddenColumns()), "2 true 3 false 4 true [A2:B3 C4:C4] [B0:C0 XFD0:XFD0]"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	for name, damage := range map[string]string{
		"merged":  strings.Replace(sheet, "A2:B3", "B3:A2", 1),
		"columns": strings.Replace(sheet, `min="2"`, `min="4"`, 1),
		"twice":   strings.Replace(sheet, "<mergeCells", "<sheetData/><mergeCells", 1),
		"none":    strings.ReplaceAll(sheet, "sheetData", "sheetdata"),
		"root":    strings.ReplaceAll(sheet, "worksheet", "chartsheet"),
		"after":   sheet + "secret",
		"no end":  strings.TrimSuffix(sheet, "</worksheet>"),
	} {
		if _, err := dumpBytes(t, p.with("xl/worksheets/sheet1.xml", damage).zipped(t)); err == nil || !strings.Contains(err.Error(), "the workbook is damaged") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A style whose number format the workbook does not define, as where newer
// programs put it elsewhere, is told of its numbers alone.
func TestUnknownFormat(t *testing.T) {
	book := oneSheet(`<row><c s="1"><v>5</v></c><c s="1" t="str"><v>a</v></c><c s="2"><v>5</v></c></row>`)
	got, err := dumpBytes(t, book.replaced("xl/styles.xml", `<xf numFmtId="164"/>`, `<xf numFmtId="170"/>`).zipped(t))
	if want := "A1 number of an unknown format \"5\"\nB1 text \"a\"\nC1 number datetime \"5\"\n"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}
