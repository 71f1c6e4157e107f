package main

import (
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/examples/shop/generated"
	"martlet/internal/contract"
	"martlet/internal/ingest"
)

// TestGeneratedCodeGivesMemoryBack drives the generated parsers, transforms and
// validators by hand, batches cut at odd places, and counts what they allocate.
func TestGeneratedCodeGivesMemoryBack(t *testing.T) {
	for _, rows := range []int64{1, 3, contract.BatchRows} {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		d := &driver{
			t: t, env: &contract.Env{Memory: mem, Failures: new(contract.Failures)},
			rows: rows, batches: map[string][]contract.Batch{}, out: map[string]int64{},
		}
		d.drive(generated.Project())
		d.release()
		mem.AssertSize(t, 0)
		for model, want := range map[string]int64{"customers_current": 10, "order_lines_priced": 33, "order_summary": 16, "category_months": 22, "customer_value": 10} {
			if d.out[model] != want {
				t.Errorf("in batches of %d rows %s has %d rows, want %d", rows, model, d.out[model], want)
			}
		}
	}
}

// driver computes every node once and keeps its batches.
type driver struct {
	t       *testing.T
	env     *contract.Env
	rows    int64 // at most, in the batches handed to models
	batches map[string][]contract.Batch
	out     map[string]int64
}

func (d *driver) drive(p *contract.Project) {
	for i := range p.Sources {
		d.source(&p.Sources[i], i)
	}
	for i := range p.Models {
		d.model(&p.Models[i])
	}
	for _, r := range p.Relationships {
		check := r.New(d.env)
		var result contract.TestResult
		for _, b := range d.batches[r.Child] {
			check.AddChild(b, &result)
		}
		for _, b := range d.batches[r.Parent] {
			check.AddParent(b)
		}
		check.Finish(&result)
	}
}

func (d *driver) source(s *contract.Source, file int) {
	path := filepath.Join("..", "..", filepath.FromSlash(s.Seed))
	reader, _, err := ingest.OpenSource(path, s.Seed, s, file)
	if err != nil {
		d.t.Fatal(err)
	}
	defer reader.Close()
	parser := s.NewParser(d.env)
	defer parser.Release()
	for {
		chunk, err := reader.Next()
		if err != nil {
			return
		}
		chunk.Split()
		if err := reader.Place(chunk); err != nil {
			d.t.Fatal(err)
		}
		rows := &chunk.Rows
		var rejects contract.Rejects
		rec, err := parser.Parse(rows, &rejects)
		if err != nil || len(rejects.Cells) > 0 {
			d.t.Fatalf("%s: %v %v", s.Name, err, rejects.Cells)
		}
		origins := make([]contract.Origin, rows.Len())
		for i := range origins {
			origins[i] = rows.Origin(i)
		}
		d.keep(&s.Node, contract.Batch{Record: rec, Origins: origins})
		reader.Free(chunk)
	}
}

func (d *driver) model(m *contract.Model) {
	inputs := m.Inputs()
	_, err := m.Drive(d.env, contract.BatchRows, func(input int, step func(contract.Batch) error) error {
		for _, b := range d.batches[inputs[input]] {
			if err := step(b); err != nil {
				return err
			}
		}
		return nil
	}, func(b contract.Batch) error {
		b.Retain()
		d.keep(&m.Node, b)
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// keep tests a batch, cuts it into pieces of at most d.rows rows and keeps them.
func (d *driver) keep(n *contract.Node, b contract.Batch) {
	defer b.Release()
	if n.NewValidator != nil {
		v, results := n.NewValidator(d.env), make([]contract.TestResult, len(n.Tests))
		v.Check(b, results)
		v.Follow(b, results)
	}
	if n.NewRepeats != nil {
		n.NewRepeats(d.env).Add(b, make([]contract.TestResult, len(n.Tests)))
	}
	total := b.Record.NumRows()
	d.out[n.Name] += total
	for lo := int64(0); lo < total; lo += d.rows {
		hi := min(lo+d.rows, total)
		d.batches[n.Name] = append(d.batches[n.Name], contract.Batch{Record: b.Record.NewSlice(lo, hi), Origins: b.Origins[lo:hi]})
	}
}

func (d *driver) release() {
	for _, batches := range d.batches {
		for _, b := range batches {
			b.Release()
		}
	}
}
