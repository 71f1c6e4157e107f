package report

import (
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Heading is the head of one column of a table.
type Heading struct {
	Title  string
	Number bool // right-aligned
}

// WriteTable writes rows in aligned columns, without borders.
func WriteTable(w io.Writer, headings []Heading, rows [][]string) error {
	t := table.NewWriter()
	t.SetStyle(plain())
	t.SuppressTrailingSpaces()
	head := make(table.Row, len(headings))
	configs := make([]table.ColumnConfig, len(headings))
	for i, h := range headings {
		head[i] = h.Title
		align := text.AlignLeft
		if h.Number {
			align = text.AlignRight
		}
		configs[i] = table.ColumnConfig{Number: i + 1, Align: align, AlignHeader: align}
	}
	t.AppendHeader(head)
	t.SetColumnConfigs(configs)
	for _, cells := range rows {
		row := make(table.Row, len(cells))
		for i, cell := range cells {
			row[i] = cell
		}
		t.AppendRow(row)
	}
	_, err := io.WriteString(w, t.Render()+"\n")
	return err
}

// plain separates columns by two spaces and nothing else.
func plain() table.Style {
	s := table.StyleDefault
	s.Name = "plain"
	s.Options = table.OptionsNoBordersAndSeparators
	s.Box.PaddingLeft = ""
	s.Box.PaddingRight = "  "
	s.Format.Header = text.FormatDefault
	return s
}

// Count writes n with a comma between thousands: 1,234,567.
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, groups...), ",")
}

// Plural writes "1 file", "2 files".
func Plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + one + "s"
}

// Size writes a number of bytes in a unit that suits it.
func Size(bytes int64) string {
	if bytes < 1000 {
		return Plural(bytes, "byte")
	}
	size, units := float64(bytes), []string{"kB", "MB", "GB", "TB", "PB", "EB"}
	for i, unit := range units {
		size /= 1000
		if size < 999.95 || i == len(units)-1 {
			return strconv.FormatFloat(size, 'f', 1, 64) + " " + unit
		}
	}
	panic("unreachable")
}

// maxShown bounds, in characters, a value that comes from the data.
const maxShown = 60

// Printable makes a value from the data fit to show on a terminal: in quotes
// with escapes where it has characters that do not print or spaces that would
// go unseen, and cut where it is long.
func Printable(s string) string {
	if utf8.RuneCountInString(s) > maxShown {
		s = string([]rune(s)[:maxShown]) + "…"
	}
	shy := s == "" || s != strings.TrimSpace(s) || strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsPrint(r) || r == utf8.RuneError || r == '"'
	})
	if shy {
		return strconv.Quote(s)
	}
	return s
}
