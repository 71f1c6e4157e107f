package diag

import (
	"fmt"
	"strings"
)

// String is file:line:col, as far as each is known.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.File == "":
		return fmt.Sprintf("%d:%d", p.Line, p.Col)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Compare orders places by file, line and column.
func (p Pos) Compare(q Pos) int {
	if c := strings.Compare(p.File, q.File); c != 0 {
		return c
	}
	if p.Line != q.Line {
		return p.Line - q.Line
	}
	return p.Col - q.Col
}

// Text is the diagnostic without its position:
//
//	model "mart", column "x": message (did you mean "y"?) [code]
//	    help
func (d Diagnostic) Text() string {
	var b strings.Builder
	if d.Path != "" {
		b.WriteString(d.Path)
		b.WriteString(": ")
	}
	b.WriteString(d.Message)
	if d.Suggestion != "" {
		fmt.Fprintf(&b, " (did you mean %q?)", d.Suggestion)
	}
	if d.Code != "" {
		fmt.Fprintf(&b, " [%s]", d.Code)
	}
	if d.Help != "" {
		for line := range strings.SplitSeq(d.Help, "\n") {
			b.WriteString("\n    ")
			b.WriteString(line)
		}
	}
	return b.String()
}

// String is the diagnostic as people and editors read it, position first.
func (d Diagnostic) String() string {
	if at := d.Pos.String(); at != "" {
		return at + ": " + d.Text()
	}
	return d.Text()
}
