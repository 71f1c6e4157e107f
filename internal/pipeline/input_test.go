package pipeline

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"golang.org/x/text/encoding/unicode"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
	"martlet/internal/ingest"
	"martlet/internal/scan"
	"martlet/internal/value"
)

// However many threads there are, the same rows are read, the same rejected, and
// the file ends for the same reason.
func TestThreadsDoNotShowInWhatIsWrong(t *testing.T) {
	var good strings.Builder
	good.WriteString("id,email,n\n")
	for i := range 30_000 {
		switch i % 1000 {
		case 17:
			fmt.Fprintf(&good, "x%d,\"two\nlines\",1\n", i)
		case 18, 19:
			fmt.Fprintf(&good, "%d\n", i)
		case 20:
			fmt.Fprintf(&good, "%d,caf\xe9,1\n", i)
		default:
			fmt.Fprintf(&good, "%d,\"a \"\"person\"\"\",%d\n", i, i%500+100)
		}
	}
	more := strings.Repeat("1,\"\",x\n2\n3,\"\n\",4\n", 10_000)
	for name, test := range map[string]struct {
		text   string
		status int
		said   string
	}{
		"as it is":      {good.String(), exitBadData, "120 records rejected"},
		"a bare quote":  {good.String() + "5,x\"y,6\n" + more, exitBadData, "120 records rejected, 30 bad cells, 1 file not read to the end"},
		"an open quote": {good.String() + "5,\"xy,6\n", exitBadData, "found a quote that is never closed"},
		"behind one":    {good.String() + "5,\"x\"y,6\n" + more, exitBadData, "found text behind the closing quote"},
		"a NUL":         {good.String() + "5,\x00,6\n" + more, exitImpeded, "users.csv:30032: found a NUL byte"},
		"too ragged":    {good.String() + strings.Repeat("2\n", 100_000) + more, exitBadData, "more than 100000 records that are no rows"},
	} {
		t.Run(name, func(t *testing.T) {
			var want []string
			for _, threads := range []string{"1", "2", "8"} {
				d := onDisk(t, map[string]string{"users": test.text})
				d.expect(d.build("--threads", threads), test.status, test.said)
				_, results, _ := strings.Cut(d.stdout.String(), "\n\n") // behind the table, which has times
				results, _, _ = strings.Cut(results, "Nothing was published")
				got := []string{d.text("target/rejects/users.csv"), strings.ReplaceAll(results, d.root, ""), strings.ReplaceAll(d.stderr.String(), d.root, "")}
				if want == nil {
					want = got
				}
				for i := range got {
					if got[i] != want[i] {
						t.Errorf("%s threads: part %d differs:\n%.2000s\nwant\n%.2000s", threads, i, got[i], want[i])
					}
				}
			}
		})
	}
}

// A source's files are read in the dialect that it declares, whole or not at all.
func TestSourcesInOtherDialects(t *testing.T) {
	d := onDisk(t, nil)
	d.expect(d.build(), exitDone)
	want := d.text("out/mart.csv")

	text := strings.ReplaceAll(d.text("seeds/users.csv"), ",", ";")
	wide, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(text, "\n", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = io.WriteString(z, wide)
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	users := &d.project.Sources[0]
	users.Seed, users.Dialect = "extracts/users_*.csv.gz", contract.Dialect{Delimiter: ';', Encoding: "utf-16"}
	d.write("extracts/users_1.csv.gz", packed.String())
	d.expect(d.build(), exitDone)
	if got := d.text("out/mart.csv"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	d.write("extracts/users_1.csv.gz", packed.String()[:packed.Len()-3])
	d.expect(d.build(), exitImpeded, "extracts/users_1.csv.gz: the file cannot be read: found damaged or truncated gzip")
}

func TestExtraColumnsArePassedOverWithANote(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "shoe,n,id,email,size\n1,1,1,a@x,2\n"})
	d.expect(d.build(), exitImpeded, `seeds/users.csv:1: column 1: the column "shoe" is not declared`)
	d.project.Sources[0].ExtraColumns = true
	d.expect(d.build(), exitBadData, "seeds/users.csv: columns that are not declared are passed over: shoe, size") // an event has no user
	if strings.Contains(d.stderr.String(), "events.csv: columns") {
		t.Errorf("said of events:\n%s", d.stderr.String())
	}
}

// quickParser parses the fixture's columns as generated code does.
type quickParser struct {
	ids, ns *arrowops.Builder[int64]
	emails  *arrowops.StringBuilder
}

func newQuickParser(env *contract.Env) contract.Parser {
	return &quickParser{
		ids: arrowops.NewBuilder[int64](env.Memory, arrow.PrimitiveTypes.Int64), ns: arrowops.NewBuilder[int64](env.Memory, arrow.PrimitiveTypes.Int64),
		emails: arrowops.NewStringBuilder(env.Memory),
	}
}

func (p *quickParser) Release() {
	p.ids.Release()
	p.ns.Release()
	p.emails.Release()
}

func (p *quickParser) Parse(rows *contract.Rows, rejects *contract.Rejects) (arrow.Record, error) {
	for j, out := range []*arrowops.Builder[int64]{p.ids, nil, p.ns} {
		if out == nil {
			continue
		}
		values := out.Extend(rows.Len())
		for i, field := range rows.Fields(j).Int64s(values) {
			v, err := value.ParseInt64(field)
			if err != nil {
				rejects.Add(i, j, err)
			}
			values[i] = v
		}
	}
	for i := range p.emails.Extend(rows.Fields(1)) {
		p.emails.SetNull(i)
	}
	return contract.NewRecord(rowSchema(), p.ids.NewArray(), p.emails.NewArray(), p.ns.NewArray()), nil
}

// BenchmarkLane reads a file with several workers: one reads, so that two cores
// are best used by two workers.
func BenchmarkLane(b *testing.B) {
	const records = 300_000
	var text strings.Builder
	text.WriteString("id,email,n\n")
	for i := range records {
		fmt.Fprintf(&text, "%d,person%d@example.org,%d\n", i+10_000_000, i, i*7919%100_000)
	}
	path := filepath.Join(b.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	source := &fixture().Sources[0]
	source.NewParser = newQuickParser
	env := &contract.Env{Memory: memory.DefaultAllocator}
	for _, threads := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				reader, _, err := ingest.OpenSource(path, "x.csv", source, 0)
				if err != nil {
					b.Fatal(err)
				}
				l := scan.Start(context.Background(), reader, source, env, threads)
				rows := 0
				for p, bad := l.Next(); p != nil; p, bad = l.Next() {
					record, err := p.Record()
					if err := errors.Join(err, bad); err != nil {
						b.Fatal(err)
					}
					rows += int(record.NumRows())
					record.Release()
					l.Free(p)
				}
				l.Stop()
				if err := reader.Close(); err != nil || rows != records {
					b.Fatal(rows, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/row")
		})
	}
}
