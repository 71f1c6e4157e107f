package pipeline

import "martlet/internal/ingest"

// seedFile is one file that a source is read from.
type seedFile struct {
	node *node
	ingest.SeedResult
}

// convertSeeds brings the seeds of sources up to date with their workbooks, and
// gives the files to read: the sources in their order, the files of each in
// the order in which they are read. All problems are reported at once.
func convertSeeds(root string, sources []*node, force bool) ([]seedFile, error) {
	specs := make([]ingest.SeedSpec, len(sources))
	byName := map[string]*node{}
	for i, n := range sources {
		s := n.source
		specs[i] = ingest.SeedSpec{Source: n.Name, Workbook: s.Workbook, Sheet: s.Sheet, Seed: s.Seed, Columns: n.Columns}
		byName[n.Name] = n
	}
	results, err := ingest.Seeds(root, specs, force)
	if err != nil {
		return nil, err
	}
	files := make([]seedFile, len(results))
	for i, result := range results {
		files[i] = seedFile{node: byName[result.Source], SeedResult: result}
	}
	return files, nil
}
