// Package preview serves one page to the machine it runs on, and tells the browsers
// that show it when what it is made from has changed.
//
// It knows neither what the page says nor how it is made. Whoever comes from another
// machine, or by another name than the machine has for itself, is turned away, so that
// no web site can have a browser fetch the page for it.
package preview

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// Page is what is served.
type Page struct {
	Render func() ([]byte, error) // as HTML; called for every visit
	Files  []string               // what it is made from, present or not
}

// Listen takes a port of this machine alone, 0 for any that is free.
func Listen(port int) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("port %d of 127.0.0.1 cannot be had (%w); give another with --port, or 0 for any that is free", port, cause(err))
	}
	return l, nil
}

// cause is an error of the net package without the address, which messages have.
func cause(err error) error {
	var at *net.OpError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// farewell is how long visits that are under way are waited for.
const farewell = 2 * time.Second

// Serve serves the page until the context ends, which is no error. It closes l.
func Serve(ctx context.Context, l net.Listener, page Page) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &http.Server{
		Handler:           handler(page),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	timely, stop := context.WithTimeout(context.Background(), farewell)
	defer stop()
	if err := s.Shutdown(timely); err != nil {
		return s.Close()
	}
	return nil
}

func handler(page Page) http.Handler {
	mux, s := http.NewServeMux(), &server{Page: page}
	mux.HandleFunc("GET /{$}", s.serve)
	mux.HandleFunc("GET /changes", s.changes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ours(r.Host) {
			http.Error(w, "this page is for the machine it is served on", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// server serves a page, and knows of which files the last one was that it gave: whoever
// shows that is told of all changes since, and whoever shows one of a server before it
// that there is another.
type server struct {
	Page
	given atomic.Pointer[string] // nil until a page was given
}

// ours says whether a visitor calls the machine by a name that it has for itself.
func ours(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "127.0.0.1" || host == "localhost" || host == "[::1]" || host == "::1"
}

// retry is after how many seconds a browser asks anew for a page that could not be made.
const retry = "1"

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	files := s.state() // before they are read: what changes from here on is told
	text, err := s.Render()
	if err != nil {
		w.Header().Set("Refresh", retry)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.given.Store(&files)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // to a visitor who may be gone
}

// How often files are looked at, and how long they stay as they are before a change
// is told: a run writes several.
const (
	lookEvery = 200 * time.Millisecond
	quiet     = 2
)

// changes tells of changes, as server-sent events, until the visitor leaves.
func (s *server) changes(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	send := func(text string) bool {
		_, err := fmt.Fprint(w, text)
		return err == nil && out.Flush() == nil
	}
	if !send(": watching\n\n") {
		return
	}
	last, still := s.state(), 0
	shown := "" // no state
	if given := s.given.Load(); given != nil {
		shown = *given
	}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C:
		}
		now := s.state()
		if now != last {
			last, still = now, 0
			continue
		}
		if still++; now != shown && still >= quiet {
			if shown = now; !send("event: change\ndata: files\n\n") {
				return
			}
		}
	}
}

// state tells whether the files are as they were. It is never empty.
func (p Page) state() string {
	text := "files\n"
	for _, path := range p.Files {
		if info, err := os.Stat(path); err == nil {
			text += fmt.Sprintf("%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		}
	}
	return text
}
