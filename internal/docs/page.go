package docs

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"strings"

	"martlet/internal/contract"
)

// Files are what runs have left in the target folder, each nil where there is none.
type Files struct {
	Results  []byte // run_results.json
	Sources  []byte // sources.json
	History  []byte // test_history.csv
	Profiles []byte // profiles.json
	Before   []byte // profiles_before.json
}

// Page gives the page. Live adds what loads it anew when the server it came from
// says so. An error is of files that are not what a run writes.
func Page(p *contract.Project, files Files, live bool) ([]byte, error) {
	found, err := read(files)
	if err != nil {
		return nil, err
	}
	v, err := newView(p, found)
	if err != nil {
		return nil, err
	}
	v.Style, v.Script = template.CSS(style), template.JS(script(live))
	v.Policy = policy(string(v.Style), string(v.Script), live)
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, "page", v); err != nil {
		return nil, fmt.Errorf("the page of %s: %w", p.Name, err)
	}
	return out.Bytes(), nil
}

//go:embed templates/*.html assets/*
var sources embed.FS

var (
	templates = template.Must(template.New("").Funcs(functions).ParseFS(sources, "templates/*.html"))
	style     = asset("style.css") + signs()
)

// scripts are put together in this order.
var scripts = []string{"start.js", "graph.js", "arrange.js", "camera.js", "draw.js", "inspect.js", "lineage.js", "search.js", "route.js"}

// script is all scripts as one, whose names are seen nowhere else.
func script(live bool) string {
	names := scripts
	if live {
		names = append(names[:len(names):len(names)], "live.js")
	}
	var s strings.Builder
	s.WriteString("\n(() => {\n\"use strict\";\n")
	for _, name := range names {
		s.WriteString(asset(name))
	}
	s.WriteString("})();\n")
	return s.String()
}

func asset(name string) string {
	text, err := fs.ReadFile(sources, "assets/"+name)
	if err != nil {
		panic("docs: " + err.Error())
	}
	return string(text)
}

// policy is what the page may do, in the words of Content-Security-Policy: run its own
// script, wear its own style and, where it is live, ask its server.
func policy(style, script string, live bool) string {
	connect := "'none'"
	if live {
		connect = "'self'"
	}
	return fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src %s; script-src %s; connect-src %s",
		digest(style), digest(script)+" "+digest(early), connect)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// early runs before anything is shown: it says that there are scripts, and wears the
// theme that was chosen.
const early = `document.documentElement.classList.add("scripted");try{const t=localStorage.getItem("martlet-theme");if(t)document.documentElement.dataset.theme=t}catch{}`
