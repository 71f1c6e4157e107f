package explain

import (
	"bytes"
	"encoding/json"
	"io"
)

// MarshalJSON writes numbers and booleans as JSON's, where it has them (NaN it has
// not), and everything else as text.
func (s Scalar) MarshalJSON() ([]byte, error) {
	switch {
	case s.Null:
		return []byte("null"), nil
	case s.Bare && json.Valid([]byte(s.Text)):
		return []byte(s.Text), nil
	}
	var out bytes.Buffer
	text := json.NewEncoder(&out)
	text.SetEscapeHTML(false)
	err := text.Encode(s.Text)
	return out.Bytes(), err
}

// WriteJSON writes an explanation as docs/explain.schema.json has it.
func (e *Explanation) WriteJSON(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(e)
}
