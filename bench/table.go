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

// floorTime is the time of a row that all others stand on: that of the floor, or of
// its other way of doing the same where that is faster (other).
func (m *measured) floorTime(r row) (t time.Duration, other bool) {
	t, _ = m.figure(floor, r.figure)
	if alternative, ok := m.figure(otherFloor, r.figure); ok && alternative < t {
		return alternative, true
	}
	return t, false
}

// time is what a peer took for a row; floorTime for the floor.
func (m *measured) time(who int, r row) (time.Duration, bool) {
	if who == floor {
		t, _ := m.floorTime(r)
		return t, t > 0
	}
	return m.figure(who, r.figure)
}

// writeTable writes a Markdown table: for every row the times, kubelua's time
// relative to each, and the peak memory of the processes.
func (p *programs) writeTable(w io.Writer, all []measured) {
	head, rule := []string{""}, []string{"---"}
	for who := range columns {
		head, rule = append(head, p.peers[who].name), append(rule, "---:")
	}
	line := func(cells []string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	line(rule)
	pods := 0
	for _, m := range all {
		if m.pods != pods {
			pods = m.pods
			line(append([]string{fmt.Sprintf("**%s pods**", thousands(pods))}, make([]string, columns)...))
		}
		for _, r := range m.rows {
			times, ratios := []string{r.title}, []string{"- kubelua takes"}
			own, _ := m.time(kubelua, r)
			for who := range columns {
				t, ok := m.time(who, r)
				switch {
				case !ok:
					times, ratios = append(times, p.why(m, who)), append(ratios, "")
				case who == kubelua:
					times, ratios = append(times, "**"+duration(t)+"**"), append(ratios, "")
				default:
					times = append(times, duration(t))
					ratios = append(ratios, fmt.Sprintf("%.2f x", float64(own)/float64(t)))
				}
			}
			line(times)
			line(ratios)
		}
		peaks := []string{"- peak memory"}
		for who := range columns {
			if who == floor {
				if _, other := m.floorTime(m.rows[0]); other {
					who = otherFloor
				}
			}
			bytes, ok := m.memory(who)
			if !ok {
				peaks = append(peaks, "")
				continue
			}
			peaks = append(peaks, megabytes(bytes))
		}
		line(peaks)
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
			if _, other := m.floorTime(m.rows[0]); other {
				taken = "list"
			}
			note("The watch's floor is the faster of a plain event stream (%s) and the paged list of a client that lists before it watches (%s): the %s.",
				duration(stream), duration(list), taken)
		case titleStart:
			note("Start: the floor is an empty Go program; Python imports its library; kubectl tells its version.")
		}
	}
	for who := range columns {
		if p.peers[who].absent != "" {
			note("%s: not present, for want of %s.", p.peers[who].name, p.peers[who].absent)
		}
		if p.peers[who].slow && all[len(all)-1].pods > fewPods {
			note("%s is skipped with %s pods: it would take minutes.", p.peers[who].name, thousands(manyPods))
		}
	}
}

func duration(t time.Duration) string {
	if t < time.Second {
		return fmt.Sprintf("%.3g ms", t.Seconds()*1000)
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
