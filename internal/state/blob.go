package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"martlet/internal/frame"
)

// Blob describes a file with anything as JSON.
type Blob struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Sum  uint32 `json:"sum"`
}

// WriteBlob writes a value as a new file. One that is there is left as it is, with an
// error: it may be a link to one of another state.
func WriteBlob(dir, name string, value any) (*Blob, error) {
	text, err := json.Marshal(value)
	if err == nil {
		err = writeNew(filepath.Join(dir, name), text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s of the state could not be written: %w", name, err)
	}
	return &Blob{Name: name, Size: int64(len(text)), Sum: frame.Sum(text)}, nil
}

func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// Read reads the value into what points to one.
func (b *Blob) Read(dir string, value any) error {
	text, err := os.ReadFile(filepath.Join(dir, b.Name))
	switch {
	case err != nil:
		return damaged(b.Name, err)
	case int64(len(text)) != b.Size || frame.Sum(text) != b.Sum:
		return &DamagedError{b.Name, "a checksum does not match"}
	}
	if err := json.Unmarshal(text, value); err != nil {
		return damaged(b.Name, err)
	}
	return nil
}
