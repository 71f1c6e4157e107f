package arrowops

// The Part functions hash values for dividing rows among files or workers: of
// so many parts, a value goes to part uint64(hash) * parts >> 32. Equal values
// have equal hashes, in every run. They are hashed once more than for the tables
// here, so that the values of one part fill a table as evenly as all would.

// PartInt hashes an integer, date or timestamp.
func PartInt[T Int](v T) uint32 { return part(hashInt(uint64(v) ^ secret2)) }

// PartText hashes a text.
func PartText(v string) uint32 { return part(hashText(v)) }

// PartBytes is PartText of the same bytes.
func PartBytes(v []byte) uint32 { return PartText(alias(v)) }

func part(hash uint64) uint32 { return uint32(fold(hash^secret1, secret2) >> 32) }

// Hash hashes a value behind others that have the hash before, in all 64 bits:
// what those need who tell the rows of whole files apart by hashes, before they
// compare. The hash of a row is that of its values one after another.
func Hash(before, v uint64) uint64 { return hashPair(before, v) }

// HashText is Hash of a text.
func HashText(before uint64, v string) uint64 { return hashPair(before, hashText(v)) }
