package delimited

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"

	"martlet/internal/contract"
)

const benchRecords = 200_000

// benchText is some tens of megabytes of accounts; quoted has quotes around all
// texts and doubled ones in some.
func benchText(quoted bool) []byte {
	text := bytes.NewBufferString("user_id,email,created,updated,internal\n")
	for i := range benchRecords {
		if quoted {
			fmt.Fprintf(text, "%d,\"person%d, \"\"the\"\" one@example.org\",\"2024-04-08 11:01:54\",\"2024-04-08 11:01:54\",\"false\"\n", i, i)
		} else {
			fmt.Fprintf(text, "%d,person%d@example.org,2024-04-08 11:01:54,2024-04-08 11:01:54,false\n", i, i)
		}
	}
	return text.Bytes()
}

// BenchmarkReader is splitting alone, beside encoding/csv's.
func BenchmarkReader(b *testing.B) {
	for _, name := range []string{"plain", "quoted"} {
		text := benchText(name == "quoted")
		b.Run(name+"/ours", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := NewReader(bytes.NewReader(text), "t", contract.Dialect{})
				if err != nil {
					b.Fatal(err)
				}
				for c, err := r.Next(); err == nil; c, err = r.Next() {
					c.Split()
					if err := r.Place(c); err != nil {
						b.Fatal(err)
					}
					r.Free(c)
				}
				if r.Records() != benchRecords {
					b.Fatal(r.Records())
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRecords, "ns/record")
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
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRecords, "ns/record")
		})
	}
}

// No allocation a record once the memory of a few chunks is there.
func TestReaderAllocations(t *testing.T) {
	r, err := NewReader(bytes.NewReader(benchText(true)), "t", contract.Dialect{})
	if err != nil {
		t.Fatal(err)
	}
	step := func() {
		c, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		c.Split()
		r.Free(c)
	}
	for range 20 {
		step()
	}
	if n := testing.AllocsPerRun(20, step); n > 1 {
		t.Errorf("%v allocations a chunk", n)
	}
}
