package pipeline

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/ingest"
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
		lines, err := ingest.Locate(filepath.Join(p.root, filepath.FromSlash(p.files[file].Path)), records)
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
	if !p.known(o) {
		return p.line(o)
	}
	cell := p.cell(o, p.files[o.File()].node.origin(n, column))
	if cell == "" {
		return p.line(o)
	}
	return fmt.Sprintf("%s (%s)", p.line(o), cell)
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
