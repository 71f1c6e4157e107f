package schema

import (
	"fmt"
	"strings"
)

// rowsOfCSV reads rows written as CSV: a header, then a line a row, by the rules
// of a seed in RFC 4180. Lines may be indented, all as the header is.
func (r *reader) rowsOfCSV(text Text, path string) *Rows {
	rows := &Rows{Pos: text.Pos}
	s := &csvScanner{text: text.Value}
	s.indent = s.text[:len(s.text)-len(strings.TrimLeft(s.text, " \t"))]
	bad := func(at int, path, message, help string) *Rows {
		r.report(text.At(at), path, problem{code: BadRows, message: message, help: help})
		return rows
	}
	if s.done() {
		return bad(0, path, "csv: expected a header and rows, found nothing", "write the header alone for no rows")
	}
	header, problem := s.record()
	if problem != nil {
		return bad(problem.at, path, problem.message, problem.help)
	}
	taken := names{}
	for _, f := range header {
		name := Text{Value: f.text, Pos: text.At(f.at)}
		taken.add(r, name, name.Pos, path, "column", "")
		rows.Columns = append(rows.Columns, name)
	}
	for !s.done() {
		start, rowPath := s.at, RowPath(path, len(rows.Rows)+1)
		fields, problem := s.record()
		if problem != nil {
			return bad(problem.at, rowPath, problem.message, problem.help)
		}
		row := &Row{Pos: text.At(fields[0].at)}
		rows.Rows = append(rows.Rows, row)
		if len(fields) != len(header) {
			bad(start, rowPath, fmt.Sprintf("csv: expected %d fields, as the header has, found %d", len(header), len(fields)), "")
			continue
		}
		for i, f := range fields {
			if f.text == "" && !f.quoted {
				continue // null
			}
			row.Cells = append(row.Cells, Cell{Column: rows.Columns[i], Field: true,
				Value: Value{Pos: text.At(f.at), Any: f.text, Text: f.text}})
		}
	}
	return rows
}

// csvField is one field and where it begins in the text.
type csvField struct {
	at     int
	text   string
	quoted bool
}

type csvProblem struct {
	at            int
	message, help string
}

type csvScanner struct {
	text   string
	at     int
	indent string // of every line
}

// done says whether nothing is left but the white space before the closing quotes.
func (s *csvScanner) done() bool { return strings.Trim(s.text[s.at:], " \t") == "" }

// record reads one record and its line end.
func (s *csvScanner) record() ([]csvField, *csvProblem) {
	if strings.HasPrefix(s.text[s.at:], s.indent) {
		s.at += len(s.indent)
	}
	var fields []csvField
	for {
		f, problem := s.field()
		if problem != nil {
			return nil, problem
		}
		fields = append(fields, f)
		switch rest := s.text[s.at:]; {
		case rest == "":
			return fields, nil
		case rest[0] == ',':
			s.at++
		default:
			s.at += lineEnd(rest)
			return fields, nil
		}
	}
}

// lineEnd is how long the line end is that s begins with, 0 where with none.
func lineEnd(s string) int {
	switch {
	case strings.HasPrefix(s, "\r\n"):
		return 2
	case strings.HasPrefix(s, "\n"):
		return 1
	}
	return 0
}

// field reads one field, up to the comma, the line end or the end.
func (s *csvScanner) field() (csvField, *csvProblem) {
	f := csvField{at: s.at}
	if strings.HasPrefix(s.text[s.at:], `"`) {
		return s.quoted()
	}
	for s.at < len(s.text) && s.text[s.at] != ',' && lineEnd(s.text[s.at:]) == 0 {
		if s.text[s.at] == '"' {
			return f, &csvProblem{s.at, "csv: found a quote inside a field that does not begin with one", `put the field in quotes, and double those in it: "6"" pipe"`}
		}
		s.at++
	}
	f.text = s.text[f.at:s.at]
	return f, nil
}

// quoted reads a field in quotes.
func (s *csvScanner) quoted() (csvField, *csvProblem) {
	f := csvField{at: s.at, quoted: true}
	var text strings.Builder
	for s.at++; ; s.at++ {
		end := strings.IndexByte(s.text[s.at:], '"')
		if end < 0 {
			return f, &csvProblem{f.at, "csv: the quote that begins this field is not closed", ""}
		}
		text.WriteString(s.text[s.at : s.at+end])
		s.at += end + 1
		if !strings.HasPrefix(s.text[s.at:], `"`) {
			break
		}
		text.WriteByte('"')
	}
	if rest := s.text[s.at:]; rest != "" && rest[0] != ',' && lineEnd(rest) == 0 {
		return f, &csvProblem{s.at, "csv: expected a comma or the line's end after the closing quote, found " + fmt.Sprintf("%q", rest[:1]), "double the quotes that belong to the text"}
	}
	f.text = text.String()
	return f, nil
}
