package pipeline

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"

	"martlet/internal/report"
)

// progress shows how far a run is. It says nothing of results.
type progress interface {
	// say notes a step that is over.
	say(format string, args ...any)
	// start announces how many bytes there are to read.
	start(total int64)
	sourceStart(n *node)
	sourceRead(n *node, bytes int64)
	nodeDone(o *observer)
	// stop takes down whatever is shown.
	stop()
}

// newProgress shows a bar where w is a terminal, else plain lines.
func newProgress(w io.Writer) progress {
	if f, ok := w.(*os.File); ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd())) {
		return &barProgress{w: w}
	}
	return &lineProgress{w: w}
}

// noProgress shows nothing.
type noProgress struct{}

func (noProgress) say(string, ...any)      {}
func (noProgress) start(int64)             {}
func (noProgress) sourceStart(*node)       {}
func (noProgress) sourceRead(*node, int64) {}
func (noProgress) nodeDone(*observer)      {}
func (noProgress) stop()                   {}

// lineProgress writes a line for every step that is over.
type lineProgress struct{ w io.Writer }

func (p *lineProgress) say(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }
func (p *lineProgress) start(int64)                    {}
func (p *lineProgress) sourceStart(*node)              {}
func (p *lineProgress) sourceRead(*node, int64)        {}
func (p *lineProgress) stop()                          {}

func (p *lineProgress) nodeDone(o *observer) {
	p.say("%s %s: %s", o.node.kind(), o.node.Name, report.Plural(o.rowsOut, "row"))
}

// barProgress shows a bar over the bytes of all seeds.
type barProgress struct {
	w   io.Writer
	bar *progressbar.ProgressBar // nil until the reading starts
}

func (p *barProgress) say(format string, args ...any) {
	p.stop()
	fmt.Fprintf(p.w, format+"\n", args...)
}

func (p *barProgress) start(total int64) {
	p.bar = progressbar.NewOptions64(max(total, 1), progressbar.OptionSetWriter(p.w), progressbar.OptionShowBytes(true),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))
}

func (p *barProgress) sourceStart(n *node) {
	if p.bar != nil {
		p.bar.Describe(n.Name)
	}
}

func (p *barProgress) sourceRead(_ *node, bytes int64) {
	if p.bar != nil {
		_ = p.bar.Add64(bytes) // a terminal that cannot be written to is no reason to fail
	}
}

func (p *barProgress) nodeDone(*observer) {}

func (p *barProgress) stop() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}

// sharedProgress is a progress that several goroutines tell of nodes.
type sharedProgress struct {
	mu sync.Mutex
	progress
}

func (p *sharedProgress) sourceStart(n *node) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress.sourceStart(n)
}

func (p *sharedProgress) sourceRead(n *node, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress.sourceRead(n, bytes)
}

func (p *sharedProgress) nodeDone(o *observer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress.nodeDone(o)
}
