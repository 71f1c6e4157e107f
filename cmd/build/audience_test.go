package main

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	audienceCSV   = "out/campaign_audience.csv"
	audienceArrow = "out/campaign_audience.arrow"
)

// expectAudience works out the audience of the published mart: the hash of each email
// all of whose accounts are open and opted in, where the email first appears.
func expectAudience(t testing.TB, s *site) (hashes []string) {
	t.Helper()
	header, records := readCSV(t, s.path(martCSV))
	email, optIn, closed := slices.Index(header, "email"), slices.Index(header, "user_opt_in_marketing"), slices.Index(header, "is_closed")
	objects := map[string]bool{}
	for _, r := range records {
		objects[r[email]] = objects[r[email]] || r[optIn] != "true" || r[closed] != "false"
	}
	for _, r := range records {
		if r[email] != "" && !objects[r[email]] {
			hashes = append(hashes, fmt.Sprintf("%x", sha256.Sum256([]byte(r[email]))))
			objects[r[email]] = true // once
		}
	}
	return hashes
}

// checkAudience holds what was published against expectAudience, and looks for
// emails in it.
func checkAudience(t testing.TB, s *site) (hashes []string) {
	t.Helper()
	hashes = expectAudience(t, s)
	if want := "email_sha256\n" + strings.Join(hashes, "\n") + "\n"; s.read(audienceCSV) != want {
		t.Errorf("the audience is\n%s\nwant\n%s", s.read(audienceCSV), want)
	}
	header, records := readCSV(t, s.path(martCSV))
	email := slices.Index(header, "email")
	for _, name := range []string{audienceCSV, audienceArrow} {
		published := strings.ToLower(s.read(name))
		for _, r := range records {
			if r[email] != "" && strings.Contains(published, r[email]) {
				t.Errorf("%s has %s in clear", name, r[email])
			}
		}
	}
	return hashes
}

func TestAudience(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.build(), 0)
	if hashes := checkAudience(t, s); len(hashes) < 100 {
		t.Errorf("found %d emails in the audience", len(hashes))
	}
}

// TestAudienceOfSharedEmails gives the accounts of the sample a few hundred emails, so
// that most are those of several: some closed, some opted out, some internal.
func TestAudienceOfSharedEmails(t *testing.T) {
	s := sampleSite(t)
	s.remove("raw_data/ae_sample_db.xlsx", "seeds/seeds.lock") // else the seeds would be edited
	header, records := readCSV(t, filepath.Join(s.root, "seeds", "user_account.csv"))
	email := slices.Index(header, "email")
	internal := map[string]bool{}
	for i, r := range records {
		address := fmt.Sprintf("u%d@example.com", i*i%401)
		r[email] = " " + strings.ToUpper(address)
		if truth(t, r[slices.Index(header, "internal_user")]) {
			internal[fmt.Sprintf("%x", sha256.Sum256([]byte(address)))] = true
		}
	}
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(append([][]string{header}, records...)); err != nil {
		t.Fatal(err)
	}
	s.write("seeds/user_account.csv", text.String())
	s.expect(s.build(), 0)
	hashes := checkAudience(t, s)
	if len(hashes) == 0 || !slices.ContainsFunc(hashes, func(h string) bool { return internal[h] }) {
		t.Errorf("found no email of an internal account among %d: the test shows nothing", len(hashes))
	}
}

// A night's new records change who is in the audience, however the mart is brought up
// to date.
func TestAudienceOfAnUpdate(t *testing.T) {
	x := newExtracts(t)
	x.expect(x.run(), 0)
	before := checkAudience(t, x.site)
	header, records := readCSV(t, x.path(martCSV))
	email, id := slices.Index(header, "email"), slices.Index(header, "user_id")
	shared, closed := "", "" // the last two of the audience
	for _, r := range records {
		if slices.Contains(before, fmt.Sprintf("%x", sha256.Sum256([]byte(r[email])))) {
			shared, closed = closed, r[email]
			x.write(x.file("user_account_closures", "c.csv"), "user_id,closed_timestamp\n"+r[id]+",2024-04-30 10:00:00\n")
		}
	}
	x.add(accountFile, strings.Replace(account(900001), "user.900001@example.com", strings.ToUpper(shared), 1)) // who never opted in
	x.expect(x.run(), 0)
	if found := x.increment(); found.Full {
		t.Fatalf("everything was computed: %+v", found)
	}
	after := checkAudience(t, x.site)
	for _, out := range []string{closed, shared} {
		if hash := fmt.Sprintf("%x", sha256.Sum256([]byte(out))); !slices.Contains(before, hash) || slices.Contains(after, hash) {
			t.Errorf("%q is in the audience: %t before, %t after", out, slices.Contains(before, hash), slices.Contains(after, hash))
		}
	}
	if len(after) != len(before)-2 {
		t.Errorf("the audience has %d emails, and had %d", len(after), len(before))
	}
}
