package pipeline

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/delimited"
)

// places says where a record came from: in its seed, and in the workbook that
// the seed was made from. The line costs a reading of the seed, so it is looked
// up for many records at once, and only where something is to be reported.
type places struct {
	root  string
	files []seedFile // by their index in an Origin
	lines map[contract.Origin]int
}

func newPlaces(root string) *places {
	return &places{root: root, lines: map[contract.Origin]int{}}
}

// known says whether o names a record of a file of this run.
func (p *places) known(o contract.Origin) bool {
	return o.Record() > 0 && o.File() >= 0 && o.File() < len(p.files)
}

// locate looks up the lines of records. Those of a file that was changed
// meanwhile are not found; they are named by their numbers instead.
func (p *places) locate(origins []contract.Origin) {
	wanted := map[int][]int64{}
	for _, o := range origins {
		if _, found := p.lines[o]; !found && p.known(o) {
			wanted[o.File()] = append(wanted[o.File()], o.Record())
		}
	}
	for file, records := range wanted {
		slices.Sort(records)
		records = slices.Compact(records)
		f := &p.files[file]
		lines, err := delimited.Locate(filepath.Join(p.root, filepath.FromSlash(f.Path)), f.node.source.Dialect, records)
		if err != nil {
			continue
		}
		for i, record := range records {
			p.lines[contract.MakeOrigin(file, record)] = lines[i]
		}
	}
}

// line names a record's place in its seed: "seeds/user_account.csv:17".
func (p *places) line(o contract.Origin) string {
	if !p.known(o) {
		return "an unknown place"
	}
	path := p.files[o.File()].Path
	if line, found := p.lines[o]; found {
		return fmt.Sprintf("%s:%d", path, line)
	}
	return fmt.Sprintf("%s, record %d", path, o.Record())
}

// of names a record's place in its seed and, where that was made from a
// workbook, the cell there: "seeds/user_account.csv:17
// (raw_data/ae_sample_db.xlsx!user_account!B17)". The cell is that of a column
// of n which the record's own source has, or which is computed from one that it
// has; else the first of the row.
func (p *places) of(o contract.Origin, n *node, column string) string {
	return p.records([]field{p.field(o, n, column)})[0]
}

// field is the field of a record that a column of n stems from, the record being
// of a file of its own source; the first where it is not one of them alone.
func (p *places) field(o contract.Origin, n *node, column string) field {
	if !p.known(o) {
		return field{origin: o}
	}
	source := p.files[o.File()].node
	f := field{source: source, origin: o}
	if i := source.origin(n, column); i < len(source.Columns) {
		f.column = source.Columns[i].Name
	}
	return f
}

// records names the places of fields, one a record: its line, and the cells.
func (p *places) records(fields []field) (list []string) {
	var done []contract.Origin
	for _, f := range fields {
		if slices.Contains(done, f.origin) {
			continue
		}
		done = append(done, f.origin)
		place, cells := p.line(f.origin), []string(nil)
		for _, other := range fields {
			if other.origin != f.origin || other.source == nil {
				continue
			}
			cell := p.cell(f.origin, other.source.at(other.column))
			if len(cells) > 0 { // the sheet is named once
				cell = cell[strings.LastIndexByte(cell, '!')+1:]
			}
			if cell != "" && !slices.ContainsFunc(cells, func(c string) bool { return c == cell || strings.HasSuffix(c, "!"+cell) }) {
				cells = append(cells, cell)
			}
		}
		if len(cells) > 0 {
			place += " (" + strings.Join(cells, ", ") + ")"
		}
		list = append(list, place)
	}
	return list
}

// cell names the cell of the workbook that a field of a record was made from:
// "raw_data/ae_sample_db.xlsx!user_account!B17"; of a whole record, noColumn,
// the row's first. It is "" where the record has none.
func (p *places) cell(o contract.Origin, column int) string {
	if !p.known(o) {
		return ""
	}
	file := &p.files[o.File()]
	cell := file.Cell(max(column, 0), o.Record())
	if cell == "" {
		return ""
	}
	s := file.node.source
	return fmt.Sprintf("%s!%s!%s", s.Workbook, s.Sheet, cell)
}

// where names the one place at which a field, or a whole record, is to be mended:
// in the workbook, as the seed is written anew from it, and in the file else.
func (p *places) where(o contract.Origin, column int) string {
	if cell := p.cell(o, column); cell != "" {
		return cell
	}
	return p.line(o)
}

// origin is the index of the column of source n that a column of m, which may
// be n itself, stems from; 0 where it is not one of them alone.
func (n *node) origin(m *node, column string) int {
	if m == nil {
		return 0
	}
	for i := range m.Columns {
		if m != n && m.Columns[i].Name == column && len(m.Columns[i].Lineage) == 1 {
			if source, name, _ := strings.Cut(m.Columns[i].Lineage[0], "."); source == n.Name {
				return n.origin(n, name)
			}
		}
		if m == n && m.Columns[i].Name == column {
			return i
		}
	}
	return 0
}
