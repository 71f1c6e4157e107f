package preview

import (
	"bufio"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func visit(page Page, method, path, host string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Host = host
	w := httptest.NewRecorder()
	handler(page).ServeHTTP(w, r)
	return w
}

// TestWhoIsLetIn holds the server to those who call the machine by its own names.
func TestWhoIsLetIn(t *testing.T) {
	page := Page{Render: func() ([]byte, error) { return []byte("hello"), nil }}
	for host, want := range map[string]int{
		"127.0.0.1:8080": http.StatusOK, "localhost:1": http.StatusOK, "localhost": http.StatusOK, "[::1]:80": http.StatusOK,
		"example.com": http.StatusForbidden, "localhost.example.com:8080": http.StatusForbidden, "127.0.0.1.example.com": http.StatusForbidden, "": http.StatusForbidden,
	} {
		if got := visit(page, "GET", "/", host); got.Code != want {
			t.Errorf("%q: found %d, expected %d", host, got.Code, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	page := Page{Render: func() ([]byte, error) { return []byte("<p>hello"), nil }}
	w := visit(page, "GET", "/", "localhost")
	if w.Body.String() != "<p>hello" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("found %q with %v", w.Body, w.Header())
	}
	for path, want := range map[string]int{"/other": http.StatusNotFound, "/../etc/passwd": http.StatusMovedPermanently} {
		if got := visit(page, "GET", path, "localhost"); got.Code != want && got.Code != http.StatusTemporaryRedirect {
			t.Errorf("%s: found %d, expected %d", path, got.Code, want)
		}
	}
	if got := visit(page, "POST", "/", "localhost"); got.Code != http.StatusMethodNotAllowed {
		t.Errorf("found %d for a POST", got.Code)
	}
	broken := Page{Render: func() ([]byte, error) { return nil, errors.New("run `build` anew") }}
	if got := visit(broken, "GET", "/", "localhost"); got.Code != http.StatusInternalServerError || got.Header().Get("Refresh") == "" || !strings.Contains(got.Body.String(), "anew") {
		t.Errorf("found %d and %q of a page that cannot be made", got.Code, got.Body)
	}
}

func TestState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	p := Page{Files: []string{path}}
	absent := p.state()
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	present := p.state()
	if absent == present || present != p.state() {
		t.Errorf("found %q without the file, %q and %q with it", absent, present, p.state())
	}
}

func TestPortThatIsTaken(t *testing.T) {
	l, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !strings.HasPrefix(l.Addr().String(), "127.0.0.1:") {
		t.Errorf("found %s, expected an address of this machine", l.Addr())
	}
	port := 0
	for _, digit := range strings.TrimPrefix(l.Addr().String(), "127.0.0.1:") {
		port = port*10 + int(digit-'0')
	}
	if other, err := Listen(port); err == nil || !strings.Contains(err.Error(), "--port") {
		t.Errorf("found %v and %v, expected an error that says what to do", other, err)
	}
}

// TestChangesAreNotMissed changes the files between the visit of a page and the wait for
// changes of it, and lets a browser wait that has its page of a server before this one.
func TestChangesAreNotMissed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	s := httptest.NewServer(handler(Page{Render: func() ([]byte, error) { return []byte("hello"), nil }, Files: []string{path}}))
	defer s.Close()
	told := func() {
		t.Helper()
		r, err := http.Get(s.URL + "/changes")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		lines := bufio.NewReader(r.Body)
		for line := ""; line != "event: change\n"; {
			if line, err = lines.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
	}
	told()
	r, err := http.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	told()
}
