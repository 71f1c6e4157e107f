// Command sample writes the workbook that the sample pipeline reads,
// raw_data/ae_sample_db.xlsx: five sheets about 1,000 invented users, with
// every situation that the pipeline has to get right planted among them.
//
//	go run ./raw_data/sample
//
// It writes the same bytes each time. It knows how the raw systems write their
// tables; it must not know the pipeline that reads them.
//
// # What is planted
//
// Users 1001 to 1056 and 1991 to 2000 each stand for one situation; users 1057
// to 1990 are ordinary; 9001 to 9004 have no account. "No row" below is: not in
// mart_users_marketing. The recency of 1991 to 2000 is for a run with --as-of
// 2024-05-01T00:00:00Z. The mart has 948 rows: 1,000 users, 52 of them internal.
//
//	id    situation                                     what the mart must say
//	1001  a row in every table, nothing odd             opted in, not closed, not reopened
//	1002  an account only, created 2019-06-05           all else null, opted out, no warning
//	1003  no preference, created 2019-12-31 23:59:59    opted out, no warning
//	1004  no preference, created 2020-01-01 00:00:00    opted out, counted by the warning
//	1005  no preference, created 2021-03-04             opted out, counted by the warning
//	1006  internal, with a row in every other table     no row
//	1007  internal, spelled " YES"                      no row
//	1008  internal, spelled "1"                         no row
//	1009  internal, spelled "t"                         no row
//	1010  internal, the number 1                        no row
//	1011  external, spelled "f"                         a row
//	1012  external, spelled "No "                       a row
//	1013  external, the number 0                        a row
//	1014  external, spelled "FALSE"                     a row
//	1015  external, spelled "off"                       a row
//	1016  email padded and in upper case                email ada.lovelace@example.com
//	1017  email of three spaces                         email null
//	1018  no email cell                                 email null
//	1019  email without an @                            kept as it is; a warning of staging
//	1020  email of 1021, in lower case                  a row; a warning that the email is not unique
//	1021  email of 1020, in upper case                  a row
//	1022  gender "  m ", country "gb "                  M, GB, United Kingdom ...
//	1023  country "NA"                                  country_code NA, Namibia
//	1024  no gender cell                                gender null, FR
//	1025  no country cell                               country_code and country_name null
//	1026  no date_of_birth cell                         date_of_birth null
//	1027  gender of one space, country empty text       both null
//	1028  gender "x"                                    X; a warning
//	1029  no attributes                                 gender, country_code, date_of_birth null
//	1030  attributes twice                              the later row: F, SE, 1991-02-03
//	1031  account twice, the earlier row updated last   the earlier row whole: email null
//	1032  account twice, updated alike                  the row created last: second.created@example.org
//	1033  account twice, tied in both                   the later row: tied.later@example.org
//	1034  account twice, the later update is internal   no row
//	1035  account twice, tied, the later is internal    no row
//	1036  account twice, was internal, is no more       a row: left.staff@example.net
//	1037  closed                                        is_closed
//	1038  closed, then reopened                         not closed, is_reopened
//	1039  closed, reopened, closed again                is_closed, is_reopened
//	1040  closed and reopened at the same instant       is_closed, is_reopened
//	1041  reopened, closure not recorded                not closed, is_reopened
//	1042  closed, closed, reopened; rows newest first   not closed, is_reopened
//	1043  opted in, then out                            opted out, user_opt_in_at 2021-02-03 04:05:06
//	1044  opted out, then in                            opted in
//	1045  opted in and out at the same instant          opted out, user_opt_in_at that instant
//	1046  opted in twice                                opted in, user_opt_in_at the second
//	1047  opted out only                                opted out, user_opt_in_at null
//	1048  in, out, in; rows out of order                opted in, user_opt_in_at 2022-09-01 10:00:00
//	1049  opted in, spelled " Yes "                     opted in
//	1050  opted in as "Y", out later as "n"             opted out
//	1051  out at .125 s, in at .25 s of one second      opted in; fractions kept
//	1052  id and timestamps typed as text               read like any other
//	1053  date_of_birth typed as text, 29 February      date_of_birth 1988-02-29
//	1054  closed after the last update                  last_seen_ts is the closure
//	1055  opted out after the last update               last_seen_ts is the preference
//	1056  updated before it was created                 last_seen_ts is created_at; a warning of the source
//	1991  updated 2024-04-30 23:59:59                   0-30 days
//	1992  updated 2024-04-01 00:00:00, 30 days before   0-30 days
//	1993  updated 2024-03-31 23:59:59.999               31-60 days
//	1994  updated 2024-03-02 00:00:00, 60 days before   31-60 days
//	1995  updated 2024-03-01 23:59:59                   61-90 days
//	1996  updated 2024-02-01 00:00:00, 90 days before   61-90 days
//	1997  updated 2024-01-31 23:59:59                   over 90 days
//	1998  opted out 2024-04-15, updated long before     0-30 days
//	1999  closed 2024-03-10, updated long before        31-60 days
//	2000  reopened 2024-02-20, updated long before      61-90 days
//	9001  a closure without an account                  no row
//	9002  a reactivation without an account             no row
//	9003  a preference without an account               no row
//	9004  attributes without an account                 no row
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	path := flag.String("o", "raw_data/ae_sample_db.xlsx", "workbook to write")
	flag.Parse()
	if err := write(*path); err != nil {
		fmt.Fprintln(os.Stderr, "sample:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	book, err := workbook(everyone())
	if err != nil {
		return err
	}
	return os.WriteFile(path, book, 0o644)
}
