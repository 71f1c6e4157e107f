package xlsx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// sampleBook is the sample that the project has with it.
var sampleBook = filepath.Join("..", "..", "raw_data", "ae_sample_db.xlsx")

// bookOf opens a workbook that is in memory.
func bookOf(content []byte, limits Limits) (b *Book, err error) {
	b = &Book{name: "b.xlsx"}
	if b.archive, err = openArchive(bytes.NewReader(content), int64(len(content)), limits); err != nil {
		return nil, err
	}
	return b, b.describe()
}

// everything is all that a workbook says, of every sheet.
func everything(content []byte, limits Limits) (string, error) {
	b, err := bookOf(content, limits)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	fmt.Fprintln(&out, b.sheets, b.days)
	for _, sheet := range b.sheets {
		if !sheet.Cells {
			continue
		}
		rows, err := b.Rows(sheet.Name)
		if err != nil {
			return "", err
		}
		defer rows.Close()
		for {
			row, err := rows.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return "", err
			}
			fmt.Fprintln(&out, row.Number, row.Hidden)
			for _, c := range row.Cells {
				out.WriteString(CellName(c.Column, row.Number))
				out.WriteByte(byte('0' + c.Kind))
				out.WriteByte(byte('0' + c.Format))
				out.Write(c.Raw)
				out.WriteByte('\n')
			}
		}
		fmt.Fprintln(&out, rows.Merged(), rows.HiddenColumns())
	}
	return out.String(), nil
}

// damages counts what became of damaged workbooks.
type damages struct {
	t            *testing.T
	want         string
	same, errors int
}

func (d *damages) try(what string, content []byte) {
	d.t.Helper()
	got, err := everything(content, DefaultLimits())
	switch {
	case err != nil:
		d.errors++
	case got == d.want:
		d.same++
	default:
		d.t.Errorf("%s: the workbook is read without an error as another one", what)
	}
}

// setting is a number from the environment, for tries by hand and for soak.
func setting(t *testing.T, name string, otherwise uint64) uint64 {
	text, ok := os.LookupEnv(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatalf("%s=%s: expected a whole number", name, text)
	}
	return n
}

// A workbook that was damaged is read as it was, or not at all.
// DAMAGES=100000 tries more than are tried by itself, DAMAGES_SEED=2 others.
func TestDamages(t *testing.T) {
	sample, err := os.ReadFile(sampleBook)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"sample": sample, "large": largeBook(t), "small": oneSheet(oneRow).zipped(t)} {
		t.Run(name, func(t *testing.T) {
			want, err := everything(content, DefaultLimits())
			if err != nil || len(want) < 50 {
				t.Fatalf("the sound workbook: %q, %v", want, err)
			}
			seed := setting(t, "DAMAGES_SEED", 1)
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("with DAMAGES_SEED=%d", seed)
				}
			})
			random := rand.New(rand.NewPCG(seed, uint64(len(content))))
			d := &damages{t: t, want: want}
			each := func(what string, n int, change func(content []byte) (changed []byte, where string)) {
				d.same, d.errors = 0, 0
				for range n {
					changed, where := change(bytes.Clone(content))
					d.try(what+" "+where, changed)
				}
				t.Logf("%s: %d errors, %d the same", what, d.errors, d.same)
			}
			n := int(setting(t, "DAMAGES", uint64(1600/(1+len(want)/4000))))
			each("a bit flipped", n, func(content []byte) ([]byte, string) {
				bit := random.IntN(8 * len(content))
				content[bit/8] ^= 1 << (bit % 8)
				return content, strconv.Itoa(bit)
			})
			each("a bit flipped in the directory", n/2+1, func(content []byte) ([]byte, string) {
				from := 8 * bytes.Index(content, []byte("PK\x01\x02"))
				bit := from + random.IntN(8*len(content)-from)
				content[bit/8] ^= 1 << (bit % 8)
				return content, strconv.Itoa(bit)
			})
			each("a range of zeros", n/6+1, func(content []byte) ([]byte, string) {
				from := random.IntN(len(content))
				to := from + random.IntN(min(4096, len(content)-from)) + 1
				clear(content[from:to])
				return content, fmt.Sprint(from, to)
			})
			each("cut", n/6+1, func(content []byte) ([]byte, string) {
				size := random.IntN(len(content))
				return content[:size], strconv.Itoa(size)
			})
			each("a range taken out", n/6+1, func(content []byte) ([]byte, string) {
				from := random.IntN(len(content))
				to := from + random.IntN(min(4096, len(content)-from)) + 1
				return append(content[:from], content[to:]...), fmt.Sprint(from, to)
			})
		})
	}
}

// A bit that is flipped within the text of a part is told by its checksum, even
// where the text is well-formed still.
func TestDamagesOfStoredText(t *testing.T) {
	list := oneSheet(oneRow).rawParts(t)
	p := find(list, sheetPart)
	p.data, p.header.Method = []byte(oneSheet(oneRow)[sheetPart]), 0
	p.header.CompressedSize64 = uint64(len(p.data))
	content := archived(t, list)
	from := bytes.Index(content, p.data)
	for bit := 8 * from; bit < 8*(from+len(p.data)); bit++ {
		damaged := bytes.Clone(content)
		damaged[bit/8] ^= 1 << (bit % 8)
		if _, err := everything(damaged, DefaultLimits()); err == nil {
			t.Errorf("bit %d of the sheet was flipped unseen", bit-8*from)
		}
	}
}

// Parts in each other's place, parts that lack, and parts that stand twice.
func TestDamagesOfParts(t *testing.T) {
	for name, content := range map[string][]byte{"sample": readSample(t), "small": oneSheet(oneRow).zipped(t)} {
		t.Run(name, func(t *testing.T) {
			want, err := everything(content, DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			d := &damages{t: t, want: want}
			list := unarchived(t, content)
			for i := range list {
				d.try("without "+list[i].header.Name, archived(t, append(append([]rawPart(nil), list[:i]...), list[i+1:]...)))
				d.try("twice "+list[i].header.Name, archived(t, append(list[:len(list):len(list)], list[i])))
				for j := range list {
					if far := (j - i + len(list)) % len(list); far > 2 && len(content) > 10_000 {
						continue // each with each is for the small one
					}
					other := append([]rawPart(nil), list...)
					other[i].data = list[j].data // but for what is said of them
					d.try(list[j].header.Name+" instead of "+list[i].header.Name, archived(t, other))
					other[i].header.CompressedSize64 = list[j].header.CompressedSize64
					d.try(list[j].header.Name+" in the size of "+list[i].header.Name, archived(t, other))
					d.try(list[j].header.Name+" by its place "+list[i].header.Name, placed(content, i, j))
				}
			}
			t.Logf("%d errors, %d the same", d.errors, d.same)
			if d.errors == 0 {
				t.Error("nothing was damaged")
			}
		})
	}
}

// placed gives two entries of the directory each other's place.
func placed(content []byte, i, j int) []byte {
	content = bytes.Clone(content)
	var places []int
	for at := 0; ; at += 4 {
		n := bytes.Index(content[at:], []byte("PK\x01\x02"))
		if n < 0 {
			break
		}
		at += n
		places = append(places, at+42)
	}
	one, other := binary.LittleEndian.Uint32(content[places[i]:]), binary.LittleEndian.Uint32(content[places[j]:])
	binary.LittleEndian.PutUint32(content[places[i]:], other)
	binary.LittleEndian.PutUint32(content[places[j]:], one)
	return content
}
