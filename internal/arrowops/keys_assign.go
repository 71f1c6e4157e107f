package arrowops

// Keys of whole columns. As in FindAll the first places of a block of rows are read
// side by side; what the table does with each row follows, in order.

// AssignAll sets ids[i] to what AssignOption gives for row i of a column, for each of
// its rows in order. It adds the rows with a new key to began, the others to again.
func (k *IntKeys[T]) AssignAll(ids []int, src Column[T], began, again []int) (_, _ []int) {
	for lo := 0; lo < src.Len(); lo += findBlock {
		hi := min(lo+findBlock, src.Len())
		refs := k.first(src.values[lo:hi])
		for i := lo; i < hi; i++ {
			if ref := refs[(i-lo)%findBlock]; ref != 0 && src.Valid(i) {
				ids[i], again = int(ref-1), append(again, i)
				continue
			}
			id, isNew := k.AssignOption(src.Get(i))
			if ids[i] = id; isNew {
				began = append(began, i)
			} else {
				again = append(again, i)
			}
		}
	}
	return began, again
}

// first gives for up to findBlock values what their first place in the table has: the
// id + 1 of the value, or 0 where it has to be looked for.
func (k *IntKeys[T]) first(values []T) (refs [findBlock]int32) {
	if k.table.dir == nil {
		for j, v := range values {
			refs[j%findBlock] = k.pages.find(int64(v) >> pageShift)[uint64(v)%pageKeys]
		}
		return refs
	}
	for j, v := range values {
		hash := uint32(hashInt(uint64(v)))
		slots := k.table.at(hash)
		s := slots[hash&uint32(len(slots)-1)]
		if s.key == v {
			refs[j%findBlock] = s.ref
		}
	}
	return refs
}

// AssignAll is as that of IntKeys.
func (k *StringKeys) AssignAll(ids []int, src Strings, began, again []int) (_, _ []int) {
	for i := range src.Len() {
		if i%TouchRows == 0 {
			k.Touch(src, i)
		}
		id, isNew := k.AssignOption(src.Get(i))
		if ids[i] = id; isNew {
			began = append(began, i)
		} else {
			again = append(again, i)
		}
	}
	return began, again
}
