package arrowops

// StringKeys gives each distinct text a dense id, in the order of first
// appearance; null is one key like any other. It copies the texts it keeps.
//
// It is a hash table as the one of IntKeys, whose slots hold 32 bits of the
// key's hash: equal hashes lead to a comparison of the texts, and a growing
// table needs to look at no text. There can be 2^31-1 keys; more panic.
type StringKeys struct {
	slots []textSlot
	text  []byte // of all keys, one after the other
	ends  []int  // where the text of each id ends in text
	null  int    // id of the null key, or -1
}

type textSlot struct {
	hash uint32
	ref  int32 // id + 1; 0 where the slot is empty
}

// NewStringKeys makes an empty set of keys.
func NewStringKeys() *StringKeys {
	return &StringKeys{slots: make([]textSlot, 64), null: -1}
}

// Len is the number of keys, the null key included.
func (k *StringKeys) Len() int { return len(k.ends) }

// Get is the key of an id that Assign gave; not ok is the null key. The text
// stays good for as long as it is kept.
func (k *StringKeys) Get(id int) (key string, ok bool) { return k.at(id), id != k.null }

// at is the text of an id. Text is never changed once written, and where it
// moves on growth the old memory lives for as long as a string refers to it.
func (k *StringKeys) at(id int) string {
	start := 0
	if id > 0 {
		start = k.ends[id-1]
	}
	return alias(k.text[start:k.ends[id]])
}

// Assign gives the id of v, a new one where v was not seen before.
func (k *StringKeys) Assign(v string) (id int, isNew bool) {
	slots := k.slots
	mask := uint32(len(slots) - 1)
	hash := uint32(hashText(v))
	for i := hash; ; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			return k.insert(s, v, hash), true
		}
		if s.hash == hash && k.at(int(s.ref-1)) == v {
			return int(s.ref - 1), false
		}
	}
}

// AssignBytes is Assign of the same bytes.
func (k *StringKeys) AssignBytes(v []byte) (id int, isNew bool) { return k.Assign(alias(v)) }

// insert gives v, which the table does not have, the next id and the slot where
// its lookup ended.
func (k *StringKeys) insert(s *textSlot, v string, hash uint32) int {
	id := len(k.ends)
	mustFit(id)
	*s = textSlot{hash: hash, ref: int32(id + 1)}
	if len(v) > cap(k.text)-len(k.text) {
		// Twice the room, where append would copy more often.
		k.text = append(make([]byte, 0, 2*cap(k.text)+len(v)+minRows), k.text...)
	}
	k.text = append(k.text, v...)
	k.ends = push(k.ends, len(k.text))
	if tooFull(len(k.ends), len(k.slots)) {
		k.grow()
	}
	return id
}

// grow doubles the table.
func (k *StringKeys) grow() {
	old := k.slots
	k.slots = make([]textSlot, 2*len(old))
	mask := uint32(len(k.slots) - 1)
	for _, s := range old {
		if s.ref == 0 {
			continue
		}
		i := s.hash
		for k.slots[i&mask].ref != 0 {
			i++
		}
		k.slots[i&mask] = s
	}
}

// AssignNull gives the id of the null key.
func (k *StringKeys) AssignNull() (id int, isNew bool) {
	if k.null >= 0 {
		return k.null, false
	}
	mustFit(len(k.ends))
	k.null = len(k.ends)
	k.ends = append(k.ends, len(k.text))
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
	slots := k.slots
	mask := uint32(len(slots) - 1)
	hash := uint32(hashText(v))
	for i := hash; ; i++ {
		s := &slots[i&mask]
		if s.ref == 0 {
			return -1
		}
		if s.hash == hash && k.at(int(s.ref-1)) == v {
			return int(s.ref - 1)
		}
	}
}

// FindBytes is Find of the same bytes.
func (k *StringKeys) FindBytes(v []byte) int { return k.Find(alias(v)) }

// FindNull gives the id of the null key, or -1.
func (k *StringKeys) FindNull() int { return k.null }
