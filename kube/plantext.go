package kube

import (
	"fmt"
	"slices"
	"strings"
)

// Text tells a plan to people: each object with what differs, and how many
// there are. colour says whether it is for a terminal that shows colours.
func (p *Plan) Text(colour bool) string {
	changes := p.Changes()
	several := slices.ContainsFunc(changes, func(c PlannedChange) bool { return c.Server != changes[0].Server })
	var b strings.Builder
	server := ""
	counts := map[string]int{}
	for _, c := range changes {
		if several && c.Server != server {
			server = c.Server
			fmt.Fprintf(&b, "cluster %s\n", server)
		}
		counts[c.What]++
		for _, line := range c.described() {
			b.WriteString(painted(line, colour) + "\n")
		}
	}
	if len(changes) > 0 {
		b.WriteString("\n")
	}
	b.WriteString("Plan: " + planCounts(counts) + ".")
	switch n := p.Waits(); {
	case n == 1:
		b.WriteString(" A wait was taken as fulfilled.")
	case n > 1:
		fmt.Fprintf(&b, " %d waits were taken as fulfilled.", n)
	}
	return b.String() + "\n"
}

// planMarks stand before the kinds of changes.
var planMarks = map[string]string{PlanCreate: "+", PlanChange: "~", PlanDelete: "-", PlanReplace: "±"}

// described is a change with its lines.
func (c PlannedChange) described() []string {
	head := planMarks[c.What] + " " + c.What + " " + c.String()
	if len(c.Notes) > 0 {
		head += " (" + strings.Join(c.Notes, "; ") + ")"
	}
	return append([]string{head}, marked("    ", c.Lines())...)
}

func planCounts(counts map[string]int) string {
	var parts []string
	for _, what := range []string{PlanCreate, PlanChange, PlanReplace, PlanDelete} {
		if counts[what] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", counts[what], what))
		}
	}
	if parts == nil {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

// The colours of a line, by its mark.
var planColours = map[string]string{"+": "32", "~": "33", "-": "31", "±": "33"}

// painted is a line in the colour of its mark.
func painted(line string, colour bool) string {
	mark, _, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
	code := planColours[mark]
	if !colour || code == "" {
		return line
	}
	return "\x1b[" + code + "m" + line + "\x1b[0m"
}
