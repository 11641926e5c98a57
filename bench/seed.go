package main

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/kubelua/kubelua/kube"
)

// How the pods are spread: every namespace has as many as a page of a list.
const (
	podsPerNamespace  = 500
	podsPerDeployment = podsPerNamespace / 5
)

// Every fifth pod is of a service, the others are plain workers: about 4.4 KB of
// JSON on average in a list.
var (
	//go:embed deployments/service.yaml
	service string
	//go:embed deployments/worker.yaml
	worker string

	workloads = map[string]string{"cart": service, "exports": worker, "invoices": worker, "mail": worker, "search": worker}
)

// seed makes sure that there are pods pods, a multiple of podsPerNamespace, and
// that all of them run. What is there already is left as it is.
func seed(ctx context.Context, c *kube.Cluster, pods int, progress func(string)) error {
	for i := range pods / podsPerNamespace {
		name := namespace(i)
		err := create(ctx, c, fmt.Sprintf("{apiVersion: v1, kind: Namespace, metadata: {name: %s}}", name))
		if err != nil {
			return err
		}
		for app, workload := range workloads {
			fill := strings.NewReplacer("{app}", app, "{namespace}", name, "{replicas}", strconv.Itoa(podsPerDeployment))
			if err := create(ctx, c, fill.Replace(workload)); err != nil {
				return err
			}
		}
	}
	return ready(ctx, c, pods, progress)
}

// namespace is the name of the i-th namespace.
func namespace(i int) string { return fmt.Sprintf("bench-%02d", i) }

// create creates an object unless it exists.
func create(ctx context.Context, c *kube.Cluster, yaml string) error {
	object, err := kube.ParseObject(ctx, yaml)
	if err != nil {
		return err
	}
	if _, err = c.Create(ctx, object, kube.CreateOptions{}); kube.IsReason(err, "AlreadyExists") {
		return nil
	}
	return err
}

// ready waits until the deployments of the benchmark have pods ready pods.
func ready(ctx context.Context, c *kube.Cluster, pods int, progress func(string)) error {
	w, err := c.Builtin("deployments").Watch(ctx, kube.WatchOptions{Initial: true})
	if err != nil {
		return err
	}
	defer w.Close()
	counts, sum := map[string]int64{}, int64(0)
	for sum < int64(pods) {
		ev, err := w.Next(ctx, -1)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(ev.Item.Meta().Namespace(), "bench-") {
			continue
		}
		n, _ := ev.Item.Status().Get("readyReplicas").Int()
		sum += n - counts[ev.Item.String()]
		counts[ev.Item.String()] = n
		progress(fmt.Sprintf("fill the cluster: %d of %d pods run", sum, pods))
	}
	return nil
}
