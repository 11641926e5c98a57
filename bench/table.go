package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// measured is a task with what came of it.
type measured struct {
	task
	pods int
	series
}

// who is the peer whose results stand in a column: the floor does some work in
// one of two ways, and the faster one counts.
func (m *measured) who(column int, r row) int {
	one, _ := m.figure(floor, r.figure)
	other, ok := m.figure(otherFloor, r.figure)
	if column == floor && ok && other < one {
		return otherFloor
	}
	return column
}

// time is the median of a column, and whether there is one.
func (m *measured) time(column int, r row) (time.Duration, bool) {
	return m.figure(m.who(column, r), r.figure)
}

// ratio is how many times as long as a column kubelua takes: the median over the
// rounds, so that what slows a whole round down does no harm.
func (m *measured) ratio(column int, r row) (float64, bool) {
	var all []float64
	own, others := m.figures(kubelua, r.figure), m.figures(m.who(column, r), r.figure)
	for i := range min(len(own), len(others)) {
		all = append(all, float64(own[i])/float64(others[i]))
	}
	return median(all)
}

// writeTable writes a Markdown table with the given peers as its columns: for
// every row the times, kubelua's time relative to each, and what the processes
// used.
func (p *programs) writeTable(w io.Writer, all []measured, peers []int) {
	head, rule := []string{""}, []string{"---"}
	for _, column := range peers {
		head, rule = append(head, p.peers[column].name), append(rule, "---:")
	}
	line := func(cells []string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	line(rule)
	pods := 0
	for _, m := range all {
		if m.pods != pods {
			pods = m.pods
			line(append([]string{fmt.Sprintf("**%s pods**", thousands(pods))}, make([]string, len(peers))...))
		}
		for _, r := range m.rows {
			times, ratios, alone := []string{r.title}, []string{"- kubelua takes"}, true
			for _, column := range peers {
				t, _ := m.time(column, r)
				x, ok := m.ratio(column, r)
				switch {
				case !ok:
					times, ratios = append(times, p.why(m, column)), append(ratios, "")
				case column == kubelua:
					times, ratios = append(times, "**"+duration(t)+"**"), append(ratios, "")
				default:
					times, ratios = append(times, duration(t)), append(ratios, fmt.Sprintf("%.2f x", x))
					alone = false
				}
			}
			line(times)
			if !alone {
				line(ratios)
			}
		}
		used := []string{"- processor time, memory"}
		for _, column := range peers {
			who := m.who(column, m.rows[0])
			cell := ""
			if bytes, ok := m.memory(who); ok {
				cpu, _ := m.figure(who, processor)
				cell = duration(cpu) + ", " + megabytes(bytes)
			}
			used = append(used, cell)
		}
		line(used)
	}
}

// why says why a peer has no part in a task.
func (p *programs) why(m measured, who int) string {
	switch {
	case m.commands[who] == nil:
		return "-"
	case p.peers[who].absent != "":
		return "not present"
	}
	return "skipped"
}

// writeNotes says what the table leaves open.
func (p *programs) writeNotes(w io.Writer, all []measured) {
	note := func(format string, args ...any) { fmt.Fprintf(w, "- "+format+"\n", args...) }
	note("Times are from the start of the process to its end; memory is the peak of the resident set.")
	note("The floor is Go's net/http: it reads the same bytes from the server and looks at nothing but the continue token.")
	for _, m := range all {
		switch m.title {
		case titleCount:
			low, high := m.spread(floor, wall)
			output := m.series[floor][0].Output // pods and bytes
			_, size, _ := strings.Cut(output, " ")
			bytes, _ := strconv.ParseInt(size, 10, 64)
			note("%s pods are %s of JSON. The floor's rounds took %s to %s: so much for the noise.",
				thousands(m.pods), megabytes(bytes), duration(low), duration(high))
		case titleWatch:
			stream, _ := m.figure(floor, wall)
			list, _ := m.figure(otherFloor, wall)
			taken := "stream"
			if m.who(floor, m.rows[0]) == otherFloor {
				taken = "list"
			}
			note("The watch's floor is the faster of a plain event stream (%s) and the paged list of a client that lists before it watches (%s): the %s.",
				duration(stream), duration(list), taken)
		case titleParallel:
			note("To label pods is a list and a patch for each of them. At once: task.parallel with a limit of 16, 16 goroutines elsewhere.")
		case titleWatches:
			streams, _ := m.figure(floor, first)
			lists, _ := m.figure(otherFloor, first)
			note("%d watches: the floor is as many readers that count lines. They have what exists from event streams after %s and from paged lists, read at once, after %s; the faster counts. The changes are made by somebody else. kubelua looks at each for its label.",
				watchCount, duration(streams), duration(lists))
		case titleStart:
			note("Start: the floor is an empty Go program; Python imports its library; kubectl tells its version.")
		}
	}
	p.writeAbsences(w, all)
}

// writeLanguageNotes says how the work without a cluster was measured.
func writeLanguageNotes(w io.Writer) {
	note := func(format string, args ...any) { fmt.Fprintf(w, "- "+format+"\n", args...) }
	note("Memory is of the whole process. So are the times, but for those of small things, which are divided by how many there were: %s, of values in the queue %s.",
		thousands(switches), thousands(handovers))
	note("The stock gopher-lua runs the same Lua with its own libraries, under a context as well: kubelua needs one to end scripts. It makes %s generators only.",
		thousands(stockGenerators))
}

// writeAbsences says which peers were left out, and why.
func (p *programs) writeAbsences(w io.Writer, all []measured) {
	for column := range columns {
		switch peer := p.peers[column]; {
		case peer.absent != "":
			fmt.Fprintf(w, "- %s: not present, for want of %s.\n", peer.name, peer.absent)
		case peer.slow && all[len(all)-1].pods > fewPods:
			fmt.Fprintf(w, "- %s is skipped with %s pods: it would take minutes.\n", peer.name, thousands(manyPods))
		}
	}
}

func duration(t time.Duration) string {
	switch {
	case t > 0 && t < 100*time.Microsecond:
		return fmt.Sprintf("%.2f µs", t.Seconds()*1e6)
	case t < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", t.Seconds()*1000)
	case t < time.Second:
		return fmt.Sprintf("%.0f ms", t.Seconds()*1000)
	}
	return fmt.Sprintf("%.2f s", t.Seconds())
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/1e6) }

// thousands writes a number as people read it: 20,000.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
