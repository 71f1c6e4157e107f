package value

import (
	"bytes"
	"iter"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

// naiveClock reads 2024-04-08 11:01:54 with the standard library.
func naiveClock(text string) (micros int64, ok bool) {
	if !stampForm.MatchString(text) {
		return 0, false
	}
	layout := "2006-01-02 15:04:05"
	if text[10] == 'T' {
		layout = "2006-01-02T15:04:05"
	}
	at, err := time.Parse(layout, text)
	return at.UnixMicro(), err == nil && at.Year() > 0
}

var (
	stampForm  = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}$`)
	digitsForm = regexp.MustCompile(`^[0-9]{1,16}$`)
)

func mustClock(t rapid.TB, text []byte) {
	t.Helper()
	want, wantOK := naiveClock(string(text))
	if got, ok := clock((*[19]byte)(text)); ok != wantOK || ok && got != want {
		t.Fatalf("clock(%q) = %d, %v; want %d, %v", text, got, ok, want, wantOK)
	}
	want, wantOK = naiveClock(string(text[:10]) + " 00:00:00")
	if got, ok := scanCivil(text[:10]); ok != wantOK || ok && got*microsPerDay != want {
		t.Fatalf("scanCivil(%q) = %d, %v; want %d, %v", text[:10], got, ok, want/microsPerDay, wantOK)
	}
}

// Every byte at every place, and every pair of digits at those of a number.
func TestClockIsExact(t *testing.T) {
	for _, good := range []string{"2024-04-08 11:01:54", "2024-02-29T23:59:59", "1999-12-31 00:00:00"} {
		for i := range good {
			for c := range 256 {
				text := []byte(good)
				text[i] = byte(c)
				mustClock(t, text)
			}
		}
		for _, i := range []int{0, 2, 5, 8, 11, 14, 17} {
			for n := range 100 {
				text := []byte(good)
				text[i], text[i+1] = '0'+byte(n/10), '0'+byte(n%10)
				mustClock(t, text)
			}
		}
	}
	for day := int64(minDay); day <= maxDay; day++ {
		text := AppendDate(nil, arrow.Date32(day))
		if got, ok := scanCivil(text); !ok || got != day {
			t.Fatalf("scanCivil(%s) = %d, %v; want %d", text, got, ok, day)
		}
	}
}

func TestDigitsAreExact(t *testing.T) {
	for n := range 20 {
		good := []byte("12345678901234567890")[:n]
		for i := range max(n, 1) {
			for c := range 256 {
				text := bytes.Clone(good)
				if n > 0 {
					text[i] = byte(c)
				}
				v, ok := digits(text)
				if ok != digitsForm.Match(text) {
					t.Fatalf("digits(%q) gives %v", text, ok)
				}
				if want, err := parseInt64(text); ok && (int64(v) != want || err != nil) {
					t.Fatalf("digits(%q) = %d; want %d, %v", text, v, want, err)
				}
			}
		}
	}
}

// aField is what may stand in a field: values in their usual form and others,
// and either with a byte or two changed.
func aField() *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		text := rapid.OneOf(
			rapid.Map(anyTimestamp(), FormatTimestamp), rapid.Map(anyDate(), FormatDate), rapid.Map(anyInt64(), FormatInt64),
			rapid.SampledFrom([]string{"", "true", "false", "TRUE", "False", "yes", "1", "0", " 12345", "123456789 ", "1e5"}),
		).Draw(t, "text")
		field := []byte(text)
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			if len(field) > 0 {
				field[rapid.IntRange(0, len(field)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0123456789 T:-/.+tEs\x00\x10\x50\x7f\x80\xb0\xff")).Draw(t, "byte")
			}
		}
		return field
	})
}

// A column read as a whole is what its fields are one by one: those that are not
// given have been read, as they are read alone.
func TestFieldsAreWhatTheyAreAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(aField(), 0, 20).Draw(t, "fields")
		step := rapid.IntRange(1, 3).Draw(t, "step")
		f := Fields{Step: step, Count: len(texts), Data: []byte{'|'}}
		for _, text := range texts {
			for range step {
				f.Start, f.End = append(f.Start, uint32(len(f.Data)-1)), append(f.End, uint32(len(f.Data)+len(text)))
			}
			f.Data = append(append(f.Data, text...), '|')
		}
		var all []int
		for i, field := range f.All() {
			if !bytes.Equal(field, texts[i]) {
				t.Fatalf("field %d is %q, want %q", i, field, texts[i])
			}
			all = append(all, i)
		}
		if len(all) != len(texts) {
			t.Fatalf("All gave %v", all)
		}
		sameAsAlone(t, texts, f.Int64s, ParseInt64)
		sameAsAlone(t, texts, f.Timestamps, ParseTimestamp)
		sameAsAlone(t, texts, f.Dates, ParseDate)
		sameAsAlone(t, texts, f.Bools, ParseBool)
	})
}

func sameAsAlone[T comparable](t *rapid.T, texts [][]byte, column func([]T) iter.Seq2[int, []byte], alone func([]byte) (T, error)) {
	t.Helper()
	values := make([]T, len(texts))
	var given []int
	for i, field := range column(values) {
		if !bytes.Equal(field, texts[i]) {
			t.Fatalf("%q was given as %q", texts[i], field)
		}
		given = append(given, i)
	}
	if !slices.IsSorted(given) {
		t.Fatalf("given in the order %v", given)
	}
	for i, text := range texts {
		if slices.Contains(given, i) {
			continue
		}
		if want, err := alone(text); err != nil || values[i] != want {
			t.Fatalf("%q is %v; want %v, %v", text, values[i], want, err)
		}
	}
	for i := range column(values) { // it can be left
		if i != given[0] {
			t.Fatalf("first given is %d, want %d", i, given[0])
		}
		break
	}
}
