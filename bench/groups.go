package main

import "fmt"

// groups are all there is to measure. Divided, they are that much smaller: to
// try them out, and to test them.
func groups(divide int) []group {
	n := func(rows int) int { return rows / divide }
	return []group{
		martGroup(n(5_000_000)),
		shapesGroup(n(5_000_000)),
		growthGroup(n(1_000_000), n(5_000_000), n(20_000_000)),
		threadsGroup(n(5_000_000)),
		budgetGroup(n(20_000_000)),
		incrementGroup(n(5_000_000)),
		explainGroup(n(5_000_000)),
		testsGroup(n(5_000_000)),
		sheetGroup(n(500_000), true),
		sheetGroup(n(500_000), false),
		sheetGroup(n(100_000), false),
		csvGroup(n(5_000_000)),
		csvGroup(n(1_000_000)),
	}
}

// usual is the shape that a nightly extract has.
var usual = shape{shuffled: true, messy: true}

// martGroup is the sample's pipeline from CSV files to published data, beside
// the best that DuckDB does for the same rows, and the least that any program
// must do.
func martGroup(users int) group {
	in := userTables(users, usual)
	return group{
		name: fmt.Sprintf("mart of %s users", grouped(users)), sameRows: true,
		note: "Six CSV files to the mart as CSV and Arrow, all tests on; DuckDB writes CSV and Parquet, and runs no tests.\n" +
			"No model is incremental: like its peers, Martlet leaves nothing for a next run, see below for what that costs.\n" +
			"The floor reads the same bytes and writes as many, and nothing else. Martlet syncs what it publishes to the\n" +
			"disk, DuckDB does not: the second floor shows what that costs.",
		contenders: []contender{
			{name: "martlet", input: in, run: buildMart()},
			{name: "DuckDB", input: in, run: queryMart},
			{name: "floor", input: in, run: moveBytes(false)},
			{name: "floor, synced", input: in, run: moveBytes(true)},
		},
		columns: []column{wall, cpu, anon, peak, times("DuckDB"), wallOf("floor"), cpuOf("DuckDB"), anonOf("DuckDB"), within},
		claims: []claim{
			{what: "wall of DuckDB's", bound: 0.2, figure: share("martlet", wallShare, "DuckDB")},
			{what: "wall of the floor's", bound: 3, figure: share("martlet", wallShare, "floor")},
			{what: "anonymous memory of DuckDB's", bound: 0.5, figure: share("martlet", anonymousShare, "DuckDB")},
		},
	}
}

// shapesGroup is what order and mess cost.
func shapesGroup(users int) group {
	g := group{
		name: fmt.Sprintf("orders and mess, %s users", grouped(users)), sameRows: true,
		note: "Sorted by user or in no order; clean, or with repeated accounts, several preferences a user, records of unknown\n" +
			"users, gaps, and booleans, codes and addresses in any spelling.",
		columns: []column{wall, cpu, anon, wallOf("martlet, sorted, clean"), wallOf("DuckDB, sorted, clean")},
	}
	for _, s := range []shape{{false, false}, {true, false}, {false, true}, {true, true}} {
		in := userTables(users, s)
		g.contenders = append(g.contenders,
			contender{name: "martlet, " + s.String(), input: in, run: buildMart()},
			contender{name: "DuckDB, " + s.String(), input: in, run: queryMart})
	}
	return g
}

// growthGroup is how cost grows with size.
func growthGroup(sizes ...int) group {
	g := group{
		name: "growth with size", sameRows: true,
		note:    "Each cost shared among the users of the input. The largest is run once.",
		columns: []column{wall, cpu, anon, wallEach, cpuEach, anonEach},
	}
	sized := func(contender string, users int) string { return fmt.Sprintf("%s, %s", contender, grouped(users)) }
	first, last := sizes[0], sizes[len(sizes)-1]
	for _, users := range sizes {
		runs := 0
		if users == last {
			runs = 1
		}
		in := userTables(users, usual)
		g.contenders = append(g.contenders,
			contender{name: sized("martlet", users), input: in, run: buildMart(), runs: runs},
			contender{name: sized("DuckDB", users), input: in, run: queryMart, runs: runs})
	}
	g.claims = []claim{
		{what: "wall a user of the largest, of the smallest's", bound: 1.25, figure: share(sized("martlet", last), wallEachShare, sized("martlet", first))},
		{what: "CPU a user of the largest, of the smallest's", bound: 1.25, figure: share(sized("martlet", last), cpuEachShare, sized("martlet", first))},
		{what: "wall a user of DuckDB's largest, of its smallest's", bound: 1.25, figure: share(sized("DuckDB", last), wallEachShare, sized("DuckDB", first))},
	}
	return g
}

// threadsGroup is how cost grows with threads.
func threadsGroup(users int) group {
	in := userTables(users, usual)
	return group{
		name: fmt.Sprintf("threads, %s users", grouped(users)), sameRows: true,
		note: "Martlet with `--threads` and GOMAXPROCS, DuckDB with `threads`.",
		contenders: []contender{
			{name: "martlet, 1 thread", input: in, run: buildMart(), cores: 1},
			{name: "martlet, 2 threads", input: in, run: buildMart(), cores: 2},
			{name: "DuckDB, 1 thread", input: in, run: queryMart, cores: 1},
			{name: "DuckDB, 2 threads", input: in, run: queryMart, cores: 2},
		},
		columns: []column{wall, cpu, anon, times("martlet, 1 thread"), times("DuckDB, 1 thread")},
		claims: []claim{{
			what: "2 threads, times as fast as 1", bound: 1.7, least: true,
			figure: share("martlet, 1 thread", wallShare, "martlet, 2 threads"),
		}},
	}
}

// budgetGroup is a run within a budget of memory, once the program has one.
func budgetGroup(users int) group {
	const budget = 256 << 20
	in := userTables(users, usual)
	of := func(all []result) (float64, bool) {
		r, ok := find(all, "martlet, --memory 256MB")
		return float64(r.anonymous) / budget, ok
	}
	return group{
		name: fmt.Sprintf("memory budget, %s users", grouped(users)), sameBytes: true,
		note: "The published files must be the same, byte for byte. Each is run once.",
		contenders: []contender{
			{name: "martlet", input: in, run: buildMart(), runs: 1},
			{name: "martlet, --memory 256MB", input: in, run: buildMart("--memory", "256MB"), runs: 1, needs: "--memory"},
		},
		columns: []column{wall, cpu, anon, peak, wallOf("martlet"), digest},
		claims:  []claim{{what: "anonymous memory of the budget", bound: 1.5, figure: of}},
	}
}

// testsGroup is what the tests cost.
func testsGroup(users int) group {
	in := userTables(users, shape{shuffled: true})
	return group{
		name: fmt.Sprintf("sample of %s users, published, tests on and off", grouped(users)),
		contenders: []contender{
			{name: "all tests", input: in, run: buildMart()},
			{name: "no tests", input: in, run: buildMart("--exclude", "test_type:generic test_type:singular")},
		},
		columns: []column{rate, wall, cpu, peak, cpuOf("no tests")},
	}
}
