package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// goal is a promise and what became of it.
type goal struct {
	text     string
	measured string
	met      bool
}

// goals compares what was measured with what kubelua promises. What could not be
// measured is left out.
func (p *programs) goals(all []measured) []goal {
	var g []goal
	add := func(met bool, text, format string, args ...any) {
		g = append(g, goal{text, fmt.Sprintf(format, args...), met})
	}
	ratio := func(title string, column int) (float64, bool) {
		for _, m := range all {
			for _, r := range m.rows {
				if r.title == title && m.pods != manyPods {
					return m.ratio(column, r)
				}
			}
		}
		return 0, false
	}
	atMost := func(limit float64, title string, column int) {
		if x, ok := ratio(title, column); ok {
			add(x <= limit, fmt.Sprintf("%s: at most %v times %s", title, limit, p.peers[column].name), "%.2f times", x)
		}
	}
	atMost(1.2, titleCount, floor)
	if x, ok := ratio(titleCount, dynamic); ok {
		add(x <= 1/2.5, titleCount+": at least 2.5 times faster than client-go's dynamic client", "%.1f times", 1/x)
	}
	atMost(0.9, titleCount, requests)
	atMost(1.25, titleWatch, floor)
	atMost(1.25, titleFirstToLast, floor)
	atMost(1.1, titleParallel, dynamic)
	atMost(1.25, titleWatches, floor)
	atMost(1.25, titleChanges, floor)
	atMost(2, titleCoroutines, stock)

	var few int64
	for _, m := range all {
		bytes, _ := m.memory(kubelua)
		switch {
		case m.title == titleCount && m.pods == fewPods:
			few = bytes
			add(bytes <= 64e6, titleCount+": at most 64 MB of memory", "%s", megabytes(bytes))
		case m.title == titleCount:
			x := float64(bytes) / float64(few)
			add(x <= 1.2 && x >= 0.8, fmt.Sprintf("the same within 20 %% with %s pods", thousands(m.pods)), "%s, %.2f times", megabytes(bytes), x)
		case m.title == titleNames:
			// A string and its place in a table: the name, 16 bytes for either of
			// the two, and as much again while the table grows.
			names := int64(m.pods) * 128
			add(bytes <= 64e6+names, fmt.Sprintf("collect the names of %s pods: at most 64 MB and the names", thousands(m.pods)), "%s", megabytes(bytes))
		case m.title == titleWatches:
			if lost, ok := m.lost(kubelua); ok {
				add(lost == 0, fmt.Sprintf("%d watches at once: no event lost, none twice", watchCount), "%d in %d rounds", lost, len(m.series[kubelua]))
			}
		case m.title == titleSleepers:
			add(bytes <= 200e6, titleSleepers+": at most 200 MB", "%s", megabytes(bytes))
		case m.title == titleTurns:
			t, _ := m.time(kubelua, m.rows[0])
			add(t <= 3*time.Microsecond, titleTurns+": within 3 µs", "%s", duration(t))
		case m.title == titleGenerators:
			add(bytes <= 400e6, thousands(generators)+" abandoned generators: at most 400 MB", "%s", megabytes(bytes))
		case m.title == titleStart:
			t, _ := m.time(kubelua, m.rows[0])
			add(t.Milliseconds() < 25, "start: within 25 ms", "%s", duration(t))
		}
	}
	if info, err := os.Stat(p.kubelua); err == nil {
		add(info.Size() <= 25e6, "the program: at most 25 MB", "%s", megabytes(info.Size()))
	}
	return g
}

func writeGoals(w io.Writer, goals []goal) {
	fmt.Fprintf(w, "| Goal | Measured | |\n| --- | ---: | --- |\n")
	for _, g := range goals {
		met := "met"
		if !g.met {
			met = "**not met**"
		}
		fmt.Fprintf(w, "| %s | %s | %s |\n", g.text, g.measured, met)
	}
}
