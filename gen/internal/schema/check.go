package schema

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // the zones of the schema do not depend on the machine's

	"martlet/gen/internal/diag"
)

// The longest names: PostgreSQL's limit for what may be emitted as SQL, and
// what leaves room for an extension in a file name for the rest.
const (
	longestIdentifier = 63
	longestTestName   = 200
)

var identifierForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// identifier is the check of the names of sources, models, columns and joins.
func identifier(name string) *problem { return identifierUpTo(name, longestIdentifier) }

// testName is the check of the names of tests, which also name files.
func testName(name string) *problem { return identifierUpTo(name, longestTestName) }

func identifierUpTo(name string, longest int) *problem {
	switch {
	case len(name) > longest:
		return &problem{code: BadName, message: fmt.Sprintf("expected at most %d bytes, found %d", longest, len(name))}
	case !identifierForm.MatchString(name):
		return &problem{
			code:    BadName,
			message: fmt.Sprintf("%q is not a name", name),
			help:    "a name is made of the letters a to z in either case, digits and underscores, and does not begin with a digit",
		}
	}
	return nil
}

var tagForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,62}$`)

// tagName is the check of tags, of which a selection lists several.
func tagName(tag string) *problem {
	if !tagForm.MatchString(tag) {
		return &problem{
			code:    BadName,
			message: fmt.Sprintf("%q is not a tag", tag),
			help:    "a tag is made of letters, digits and the characters _ . : / -, 63 at most, and begins with a letter, a digit or _",
		}
	}
	return nil
}

// filled is the check of texts that have to say something.
func filled(value string) *problem {
	if strings.TrimSpace(value) == "" {
		return &problem{code: EmptyText, message: "expected some text, found none"}
	}
	return nil
}

// oneOf is the check of keys that take one of a few words.
func oneOf(words ...string) check {
	return func(value string) *problem {
		for _, w := range words {
			if value == w {
				return nil
			}
		}
		return &problem{
			code:       UnknownWord,
			message:    fmt.Sprintf("expected %s, found %q", strings.Join(words, " or "), value),
			suggestion: diag.Nearest(value, words),
		}
	}
}

// timezone is the check of IANA names. "Local" is none: it would make the
// result depend on the machine.
func timezone(value string) *problem {
	if _, err := time.LoadLocation(value); err != nil || value == "" || value == "Local" {
		return &problem{
			code:    BadTimezone,
			message: fmt.Sprintf("%q is not a timezone", value),
			help:    `use a name of the IANA database, such as "UTC" or "Europe/London"`,
		}
	}
	return nil
}

// relativePath is the check of files below the root. Paths mean the same on
// every system, so they are written with slashes.
func relativePath(value string) *problem {
	bad := func(what string) *problem {
		return &problem{
			code:    BadPath,
			message: fmt.Sprintf("%q %s", value, what),
			help:    "paths are relative to the root, with slashes, and stay below it",
		}
	}
	switch {
	case strings.TrimSpace(value) == "":
		return bad("is not a path")
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return bad("holds a control character")
	case strings.Contains(value, `\`):
		return bad("holds a backslash")
	case strings.HasPrefix(value, "/") || len(value) > 1 && value[1] == ':':
		return bad("is absolute")
	}
	for part := range strings.SplitSeq(value, "/") {
		switch part {
		case "..":
			return bad("leads out of the root")
		case "", ".":
			return bad("is not in its shortest form")
		}
	}
	return nil
}

// seedPath is the check of seeds: a path, or a pattern of path.Match.
func seedPath(value string) *problem {
	if p := relativePath(value); p != nil {
		return p
	}
	if _, err := path.Match(value, ""); err != nil {
		return &problem{code: BadPath, message: fmt.Sprintf("%q is not a valid pattern: %v", value, err)}
	}
	return nil
}

// isPattern says whether a seed names a folder of extracts.
func isPattern(seed string) bool { return strings.ContainsAny(seed, "*?[") }

// isCompressed says whether a seed's ending is that of a compressed file.
func isCompressed(seed string) bool {
	switch strings.ToLower(path.Ext(seed)) {
	case ".gz", ".zst":
		return true
	}
	return false
}

// workbook is the check of the workbooks that can be read.
func workbook(value string) *problem {
	if p := relativePath(value); p != nil {
		return p
	}
	switch ext := strings.ToLower(path.Ext(value)); ext {
	case ".xlsx", ".xlsm":
		return nil
	default:
		return &problem{
			code:    BadWorkbook,
			message: fmt.Sprintf("expected an .xlsx or .xlsm file, found %q", value),
			help:    "save the workbook as .xlsx, or give its CSV as the seed",
		}
	}
}

// duration is the check of limits of freshness.
func duration(value string) *problem {
	d, err := ParseDuration(value)
	switch {
	case err != nil:
		return &problem{code: BadDuration, message: err.Error()}
	case d%time.Minute != 0: // the shortest period that dbt's sources.json can hold
		return &problem{code: BadDuration, message: fmt.Sprintf("expected whole minutes, found %q", value)}
	}
	return nil
}

// ParseDuration reads a positive duration as the schema writes it: Go's form,
// with days of 24 hours in front ("2d", "1d12h", "90m").
func ParseDuration(s string) (time.Duration, error) {
	expected := fmt.Errorf(`expected a duration such as "90m", "24h" or "2d", found %q`, s)
	var days time.Duration
	rest := s
	if number, after, ok := strings.Cut(s, "d"); ok {
		hours, err := time.ParseDuration(number + "h")
		if err != nil || strings.Trim(number, "0123456789.") != "" {
			return 0, expected
		}
		if days = hours * 24; days/24 != hours {
			return 0, fmt.Errorf("%q is longer than a duration can be, 292 years", s)
		}
		rest = after
	}
	total := days
	if rest != "" || s == "" {
		d, err := time.ParseDuration(rest)
		if err != nil || strings.ContainsAny(rest, "+-") {
			return 0, expected
		}
		if total += d; total < days {
			return 0, fmt.Errorf("%q is longer than a duration can be, 292 years", s)
		}
	}
	if total <= 0 {
		return 0, expected
	}
	return total, nil
}
