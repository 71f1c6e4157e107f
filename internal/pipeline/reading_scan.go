package pipeline

import (
	"context"
	"errors"
	"slices"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/delimited"
	"martlet/internal/scan"
)

// scan reads the files of a source for the records that are asked for, those among
// them that were rejected too.
func (r *reading) scan(n *node, d demand) (*rowSet, error) {
	s := &rowSet{node: n, demand: d}
	p := newPicker(n, d)
	for i := range r.places.files {
		if r.places.files[i].node != n {
			continue
		}
		if err := r.scanFile(s, p, i); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (r *reading) scanFile(s *rowSet, p *picker, index int) error {
	f := &r.places.files[index]
	in, _, err := openInput(r.settings.root, *f, index, nil)
	if err != nil {
		return err
	}
	defer func() { _ = in.reader.Close() }() // it was only read
	l := scan.Start(r.ctx, in.reader, f.node.source, r.env, r.settings.threads)
	defer l.Stop()
	for {
		piece, bad := l.Next()
		if piece == nil {
			return context.Cause(r.ctx)
		}
		err := r.pickOf(s, p, f, index, piece)
		l.Free(piece)
		if err != nil {
			return blame(f.node, err)
		}
		if bad == nil {
			continue
		}
		var broken *delimited.DataError
		if !errors.As(bad, &broken) {
			return blame(f.node, bad)
		}
		r.cut[index] = broken
		return nil
	}
}

// pickOf adds the records of a piece that are asked for.
func (r *reading) pickOf(s *rowSet, p *picker, f *seedFile, index int, piece *scan.Piece) error {
	record, err := piece.Record()
	if err != nil {
		return err
	}
	defer record.Release()
	rows := &piece.Chunk.Rows
	cells := withFaults(piece.Rejects.Cells, f.Faults, rows)
	sortCells(cells)
	if p.finder != nil {
		for _, x := range piece.Chunk.Ragged {
			s.unread.add(contract.MakeOrigin(index, x.Record))
		}
		s.unread.addOf(rows, cells, p.finder.at)
	}
	picked := p.pick(nil, record, rows.Origin)
	if len(picked) == 0 {
		return nil
	}
	isBad := func(i int) bool {
		_, bad := slices.BinarySearchFunc(cells, i, func(c contract.Reject, row int) int { return c.Row - row })
		return bad
	}
	taken := func(some []int) contract.Batch {
		b := contract.Batch{Record: arrowops.Take(r.mem, record, some)}
		for _, i := range some {
			b.Origins = append(b.Origins, rows.Origin(i))
		}
		return b
	}
	for _, i := range picked {
		if isBad(i) {
			if err := r.reject(s, taken([]int{i}), entriesOf(f.node, rows, cells, i)); err != nil {
				return err
			}
		}
	}
	picked = slices.DeleteFunc(picked, isBad)
	if len(picked) == 0 {
		return nil
	}
	return r.keep(s, taken(picked))
}

// entriesOf are the rejects of one of the rows.
func entriesOf(n *node, rows *contract.Rows, cells []contract.Reject, row int) (list []entry) {
	for _, c := range cells {
		if c.Row == row {
			list = append(list, cellEntry(n, rows, c))
		}
	}
	return list
}

// reject adds a record that was rejected; it takes the batch over.
func (r *reading) reject(s *rowSet, b contract.Batch, cells []entry) error {
	alone := &rowSet{node: s.node}
	if err := r.keep(alone, b); err != nil {
		return err
	}
	s.rejected = append(s.rejected, rejectedRecord{row: row{alone, 0, 0}, cells: cells})
	return nil
}
