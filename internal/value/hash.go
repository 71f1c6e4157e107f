package value

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
)

// MD5 is the MD5 hash of s in lower-case hexadecimal. It is for agreeing with
// other systems; it protects nothing.
func MD5(s string) string {
	sum := md5.Sum(viewBytes(s))
	return hexString(sum[:])
}

// SHA256 is the SHA-256 hash of s in lower-case hexadecimal.
func SHA256(s string) string {
	sum := sha256.Sum256(viewBytes(s))
	return hexString(sum[:])
}

// hexString allocates the string alone.
func hexString(sum []byte) string {
	var buf [2 * sha256.Size]byte
	return string(hex.AppendEncode(buf[:0], sum))
}
