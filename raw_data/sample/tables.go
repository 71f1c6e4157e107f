package main

import "time"

// A cell is nil where the sheet has none; otherwise an int, a float64, a bool,
// a string, a day or a time.Time, written as Excel keeps each.
type cell any

// A row is the cells of one record, in the order of the sheet's header.
type row []cell

// A day is a date without a time of day.
type day time.Time

// A table is one sheet.
type table struct {
	name   string
	header []string
	rows   []row
}

// tables are the sheets of the workbook.
type tables struct {
	accounts, closures, reactivations, preferences, attributes table
}

func newTables() *tables {
	return &tables{
		accounts:      table{name: "user_account", header: []string{"user_id", "email", "created_timestamp", "last_updated", "internal_user"}},
		closures:      table{name: "user_account_closures", header: []string{"user_id", "closed_timestamp"}},
		reactivations: table{name: "user_account_reactivations", header: []string{"user_id", "reopened_timestamp"}},
		preferences:   table{name: "user_marketing_preferences", header: []string{"user_id", "marketing_opt_in", "timestamp"}},
		attributes:    table{name: "user_account_attributes", header: []string{"user_id", "gender", "country", "date_of_birth"}},
	}
}

// all lists the sheets in the order they stand in the workbook.
func (t *tables) all() []*table {
	return []*table{&t.accounts, &t.closures, &t.reactivations, &t.preferences, &t.attributes}
}

// A person is everything the tables say of one user: rows without their first
// cell, the id, which is the same in all of them.
type person struct {
	id            cell
	accounts      []row // email, created, updated, internal
	lateAccounts  []row // the same, written after everyone else's
	closures      []cell
	reactivations []cell
	preferences   []row // opted in, when
	attributes    []row // gender, country, date of birth
}

// add writes the person's rows, but for late ones.
func (t *tables) add(p person) {
	t.accounts.add(p.id, p.accounts)
	for _, at := range p.closures {
		t.closures.add(p.id, []row{{at}})
	}
	for _, at := range p.reactivations {
		t.reactivations.add(p.id, []row{{at}})
	}
	t.preferences.add(p.id, p.preferences)
	t.attributes.add(p.id, p.attributes)
}

func (t *table) add(id cell, rows []row) {
	for _, r := range rows {
		t.rows = append(t.rows, append(row{id}, r...))
	}
}

// everyone gives the tables of all users, in order of their ids.
func everyone() *tables {
	people := append(planted(), ordinary(1057, 1990)...)
	people = append(people, recent()...)
	t := newTables()
	for _, p := range people {
		t.add(p)
	}
	for _, p := range people {
		t.accounts.add(p.id, p.lateAccounts)
	}
	return t
}
