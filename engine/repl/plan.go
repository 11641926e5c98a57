package repl

import (
	"context"
	"errors"
	"fmt"
)

// prompt is what stands before a text: the target, and whether writes are
// planned.
func (r *repl) prompt() string {
	text := r.target.shown(r.console.paint)
	if r.guard.ReadOnly() != "" {
		text += " (read-only)"
	}
	if r.Plan.On() {
		text += r.console.paint.as(yellow, " (plan)")
	}
	return text + "> "
}

// plan shows what is planned, or says whether writes are planned from now on.
func (r *repl) plan(ctx context.Context, argument string) error {
	on := r.Plan.On()
	switch argument {
	case "":
		if on {
			return r.showPlan(ctx)
		}
		r.notice("writes are carried out; :plan on has them planned")
	case "on":
		if on {
			return errors.New("writes are planned already; :plan shows what they come to")
		}
		r.Plan.Start()
		r.note("-- :plan on")
		r.notice("nothing is changed from now on; :plan shows what would be, :plan off ends this")
	case "off":
		if !on {
			return errors.New("nothing is being planned")
		}
		r.Plan.Stop()
		r.note("-- :plan off")
		err := r.showPlan(ctx)
		r.notice("none of it was done; writes are carried out from now on")
		return err
	default:
		return fmt.Errorf("usage: :plan [on|off]")
	}
	return nil
}

func (r *repl) showPlan(ctx context.Context) error {
	return r.console.alone(ctx, func(context.Context) error {
		return r.printer.page(r.Plan.Text(bool(r.console.paint)))
	})
}

// leavePlan shows what is lost with a plan that is on.
func (r *repl) leavePlan(ctx context.Context) error {
	if !r.Plan.On() || len(r.Plan.Changes()) == 0 {
		return nil
	}
	return r.showPlan(ctx)
}
