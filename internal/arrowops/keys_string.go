package arrowops

// StringKeys gives each distinct text a dense id, in the order of first
// appearance; null is one key like any other. It copies the texts it keeps.
//
// It is a hash table whose slots hold 32 bits of the key's hash: equal hashes
// lead to a comparison of the texts, and a growing table needs to look at no
// text. There can be 2^31-1 keys; more panic.
type StringKeys struct {
	table segments[textSlot]
	texts StringStore // by id
	n     int         // ids given
	null  int         // id of the null key, or -1
	late  recent      // of Assign
}

type textSlot struct {
	code uint32 // the hash
	ref  int32  // id + 1; 0 where the slot is empty
}

func (s textSlot) hash() uint32 { return s.code }

// NewStringKeys makes an empty set of keys.
func NewStringKeys() *StringKeys {
	return &StringKeys{table: newSegments[textSlot](), null: -1}
}

// Len is the number of keys, the null key included.
func (k *StringKeys) Len() int { return k.n }

// Size is how many bytes the keys hold.
func (k *StringKeys) Size() int64 { return k.table.size() + k.texts.Size() }

// Get is the key of an id that Assign gave; not ok is the null key. The text
// stays good for as long as it is kept: a key's text is never changed, and where
// it moves on growth the old memory lives for as long as a string refers to it.
func (k *StringKeys) Get(id int) (key string, ok bool) { return k.texts.Get(id) }

// is reports whether the key of a slot in use is v.
func (k *StringKeys) is(s *textSlot, v string) bool {
	key, _ := k.texts.Get(int(s.ref - 1))
	return key == v
}

// Assign gives the id of v, a new one where v was not seen before.
func (k *StringKeys) Assign(v string) (id int, isNew bool) {
	if len(v) > longestRecent {
		return k.assign(v)
	}
	at, word := k.late.place(v)
	if at.word == word {
		return int(at.ref - 1), false
	}
	id, isNew = k.assign(v)
	*at = recentText{word, int32(id + 1)}
	return id, isNew
}

func (k *StringKeys) assign(v string) (id int, isNew bool) {
	hash := uint32(hashText(v))
	slots := k.table.at(hash)
	mask := uint32(len(slots) - 1)
	for i := hash; ; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			id = k.add(v, true)
			*s = textSlot{code: hash, ref: int32(id + 1)}
			k.table.added(hash)
			return id, true
		}
		if s.code == hash && k.is(s, v) {
			return int(s.ref - 1), false
		}
	}
}

// AssignBytes is Assign of the same bytes.
func (k *StringKeys) AssignBytes(v []byte) (id int, isNew bool) { return k.Assign(alias(v)) }

// add gives v, or null where ok is false, the next id.
func (k *StringKeys) add(v string, ok bool) (id int) {
	mustFit(k.n)
	k.texts.Set(k.n, v, ok)
	k.n++
	return k.n - 1
}

// AssignNull gives the id of the null key.
func (k *StringKeys) AssignNull() (id int, isNew bool) {
	if k.null >= 0 {
		return k.null, false
	}
	k.null = k.add("", false)
	return k.null, true
}

// AssignOption gives the id of v, or of the null key where ok is false.
func (k *StringKeys) AssignOption(v string, ok bool) (id int, isNew bool) {
	if !ok {
		return k.AssignNull()
	}
	return k.Assign(v)
}

// Find gives the id of v, or -1 where it was not seen.
func (k *StringKeys) Find(v string) int {
	hash := uint32(hashText(v))
	slots := k.table.at(hash)
	mask := uint32(len(slots) - 1)
	for i := hash; ; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			return -1
		}
		if s.code == hash && k.is(s, v) {
			return int(s.ref - 1)
		}
	}
}

// FindBytes is Find of the same bytes.
func (k *StringKeys) FindBytes(v []byte) int { return k.Find(alias(v)) }

// FindNull gives the id of the null key, or -1.
func (k *StringKeys) FindNull() int { return k.null }
