package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"time"

	"martlet/internal/arrowops"

	"martlet/generated"
	"martlet/internal/contract"
	"martlet/internal/ingest"
	"martlet/internal/scan"
)

// csvGroup is the reading of a CSV file into typed columns, batch by batch.
func csvGroup(rows int) group {
	in := input{name: fmt.Sprintf("%d.csv", rows), rows: rows, make: makeCSV(rows)}
	return group{
		name: fmt.Sprintf("CSV of %s rows to typed columns", grouped(rows)),
		contenders: []contender{
			{name: "martlet, 1 core", input: in, run: reading(rows, scanCSV(1))},
			{name: "martlet, 2 cores", input: in, run: reading(rows, scanCSV(2))},
			{name: "encoding/csv + strconv, 1 core", input: in, run: reading(rows, readStandard)},
			{name: "read and count lines", input: in, run: reading(rows, countLines)},
		},
		columns: []column{rate, wall, cpu, peak, times("encoding/csv + strconv, 1 core"), times("read and count lines")},
	}
}

// scanCSV reads the file as user_account of the sample, by as many workers as
// there are cores.
func scanCSV(cores int) func(path string) (int, error) {
	return func(path string) (rows int, err error) {
		runtime.GOMAXPROCS(cores)
		source := &generated.Project().Sources[0]
		reader, _, err := ingest.OpenSource(path, path, source, 0)
		if err != nil {
			return 0, err
		}
		defer reader.Close()
		env := &contract.Env{Memory: new(arrowops.Pool), Failures: &contract.Failures{}}
		lane := scan.Start(context.Background(), reader, source, env, cores)
		defer lane.Stop()
		for p, bad := lane.Next(); p != nil; p, bad = lane.Next() {
			record, err := p.Record()
			if err := errors.Join(err, bad); err != nil {
				return 0, err
			}
			rows += int(record.NumRows()) - len(p.Rejects.Cells)
			record.Release()
			lane.Free(p)
		}
		return rows, nil
	}
}

// columns are the typed columns of one batch, as one would write them by hand.
type columns struct {
	ids              []int64
	emails           []string
	created, updated []int64
	internal         []bool
}

// readStandard is what one would write with the standard library: records are
// reused, columns kept from batch to batch.
func readStandard(path string) (rows int, err error) {
	runtime.GOMAXPROCS(1)
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	r := csv.NewReader(bufio.NewReaderSize(file, 1<<20))
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil {
		return 0, err
	}
	var c columns
	for {
		record, err := r.Read()
		if err == io.EOF {
			return rows + len(c.ids), nil
		}
		if err == nil {
			err = c.add(record)
		}
		if err != nil {
			return 0, err
		}
		if len(c.ids) == contract.BatchRows {
			rows += len(c.ids)
			c = columns{c.ids[:0], c.emails[:0], c.created[:0], c.updated[:0], c.internal[:0]}
		}
	}
}

func (c *columns) add(record []string) error {
	id, err := strconv.ParseInt(record[0], 10, 64)
	if err != nil {
		return err
	}
	created, err := time.Parse(time.DateTime, record[2])
	if err != nil {
		return err
	}
	updated, err := time.Parse(time.DateTime, record[3])
	if err != nil {
		return err
	}
	internal, err := strconv.ParseBool(record[4])
	if err != nil {
		return err
	}
	c.ids, c.emails = append(c.ids, id), append(c.emails, record[1])
	c.created, c.updated = append(c.created, created.UnixMicro()), append(c.updated, updated.UnixMicro())
	c.internal = append(c.internal, internal)
	return nil
}

// countLines is the floor: it reads the bytes and looks for line ends.
func countLines(path string) (rows int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	block := make([]byte, 1<<20)
	for {
		n, err := file.Read(block)
		rows += bytes.Count(block[:n], []byte{'\n'})
		if err == io.EOF {
			return rows - 1, nil
		}
		if err != nil {
			return 0, err
		}
	}
}
