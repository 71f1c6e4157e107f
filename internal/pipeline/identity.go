package pipeline

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
)

// digest is one input of a run: a source and the SHA-256, hex, of its seed.
type digest struct{ source, sha256 string }

// identity names a run by all that its results depend on: the schema, the as-of
// time and the inputs, in the order of the sources. It is the SHA-256, hex, of
// these as length-prefixed texts; no clock, host or path is in it.
func identity(fingerprint string, asOf arrow.Timestamp, inputs []digest) string {
	h := sha256.New()
	add := func(text string) { fmt.Fprintf(h, "%d:%s\n", len(text), text) }
	add("martlet run 1")
	add(fingerprint)
	add(formatAsOf(asOf))
	for _, in := range inputs {
		add(in.source)
		add(in.sha256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// folderDigits is how much of a run's identity names its folder: 64 bits, which
// no two runs that are kept side by side will share.
const folderDigits = 16

// The keys of the run's identity in the metadata of an output's Arrow schema.
const (
	keyRun    = "martlet.run"
	keyAsOf   = "martlet.as_of"
	keySchema = "martlet.schema"
	keyModel  = "martlet.model"
)

// stamped is the node's schema with the run's identity in its metadata.
func stamped(n *contract.Node, runID, fingerprint string, asOf arrow.Timestamp) *arrow.Schema {
	own := n.Schema.Metadata()
	all := own.ToMap()
	if all == nil {
		all = map[string]string{}
	}
	all[keyRun] = runID
	all[keyAsOf] = formatAsOf(asOf)
	all[keySchema] = fingerprint
	all[keyModel] = n.Name
	metadata := arrow.MetadataFrom(all) // sorts the keys
	return arrow.NewSchema(n.Schema.Fields(), &metadata)
}

// newInvocation makes a random UUID (RFC 9562, version 4), which tells one
// execution from the next where their run identity is the same.
func newInvocation() string {
	var b [16]byte
	if _, err := io.ReadFull(rand.Reader, b[:]); err != nil {
		panic(err) // crypto/rand documents that it never fails
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
