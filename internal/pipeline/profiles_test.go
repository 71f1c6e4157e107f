package pipeline

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"martlet/internal/profile"
)

// profiled says what there is of the nodes in a file of profiles.
func (d *diskProject) profiled(name string) string {
	d.t.Helper()
	text := d.text("target/" + name)
	if text == "" {
		return ""
	}
	p, err := profile.Decode([]byte(text))
	if err != nil {
		d.t.Fatal(err)
	}
	var all []string
	for _, n := range p.Nodes {
		all = append(all, fmt.Sprintf("%s %d passed %t complete %t", n.Name, n.Rows, n.Passed, n.Complete))
	}
	return strings.Join(all, "\n")
}

// The profile of a node is of the rows that it gave, whatever became of the others; one
// that did not end has none.
func TestProfilesOfWhatThereIs(t *testing.T) {
	d := onDisk(t, nil)
	expect := func(name, want string) {
		t.Helper()
		if got := d.profiled(name); got != want {
			t.Errorf("%s has\n%s\nwant\n%s", name, got, want)
		}
	}
	const good = "users 5 passed true complete true\nevents 3 passed true complete true\nlonely 1 passed true complete true\nmart 3 passed true complete true"
	users := d.text("seeds/users.csv")
	d.expect(d.build(), exitDone)
	expect("profiles.json", good)
	expect("profiles_before.json", "")

	d.write("seeds/lonely.csv", "id,email,n\n1,z@x,1\nx,y@x,2\n")
	d.expect(d.build(), exitBadData, "1 record rejected")
	expect("profiles.json", strings.ReplaceAll(good, "passed true", "passed false"))
	expect("profiles_before.json", good)

	d.write("seeds/lonely.csv", "id,email,n\n1,z@x,1\n")
	d.write("seeds/users.csv", "id,email,n\n1,a@x,1\n2,b@x,2\n3,\"c@x,3\n")
	d.expect(d.build(), exitBadData, "FAIL  relationships_events_id") // which closes off the mart
	expect("profiles.json", "users 2 passed false complete false\nevents 3 passed false complete true\nlonely 1 passed false complete true\nmart 3 passed false complete true")
	events := d.text("seeds/events.csv")
	d.write("seeds/events.csv", "n,id,email\n,1,\n")
	d.expect(d.build(), exitBadData)
	expect("profiles.json", "users 2 passed false complete false\nevents 1 passed false complete true\nlonely 1 passed false complete true\nmart 2 passed false complete false")
	expect("profiles_before.json", good)

	before := d.text("target/profiles.json")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.expect(d.runWith(ctx, "--root", d.root, "--as-of", "2024-06-01"), exitImpeded)
	if d.text("target/profiles.json") != before {
		t.Error("a run that was stopped has other profiles")
	}
	d.write("seeds/users.csv", users)
	d.write("seeds/events.csv", events)
	d.expect(d.build(), exitDone)
	expect("profiles.json", good)
	expect("profiles_before.json", good)
	if strings.Contains(d.text("target/profiles.json"), "@x") {
		t.Error("something personal is shown")
	}
}
