package repl

import (
	"context"
	"fmt"
)

// readOnly has the guard deny every change, or no longer.
func (r *repl) readOnly(_ context.Context, argument string) error {
	switch argument {
	case "":
	case "on":
		r.guard.SetReadOnly(":readonly on")
	case "off":
		r.guard.SetReadOnly("")
	default:
		return fmt.Errorf("usage: :readonly [on|off]")
	}
	switch by := r.guard.ReadOnly(); {
	case by == "":
		r.notice("changes are allowed")
	case argument == "off":
		return fmt.Errorf("changes are still denied by %s", by)
	default:
		r.notice("changes are denied by " + by)
	}
	return nil
}
