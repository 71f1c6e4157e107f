package sink

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/pierrec/lz4/v4"
)

// lz4Raw is Parquet's number for plain LZ4 blocks, which Arrow's package has no
// codec for.
const lz4Raw compress.Compression = 7

func init() {
	compress.RegisterCodec(lz4Raw, lz4Codec{})
	zstd, err := compress.GetCodec(compress.Codecs.Zstd)
	if err != nil {
		panic(err)
	}
	compress.RegisterCodec(compress.Codecs.Zstd, zstdCodec{zstd})
}

// zstdCodec is Arrow's, which makes an encoder, of megabytes, for each page, where
// a level is named: Parquet's writer names the default.
type zstdCodec struct{ compress.Codec }

// EncodeLevel is Encode, which has the same level.
func (c zstdCodec) EncodeLevel(dst, src []byte, _ int) []byte { return c.Encode(dst, src) }

// lz4Codec compresses pages, each of which is one block of LZ4.
type lz4Codec struct{}

func (lz4Codec) CompressBound(n int64) int64 { return int64(lz4.CompressBlockBound(int(n))) }

// Encode gives a block also where that is larger than src.
func (c lz4Codec) Encode(dst, src []byte) []byte {
	if bound := lz4.CompressBlockBound(len(src)); len(dst) < bound {
		dst = make([]byte, bound)
	}
	var packer lz4.Compressor
	n, err := packer.CompressBlock(src, dst)
	if err != nil {
		panic(fmt.Sprintf("sink: LZ4 of %d bytes: %v", len(src), err)) // there is room for any
	}
	return dst[:n]
}

// EncodeLevel is Encode: there is one level.
func (c lz4Codec) EncodeLevel(dst, src []byte, _ int) []byte { return c.Encode(dst, src) }

// Decode panics where src is damaged, as all of Arrow's codecs do.
func (lz4Codec) Decode(dst, src []byte) []byte {
	n, err := lz4.UncompressBlock(src, dst)
	if err != nil {
		panic(fmt.Sprintf("sink: damaged LZ4: %v", err))
	}
	return dst[:n]
}

// Parquet's pages are not streams.
func (lz4Codec) NewReader(io.Reader) io.ReadCloser  { panic("sink: no stream of LZ4 blocks") }
func (lz4Codec) NewWriter(io.Writer) io.WriteCloser { panic("sink: no stream of LZ4 blocks") }
func (lz4Codec) NewWriterLevel(io.Writer, int) (io.WriteCloser, error) {
	panic("sink: no stream of LZ4 blocks")
}
