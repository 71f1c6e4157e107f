package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

const (
	publishedArrow = "out/current/mart_users_marketing.arrow"
	publishedCSV   = "out/current/mart_users_marketing.csv"
)

// What is published is what a full refresh gives, and nothing of the comparison stays.
func TestVerify(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.run("verify"), 2, "nothing is published there")
	s.expect(s.build(), 0)
	s.expect(s.run("verify"), 0, "is what a full refresh gives")
	s.expect(s.run("--as-of", "2024-06-01"), 0, "Incremental: no new record.")
	before := s.tree("target")
	s.expect(s.run("verify", "--threads", "1"), 0, "is what a full refresh gives")
	if after := s.tree("target"); len(after) != len(before) {
		t.Errorf("verify left something: %v", after)
	}
}

// Published files that differ are told, the first rows of theirs by key and column,
// and nothing personal.
func TestVerifyFindsDifferences(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	csv := s.read(publishedCSV)
	s.write(publishedCSV, csv+"more\n")
	s.expect(s.run("verify"), 1, "mart_users_marketing.csv differs.")
	s.write(publishedCSV, csv)
	s.expect(s.run("verify"), 0)

	s.rewrite(publishedArrow, func(rec arrow.Record) arrow.Record {
		opted := array.NewBooleanBuilder(memory.DefaultAllocator)
		emails := array.NewStringBuilder(memory.DefaultAllocator)
		for range rec.NumRows() {
			opted.Append(true)
			emails.Append("someone@else.org")
		}
		columns := append([]arrow.Array{}, rec.Columns()...)
		columns[1], columns[9] = emails.NewArray(), opted.NewArray()
		changed := array.NewRecord(rec.Schema(), columns, rec.NumRows())
		return changed.NewSlice(1, changed.NumRows())
	})
	got := s.run("verify")
	s.expect(got, 1, "mart_users_marketing.arrow differs.", "a full refresh has 1 row more, 0 less and 947 with other values",
		"user_opt_in_marketing: published true, refreshed false", "email: published <redacted>, refreshed <redacted>", ": not published")
	if strings.Contains(got.stdout, "@") {
		t.Errorf("an address is shown:\n%s", got.stdout)
	}
}

// Sources that have changed since cannot be held against what is published.
func TestVerifyOtherInputs(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	s.write("seeds/country.csv", s.read("seeds/country.csv")+"XK,Kosovo\n")
	s.expect(s.run("verify"), 2, "was published from other inputs or by another schema", "run build, then verify")
	s.expect(s.build(), 0, "Incremental: 1 file with new records.")
	s.expect(s.run("verify"), 0)
}

// rewrite writes an Arrow file again with other rows.
func (s *site) rewrite(name string, change func(arrow.Record) arrow.Record) {
	s.t.Helper()
	r, err := ipc.NewFileReader(bytes.NewReader([]byte(s.read(name))))
	if err != nil {
		s.t.Fatal(err)
	}
	f, err := os.Create(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	w, err := ipc.NewFileWriter(f, ipc.WithSchema(r.Schema()))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range r.NumRecords() {
		rec, err := r.RecordAt(i)
		if err != nil {
			s.t.Fatal(err)
		}
		if err := w.Write(change(rec)); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
}
