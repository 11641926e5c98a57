package kube

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// plan decides about the pods that the node has.
func (d *drain) plan(ctx context.Context, watcher *Watcher) error {
	if !d.deadline.IsZero() {
		late := Errorf(TimeoutError, "drain %s: not within %s: the server has not told which pods it has", d.node, d.options.Timeout)
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadlineCause(ctx, d.deadline, late)
		defer cancel()
	}
	all := map[string]*Item{}
	for {
		ev, err := watcher.Next(ctx, -1)
		if err == io.EOF && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		if ev.Type == Sync {
			break
		}
		if uid := ev.Item.Meta().UID(); ev.Type == Deleted {
			delete(all, uid)
		} else {
			all[uid] = ev.Item
		}
	}
	offenders := map[string][]string{}
	sets := map[string]bool{}
	for uid, pod := range all {
		evict, problems, err := d.decide(ctx, pod, sets)
		if err != nil {
			return err
		}
		for _, problem := range problems {
			offenders[problem] = append(offenders[problem], pod.Meta().Namespace()+"/"+pod.Meta().Name())
		}
		if evict {
			d.left[uid] = &drained{pod: pod}
		}
	}
	return d.unplanned(offenders)
}

// The reasons for which a pod isn't evicted unless an option allows it.
const (
	ofDaemonSet = "pods of daemon sets, which would come back at once (ignore_daemonsets leaves them)"
	ofNobody    = "pods that nobody makes anew (force evicts them)"
	withData    = "pods that lose the data of an emptyDir volume (delete_emptydir_data evicts them)"
)

// unplanned is the error about the pods that can't be evicted.
func (d *drain) unplanned(offenders map[string][]string) error {
	var parts []string
	for _, problem := range []string{ofDaemonSet, ofNobody, withData} {
		if pods := offenders[problem]; len(pods) > 0 {
			slices.Sort(pods)
			if n := len(pods); n > maxListed {
				pods = append(pods[:maxListed], fmt.Sprintf("and %d more", n-maxListed))
			}
			parts = append(parts, problem+": "+strings.Join(pods, ", "))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	state := "nothing was evicted, and the node is cordoned"
	if d.options.DryRun {
		state = "nothing was changed"
	}
	return Errorf(StatusError, "drain %s: it has %s; %s", d.node, strings.Join(parts, "; and "), state)
}

// decide tells whether a pod is to go, and what is in the way. sets remembers
// which daemon sets exist.
func (d *drain) decide(ctx context.Context, pod *Item, sets map[string]bool) (evict bool, problems []string, err error) {
	phase := pod.Status().Get("phase").String()
	switch {
	case pod.annotation("kubernetes.io/config.mirror") != "":
		return false, nil, nil // its node makes it from a file
	case phase == "Succeeded" || phase == "Failed":
		return true, nil, nil
	}
	controller := pod.controller()
	if controller.Get("kind").String() == "DaemonSet" {
		exists, err := d.exists(ctx, pod, controller, sets)
		switch {
		case err != nil:
			return false, nil, err
		case exists && d.options.IgnoreDaemonSets:
			return false, nil, nil
		case exists:
			return false, []string{ofDaemonSet}, nil
		}
		controller = Value{}
	}
	if !controller.Exists() && !d.options.Force {
		problems = append(problems, ofNobody)
	}
	for volume := range pod.Spec().Get("volumes").Elements() {
		if volume.Get("emptyDir").Exists() && !d.options.DeleteEmptyDirData {
			problems = append(problems, withData)
			break
		}
	}
	return len(problems) == 0, problems, nil
}

// exists tells whether the daemon set of a pod exists.
func (d *drain) exists(ctx context.Context, pod *Item, controller Value, sets map[string]bool) (bool, error) {
	uid := controller.Get("uid").String()
	exists, known := sets[uid]
	if known {
		return exists, nil
	}
	set, err := d.node.cluster.fetch(ctx, builtin("daemonsets"), pod.Meta().Namespace(), controller.Get("name").String())
	if err != nil && !IsKind(err, LookupError) {
		return false, err
	}
	sets[uid] = err == nil && set.Meta().UID() == uid
	return sets[uid], nil
}
