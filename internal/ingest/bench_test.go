package ingest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"

	"martlet/internal/contract"
)

const benchRecords = 400_000

// benchText is some tens of megabytes of accounts; quoted has quotes around all texts
// and doubled ones in some.
func benchText(quoted bool) ([]byte, []contract.Column) {
	text := bytes.NewBufferString("user_id,email,created,updated,internal\n")
	for i := range benchRecords {
		if quoted {
			fmt.Fprintf(text, "%d,\"person%d, \"\"the\"\" one@example.org\",\"2024-04-08 11:01:54\",\"2024-04-08 11:01:54\",\"false\"\n", i, i)
		} else {
			fmt.Fprintf(text, "%d,person%d@example.org,2024-04-08 11:01:54,2024-04-08 11:01:54,false\n", i, i)
		}
	}
	return text.Bytes(), declare("user_id", "email", "created", "updated", "internal")
}

func BenchmarkReader(b *testing.B) {
	for name, quoted := range map[string]bool{"plain": false, "quoted": true} {
		text, columns := benchText(quoted)
		b.Run(name+"/ours", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := NewReader(bytes.NewReader(text), "t", columns, 0)
				for err == nil {
					var rows *contract.Rows
					if rows, err = r.Next(); err == nil {
						r.Free(rows)
					}
				}
				if err != io.EOF || r.Records() != benchRecords {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/encoding_csv", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r := csv.NewReader(bytes.NewReader(text))
				r.ReuseRecord = true
				var err error
				for err == nil {
					_, err = r.Read()
				}
				if err != io.EOF {
					b.Fatal(err)
				}
			}
		})
	}
}

// No allocation a record once the memory of a run is there.
func TestReaderAllocations(t *testing.T) {
	text, columns := benchText(true)
	r, err := NewReader(bytes.NewReader(text), "t", columns, 0)
	if err != nil {
		t.Fatal(err)
	}
	step := func() {
		rows, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		r.Free(rows)
	}
	for range 6 {
		step()
	}
	if n := testing.AllocsPerRun(20, step); n > 1 {
		t.Errorf("%v allocations a run of records", n)
	}
}
