package goemit

import "strings"

// wrap breaks text into lines of at most width bytes where words allow, as
// comment lines. Paragraphs are kept.
func wrap(text string, width int) []string {
	var lines []string
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			lines = append(lines, "//")
		}
		line := "//"
		for _, w := range strings.Fields(paragraph) {
			if len(line)+1+len(w) > width && line != "//" {
				lines, line = append(lines, line), "//"
			}
			line += " " + w
		}
		lines = append(lines, line)
	}
	return lines
}

// sentence is SQL or other text on one line, for a comment.
func sentence(s string) string { return strings.Join(strings.Fields(s), " ") }
