package main

import (
	"fmt"
	"time"
)

// at reads a moment of the lists below: "2024-04-08 11:01:54".
func at(text string) time.Time { return parse("2006-01-02 15:04:05", text) }

// on reads a day of the lists below: "1988-02-29".
func on(text string) day { return day(parse("2006-01-02", text)) }

func parse(layout, text string) time.Time {
	t, err := time.Parse(layout, text)
	if err != nil {
		panic(fmt.Sprintf("the sample's own data: %v", err))
	}
	return t
}

// account is a row of user_account for an external user.
func account(email cell, created, updated string) row {
	return row{email, at(created), at(updated), false}
}

// marked is a row of user_account with internal_user as given; where nothing
// else matters about it.
func marked(email cell, internal cell) row {
	return row{email, at("2018-03-14 09:26:53"), at("2021-05-12 16:20:07"), internal}
}

// optedIn is one row of user_marketing_preferences that keeps a user out of the
// warning about missing preferences.
var optedIn = []row{{true, at("2021-06-01 08:15:30")}}

// planted are the users that each stand for one situation; the command's
// documentation says which and what has to become of it.
func planted() []person {
	var all []person
	for _, group := range [][]person{
		absences(), booleans(), emails(), attributes(), duplicates(), closures(), preferences(), typedOddly(), lastSeen(), withoutAccount(),
	} {
		all = append(all, group...)
	}
	return all
}

func absences() []person {
	return []person{
		{id: 1001,
			accounts:    []row{account("grace.hopper@example.com", "2019-04-01 00:03:32", "2022-04-08 11:01:54")},
			preferences: []row{{true, at("2020-04-08 11:01:54")}},
			attributes:  []row{{"F", "US", on("1986-12-09")}}},
		{id: 1002, accounts: []row{account("alone@example.com", "2019-06-05 07:08:09", "2019-06-05 07:08:09")}},
		{id: 1003, accounts: []row{account("silent.before@example.com", "2019-12-31 23:59:59", "2020-02-02 02:02:02")},
			attributes: []row{{"M", "IE", on("1979-11-30")}}},
		{id: 1004, accounts: []row{account("silent.at@example.com", "2020-01-01 00:00:00", "2020-02-02 02:02:02")},
			attributes: []row{{"F", "IE", on("1980-01-31")}}},
		{id: 1005, accounts: []row{account("silent.after@example.com", "2021-03-04 05:06:07", "2021-03-04 05:06:07")}},
	}
}

func booleans() []person {
	return []person{
		{id: 1006,
			accounts:      []row{marked("staff.one@example.net", true)},
			closures:      []cell{at("2021-08-14 21:03:40")},
			reactivations: []cell{at("2021-08-15 21:03:40")},
			preferences:   optedIn,
			attributes:    []row{{"M", "GB", on("1976-03-08")}}},
		{id: 1007, accounts: []row{marked("staff.two@example.net", " YES")}, preferences: optedIn},
		{id: 1008, accounts: []row{marked("staff.three@example.net", "1")}, preferences: optedIn},
		{id: 1009, accounts: []row{marked("staff.four@example.net", "t")}, preferences: optedIn},
		{id: 1010, accounts: []row{marked("staff.five@example.net", 1)}, preferences: optedIn},
		{id: 1011, accounts: []row{marked("spelled.f@example.com", "f")}, preferences: optedIn},
		{id: 1012, accounts: []row{marked("spelled.no@example.com", "No ")}, preferences: optedIn},
		{id: 1013, accounts: []row{marked("number.zero@example.com", 0)}, preferences: optedIn},
		{id: 1014, accounts: []row{marked("spelled.false@example.com", "FALSE")}, preferences: optedIn},
		{id: 1015, accounts: []row{marked("spelled.off@example.com", "off")}, preferences: optedIn},
	}
}

func emails() []person {
	return []person{
		{id: 1016, accounts: []row{marked("  Ada.LOVELACE@Example.COM ", false)}, preferences: optedIn},
		{id: 1017, accounts: []row{marked("   ", false)}, preferences: optedIn},
		{id: 1018, accounts: []row{marked(nil, false)}, preferences: optedIn},
		{id: 1019, accounts: []row{marked("no.at.sign.example.com", false)}, preferences: optedIn},
		{id: 1020, accounts: []row{marked("shared@example.org", false)}, preferences: optedIn},
		{id: 1021, accounts: []row{marked("SHARED@EXAMPLE.ORG", false)}, preferences: optedIn},
	}
}

func attributes() []person {
	described := func(id int, rows ...row) person {
		return person{id: id, accounts: []row{marked(fmt.Sprintf("described.%d@example.org", id), false)}, preferences: optedIn, attributes: rows}
	}
	return []person{
		described(1022, row{"  m ", "gb ", on("1994-07-11")}),
		described(1023, row{"F", "NA", on("1990-03-21")}),
		described(1024, row{nil, "FR", on("1985-05-05")}),
		described(1025, row{"F", nil, on("1999-12-31")}),
		described(1026, row{"M", "DE", nil}),
		described(1027, row{" ", "", on("1931-01-01")}),
		described(1028, row{"x", "ES", on("2000-02-29")}),
		described(1029),
		described(1030, row{"M", "NO", on("1991-03-02")}, row{"F", "SE", on("1991-02-03")}),
	}
}

func duplicates() []person {
	return []person{
		{id: 1031, preferences: optedIn,
			accounts:     []row{account(nil, "2018-01-01 12:00:00", "2022-02-02 12:00:00")},
			lateAccounts: []row{account("stale@example.org", "2019-01-01 12:00:00", "2021-02-02 12:00:00")}},
		{id: 1032, preferences: optedIn,
			accounts:     []row{account("second.created@example.org", "2018-05-06 10:00:01", "2022-03-03 13:00:00")},
			lateAccounts: []row{account("first.created@example.org", "2018-05-06 10:00:00", "2022-03-03 13:00:00")}},
		{id: 1033, preferences: optedIn,
			accounts:     []row{account("tied.earlier@example.org", "2018-07-08 10:00:00", "2022-04-04 14:00:00")},
			lateAccounts: []row{account("tied.later@example.org", "2018-07-08 10:00:00", "2022-04-04 14:00:00")}},
		{id: 1034, preferences: optedIn,
			accounts:     []row{{"became.staff@example.org", at("2018-09-10 10:00:00"), at("2021-05-05 15:00:00"), false}},
			lateAccounts: []row{{"became.staff@example.org", at("2018-09-10 10:00:00"), at("2022-05-05 15:00:00"), true}}},
		{id: 1035, preferences: optedIn,
			accounts:     []row{{"tied.staff@example.org", at("2018-11-12 10:00:00"), at("2022-06-06 16:00:00"), false}},
			lateAccounts: []row{{"tied.staff@example.org", at("2018-11-12 10:00:00"), at("2022-06-06 16:00:00"), true}}},
		{id: 1036, preferences: optedIn,
			accounts:     []row{{"left.staff@example.net", at("2018-12-13 10:00:00"), at("2021-07-07 17:00:00"), true}},
			lateAccounts: []row{{"left.staff@example.net", at("2018-12-13 10:00:00"), at("2022-07-07 17:00:00"), false}}},
	}
}

func closures() []person {
	changed := func(id int, closed, reopened []cell) person {
		return person{id: id, accounts: []row{marked(fmt.Sprintf("changed.%d@example.com", id), false)}, preferences: optedIn, closures: closed, reactivations: reopened}
	}
	return []person{
		changed(1037, []cell{at("2022-01-10 18:30:00")}, nil),
		changed(1038, []cell{at("2022-01-10 18:30:00")}, []cell{at("2022-01-10 18:30:01")}),
		changed(1039, []cell{at("2022-01-10 18:30:00"), at("2022-05-01 06:00:00")}, []cell{at("2022-02-20 09:45:15")}),
		changed(1040, []cell{at("2022-03-15 12:12:12")}, []cell{at("2022-03-15 12:12:12")}),
		changed(1041, nil, []cell{at("2022-03-15 12:12:12")}),
		changed(1042, []cell{at("2022-06-07 20:00:00"), at("2021-06-07 20:00:00")}, []cell{at("2022-07-08 21:00:00"), at("2021-07-08 21:00:00")}),
	}
}

func preferences() []person {
	chose := func(id int, rows ...row) person {
		return person{id: id, accounts: []row{marked(fmt.Sprintf("chose.%d@example.net", id), false)}, preferences: rows}
	}
	return []person{
		chose(1043, row{true, at("2021-02-03 04:05:06")}, row{false, at("2022-02-03 04:05:06")}),
		chose(1044, row{false, at("2021-02-03 04:05:06")}, row{true, at("2022-02-03 04:05:06")}),
		chose(1045, row{true, at("2022-08-08 08:08:08")}, row{false, at("2022-08-08 08:08:08")}),
		chose(1046, row{true, at("2021-02-03 04:05:06")}, row{true, at("2022-02-03 04:05:06")}),
		chose(1047, row{false, at("2021-02-03 04:05:06")}),
		chose(1048, row{true, at("2022-09-01 10:00:00")}, row{true, at("2020-09-01 10:00:00")}, row{false, at("2021-09-01 10:00:00")}),
		chose(1049, row{" Yes ", at("2021-02-03 04:05:06")}),
		chose(1050, row{"Y", at("2021-02-03 04:05:06")}, row{"n", at("2021-02-03 04:05:07")}),
		chose(1051, row{true, at("2021-02-03 04:05:06.25")}, row{false, at("2021-02-03 04:05:06.125")}),
	}
}

func typedOddly() []person {
	return []person{
		{id: "1052",
			accounts:      []row{{"typed@example.org", "2018-02-03 04:05:06", "2022-02-03T04:05:06", false}},
			closures:      []cell{"2022-03-04 05:06:07"},
			reactivations: []cell{"2022-03-04 05:06:08.5"},
			preferences:   []row{{true, "2021-01-01"}}},
		{id: 1053, accounts: []row{marked("leapling@example.org", false)}, preferences: optedIn, attributes: []row{{"F", "CA", "1988-02-29"}}},
	}
}

func lastSeen() []person {
	return []person{
		{id: 1054, accounts: []row{marked("seen.closing@example.com", false)}, preferences: optedIn, closures: []cell{at("2023-03-04 05:06:07.5")}},
		{id: 1055, accounts: []row{marked("seen.choosing@example.com", false)}, preferences: []row{{false, at("2023-04-05 06:07:08")}}},
		{id: 1056, accounts: []row{account("seen.joining@example.com", "2023-05-06 07:08:09", "2023-05-06 07:08:08")}, preferences: optedIn},
	}
}

func withoutAccount() []person {
	return []person{
		{id: 9001, closures: []cell{at("2022-01-10 18:30:00")}},
		{id: 9002, reactivations: []cell{at("2022-01-11 18:30:00")}},
		{id: 9003, preferences: optedIn},
		{id: 9004, attributes: []row{{"M", "IT", on("1971-10-01")}}},
	}
}

// recent are the users seen last around the bounds of the recency segments.
func recent() []person {
	updated := func(id int, last string) person {
		return person{id: id, accounts: []row{account(fmt.Sprintf("recent.%d@example.com", id), "2019-10-11 12:13:14", last)}, preferences: optedIn}
	}
	chose, closed, reopened := updated(1998, "2021-12-01 10:00:00"), updated(1999, "2021-12-01 10:00:00"), updated(2000, "2021-12-01 10:00:00")
	chose.preferences = []row{{true, at("2021-06-01 08:15:30")}, {false, at("2024-04-15 12:00:00")}}
	closed.closures = []cell{at("2024-03-10 12:00:00")}
	reopened.closures = []cell{at("2023-12-24 18:00:00")}
	reopened.reactivations = []cell{at("2024-02-20 12:00:00")}
	return []person{
		updated(1991, "2024-04-30 23:59:59"),
		updated(1992, "2024-04-01 00:00:00"),
		updated(1993, "2024-03-31 23:59:59.999"),
		updated(1994, "2024-03-02 00:00:00"),
		updated(1995, "2024-03-01 23:59:59"),
		updated(1996, "2024-02-01 00:00:00"),
		updated(1997, "2024-01-31 23:59:59"),
		chose, closed, reopened,
	}
}
