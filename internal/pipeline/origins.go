package pipeline

import (
	"fmt"
	"path/filepath"
	"slices"

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
// workbook, there: "seeds/user_account.csv:17 (raw_data/ae_sample_db.xlsx!user_account,
// row 16 below the header)".
func (p *places) of(o contract.Origin) string {
	if !p.known(o) {
		return p.line(o)
	}
	s := p.files[o.File()].node.source
	if s.Workbook == "" {
		return p.line(o)
	}
	return fmt.Sprintf("%s (%s!%s, row %d below the header)", p.line(o), s.Workbook, s.Sheet, o.Record())
}
