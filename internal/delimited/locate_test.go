package delimited

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"martlet/internal/contract"
)

func TestLocate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	text := "a,b\r\n1,2\r\n\"3\n3\"\"\n\",4\n5,\"6\"\n\n7,8"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	lines, err := Locate(path, contract.Dialect{}, []int64{5, 0, 3, 1, 4, 2, 3})
	if want := []int{8, 1, 6, 2, 7, 3, 6}; err != nil || !slices.Equal(lines, want) {
		t.Errorf("%v, %v; want %v", lines, err, want)
	}
	if lines, err := Locate(path, contract.Dialect{}, nil); err != nil || len(lines) != 0 {
		t.Errorf("%v, %v", lines, err)
	}
	if _, err := Locate(path, contract.Dialect{}, []int64{1, 6}); err == nil || !strings.Contains(err.Error(), "expected record 6: the file has changed since it was read") {
		t.Error(err)
	}
	if _, err := Locate(path+"x", contract.Dialect{}, []int64{1}); err == nil || !strings.HasSuffix(err.Error(), "x.csvx: the file cannot be read: no such file or directory") {
		t.Error(err)
	}
	broken := errors.New("disk on fire")
	if _, err := locate(iotest.ErrReader(broken), newFormat("x.csv", contract.Dialect{}), []int64{1}); !errors.Is(err, broken) {
		t.Error(err)
	}
}
