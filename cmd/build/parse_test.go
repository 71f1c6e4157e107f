package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/generated"
	"martlet/internal/contract"
	"martlet/internal/delimited"
)

const benchRecords = 400_000

// accounts is a file of user_account, 31 MB of it; quoted has quotes around all
// texts and doubled ones in the emails.
func accounts(quoted bool) []byte {
	b := bytes.NewBufferString("user_id,email,created_timestamp,last_updated,internal_user\n")
	form := "%d,person%d@example.org,2024-04-%02d 11:%02d:54,2023-%02d-08 11:01:%02d,false\n"
	if quoted {
		form = "%d,\"\"\"person\"\" %d@example.org\",\"2024-04-%02d 11:%02d:54\",\"2023-%02d-08 11:01:%02d\",\"false\"\n"
	}
	for i := range benchRecords {
		fmt.Fprintf(b, form, i*7%benchRecords+1_000_000, i, i%28+1, i%60, i%12+1, i%60)
	}
	return b.Bytes()
}

// BenchmarkTypedColumns makes typed columns of a CSV file on one core: the
// generated parser, and what one would write with encoding/csv and strconv.
func BenchmarkTypedColumns(b *testing.B) {
	for _, name := range []string{"plain", "quoted"} {
		text := accounts(name == "quoted")
		for _, reader := range []struct {
			name string
			read func([]byte) int
		}{{"ours", readTyped}, {"encoding_csv", readStandard}} {
			b.Run(name+"/"+reader.name, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					if rows := reader.read(text); rows != benchRecords {
						b.Fatal(rows)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRecords, "ns/record")
			})
		}
	}
}

// readTyped gives the number of rows without a reject.
func readTyped(text []byte) (rows int) {
	source := generated.Project().Sources[0]
	parser := source.NewParser(&contract.Env{Memory: memory.DefaultAllocator, Failures: &contract.Failures{}})
	defer parser.Release()
	r, err := delimited.NewReader(bytes.NewReader(text), "t", source.Dialect)
	if err != nil {
		return -1
	}
	for c, err := r.Next(); err == nil; c, err = r.Next() {
		c.Split()
		var rejects contract.Rejects
		rec, err := parser.Parse(&c.Rows, &rejects)
		if err != nil || r.Place(c) != nil {
			return -1
		}
		rows += int(rec.NumRows()) - len(rejects.Cells)
		rec.Release()
		r.Free(c)
	}
	return rows
}

// readStandard is the same with the standard library, into slices.
func readStandard(text []byte) (rows int) {
	r := csv.NewReader(bytes.NewReader(text))
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil {
		return -1
	}
	const layout = "2006-01-02 15:04:05"
	var ids, created, updated []int64
	var emails []string
	var internal []bool
	for {
		record, err := r.Read()
		if err == io.EOF {
			return min(len(ids), len(emails), len(created), len(updated), len(internal))
		}
		id, badID := strconv.ParseInt(record[0], 10, 64)
		first, badFirst := time.Parse(layout, record[2])
		last, badLast := time.Parse(layout, record[3])
		inside, badBool := strconv.ParseBool(record[4])
		for _, err := range []error{err, badID, badFirst, badLast, badBool} {
			if err != nil {
				return -1
			}
		}
		ids, emails, internal = append(ids, id), append(emails, record[1]), append(internal, inside)
		created, updated = append(created, first.UnixMicro()), append(updated, last.UnixMicro())
	}
}
