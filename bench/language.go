package main

import (
	"strconv"
	"time"
)

// How often things are done that are too short to be measured once.
const (
	sleepers        = 10_000
	switches        = 1_000_000
	handovers       = 400_000
	generators      = 1_000_000
	stockGenerators = generators / 5 // they take as long
)

// each is the time of one of the many things that a run has counted.
func each(r result) time.Duration {
	n, _ := strconv.Atoi(r.Output)
	return r.Wall / time.Duration(max(n, 1))
}

// language is the work that needs no cluster.
func (p *programs) language() []task {
	many := strconv.Itoa(switches)
	return []task{{
		title: titleSleepers,
		commands: [peerCount][]string{
			kubelua: {p.kubelua, "-e", script("sleepers"), strconv.Itoa(sleepers)},
		},
		want: strconv.Itoa(sleepers),
		rows: []row{{titleSleepers, wall}},
		few:  fewRounds,
	}, {
		title: titleTurns,
		commands: [peerCount][]string{
			kubelua: {p.kubelua, "-e", script("turns"), many},
		},
		want: many,
		rows: []row{{titleTurns, each}},
	}, {
		title: titleQueues,
		commands: [peerCount][]string{
			kubelua: {p.kubelua, "-e", script("queues"), strconv.Itoa(handovers)},
		},
		want: strconv.Itoa(handovers),
		rows: []row{{titleQueues, each}},
	}, {
		title: titleCoroutines,
		commands: [peerCount][]string{
			kubelua: {p.kubelua, "-e", script("coroutines"), many},
			stock:   {p.stock, script("coroutines"), many},
		},
		want: many,
		rows: []row{{titleCoroutines, each}},
	}, {
		title: titleGenerators,
		commands: [peerCount][]string{
			kubelua: {p.kubelua, "-e", script("generators"), strconv.Itoa(generators)},
			stock:   {p.stock, script("generators"), strconv.Itoa(stockGenerators)},
		},
		rows: []row{{titleGenerators, each}},
		few:  1,
	}}
}
